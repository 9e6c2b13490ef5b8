import {
  generateWorkspace,
  SimulatedWorkspace,
  Simulator,
  SimulatorOptions,
  startSimulator,
} from '../../dev/simulator';
import { Timing } from '../bitbucket';
import {
  clientOf,
  hang,
  json,
  startServer,
  status,
} from '../bitbucket/__testUtils__';
import { ProviderConfig } from '../config';
import { Walk } from './types';
import { walkWorkspace } from './walk';

const CONFIG: ProviderConfig = {
  id: 'default',
  workspace: 'acme',
  catalogPaths: ['/catalog-info.yaml'],
  fallbackToDefaultBranch: false,
  filters: { exclude: {}, forks: true },
  removals: { maxPercentage: 20 },
  schedule: { frequency: { hours: 1 }, timeout: { hours: 1 } },
  pagelen: 100,
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise(setImmediate);
  }
}

describe('walkWorkspace', () => {
  let simulator: Simulator;
  let acme: SimulatedWorkspace;

  afterEach(() => simulator.stop());

  async function start(
    world: SimulatedWorkspace | string[],
    options: Omit<SimulatorOptions, 'workspaces'> = {},
  ): Promise<void> {
    acme = Array.isArray(world) ? workspaceOf(world) : world;
    simulator = await startSimulator({ workspaces: [acme], ...options });
  }

  /** Each repository has a catalog file. */
  function workspaceOf(slugs: string[]): SimulatedWorkspace {
    const workspace = new SimulatedWorkspace({ slug: 'acme' });
    for (const slug of slugs) {
      const files = { 'catalog-info.yaml': `name: ${slug}` };
      workspace.addRepository({ slug, files });
    }
    return workspace;
  }

  async function walk(
    config: Partial<ProviderConfig> = {},
    options: { signal?: AbortSignal; timing?: Partial<Timing> } = {},
  ): Promise<Walk> {
    const { signal, timing } = options;
    const client = clientOf(simulator, { timing });
    return walkWorkspace(client, { ...CONFIG, ...config }, { signal });
  }

  const found = ({ files }: Walk) =>
    files.map(
      ({ repository, path }) => `${repository.fullName.split('/')[1]}/${path}`,
    );
  const skips = ({ skipped }: Walk) =>
    skipped.map(({ repository, reason }) => `${repository.slug}: ${reason}`);

  describe('of 1,500 repositories', () => {
    const large = generateWorkspace({
      slug: 'acme',
      repositories: 1_500,
      withCatalogFile: 1_200,
      empty: 50,
    });

    it('costs a request per 100 of them, and one per repository that is not empty', async () => {
      await start(large);
      const result = await walk();
      expect(result.files).toHaveLength(1_200);
      expect(result.repositories).toHaveLength(1_500);
      expect(simulator.requests.count({ endpoint: 'repositories' })).toBe(15);
      expect(simulator.requests.count({ endpoint: 'src' })).toBe(1_450);
      expect(simulator.requests.count()).toBe(1_465);
    });

    it('costs no more for a path in any folder', async () => {
      await start(large);
      const result = await walk({ catalogPaths: ['catalog-info.yaml'] });
      expect(result.files).toHaveLength(1_200);
      expect(simulator.requests.count()).toBe(1_465);
    });

    it('costs only the pages and repositories that the filters leave', async () => {
      await start(large);
      const filters = {
        exclude: {},
        forks: true,
        query: 'project.key = "PAY" AND is_private = false',
      };
      const { repositories, skipped } = await walk({ filters });
      expect(repositories.length).toBeGreaterThan(100);
      expect(repositories.length).toBeLessThan(750);
      expect(simulator.requests.count()).toBe(
        Math.ceil(repositories.length / 100) +
          repositories.length -
          skipped.length,
      );
    });
  });

  it('costs one more request per repository where the list does not name heads', async () => {
    await start(['a', 'b'], { mainbranchTarget: false });
    expect(found(await walk())).toEqual([
      'a/catalog-info.yaml',
      'b/catalog-info.yaml',
    ]);
    expect(simulator.requests.count()).toBe(5);
  });

  it('costs one request for each 100 files that a repository has', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 201 }, (_, index) => [
        `services/s${index}/catalog-info.yaml`,
        '',
      ]),
    );
    const workspace = workspaceOf(['a']);
    workspace.addRepository({ slug: 'mono', files });
    await start(workspace);
    const result = await walk({ catalogPaths: ['catalog-info.yaml'] });
    expect(result.files).toHaveLength(202);
    expect(simulator.requests.count({ endpoint: 'src' })).toBe(4);
  });

  it('asks by commit hash and never searches code', async () => {
    const workspace = workspaceOf([]);
    workspace.addRepository({
      slug: 'slash',
      mainBranch: 'release/2026-11',
      files: { 'catalog-info.yaml': '' },
    });
    await start(workspace);
    const { files } = await walk();
    expect(files).toMatchObject([{ branch: 'release/2026-11' }]);
    const hash = workspace.repository('slash').head?.hash;
    expect(simulator.requests.entries.map(({ path }) => path)).toEqual([
      '/2.0/repositories/acme',
      `/2.0/repositories/acme/slash/src/${hash}/catalog-info.yaml`,
    ]);
  });

  /** Changes the workspace as soon as its repositories were listed. */
  function afterTheList(change: () => void): void {
    simulator.faults.add({
      endpoint: 'repositories',
      kind: 'json',
      times: 1,
      change: body => {
        change();
        return body;
      },
    });
  }

  describe('skips and counts', () => {
    it('repositories without commits, and without the branch', async () => {
      const workspace = workspaceOf(['a', 'b']);
      workspace.addRepository({ slug: 'empty' });
      workspace.createBranch('b', 'next');
      await start(workspace);
      expect(skips(await walk())).toEqual(['empty: empty']);
      const onBranch = await walk({ branch: 'next' });
      expect(found(onBranch)).toEqual(['b/catalog-info.yaml']);
      expect(skips(onBranch)).toEqual(['a: no branch', 'empty: empty']);
    });

    it.each([['/catalog-info.yaml'], ['catalog-info.yaml']])(
      'repositories that vanish after they were listed (%s)',
      async catalogPath => {
        await start(['a', 'b', 'c']);
        afterTheList(() => acme.removeRepository('b'));
        const result = await walk({ catalogPaths: [catalogPath] });
        expect(found(result)).toEqual([
          'a/catalog-info.yaml',
          'c/catalog-info.yaml',
        ]);
        expect(skips(result)).toEqual(['b: vanished']);
        expect(result.skipped[0].cause?.message).toContain('answered 404');
      },
    );

    it('repositories that the credential may not read', async () => {
      await start(['a', 'b']);
      const message = 'You do not have access to this repository.';
      const refusal = { kind: 'status', status: 403, message } as const;
      simulator.faults.add({ path: '/a/', ...refusal });
      const result = await walk();
      expect(found(result)).toEqual(['b/catalog-info.yaml']);
      expect(skips(result)).toEqual(['a: unreadable']);
      expect(result.skipped[0].cause?.message).toContain(message);
    });

    it('no repository for a file that it does not have', async () => {
      const workspace = workspaceOf([]);
      workspace.addRepository({ slug: 'a', files: { 'README.md': 'Hello' } });
      await start(workspace);
      const catalogPaths = ['/catalog-info.yaml', '/services/**/*.yaml'];
      expect(await walk({ catalogPaths })).toEqual({
        repositories: [expect.objectContaining({ slug: 'a' })],
        files: [],
        skipped: [],
      });
    });
  });

  /** An amended commit is pushed, and the one that was listed is gone for good. */
  function replaceHead(slug: string): void {
    acme.push(slug, { 'new.yaml': '' }, { force: true });
  }

  it.each([['/new.yaml'], ['new.yaml']])(
    'reads the new head where the listed one is gone (%s)',
    async catalogPath => {
      await start(['a', 'b']);
      const listed = acme.repository('a').head?.hash;
      afterTheList(() => {
        replaceHead('a');
        simulator.faults.add({
          path: `/src/${listed}/`,
          kind: 'status',
          status: 404,
          message: 'Commit not found',
        });
      });
      const result = await walk({ catalogPaths: [catalogPath] });
      expect(found(result)).toEqual(['a/new.yaml']);
      expect(result.skipped).toEqual([]);
    },
  );

  it('fails where no head can be read', async () => {
    await start(['a', 'b']);
    simulator.faults.add({
      path: '/acme/a/src/',
      kind: 'status',
      status: 404,
      message: 'Commit not found',
    });
    await expect(walk()).rejects.toThrow(
      /^acme\/a: commit \w{40} of branch main is gone, most likely after a forced push/,
    );
  });

  it('fails for a missing scope instead of skipping everything', async () => {
    await start(['a', 'b']);
    simulator.faults.add({
      endpoint: 'src',
      kind: 'status',
      status: 403,
      text: JSON.stringify({
        type: 'error',
        error: {
          message: 'Your credentials lack one or more privilege scopes.',
          detail: { required: ['repository'], granted: [] },
        },
      }),
    });
    await expect(walk()).rejects.toMatchObject({
      required: ['repository'],
    });
  });

  it('fails where the credential may not enter the workspace', async () => {
    await start(['a']);
    simulator.faults.add({
      endpoint: 'repositories',
      kind: 'status',
      status: 403,
      message: 'You do not have access to view this workspace.',
    });
    await expect(walk()).rejects.toThrow('answered 403');
  });

  it('ends at once when it is given up', async () => {
    await start(['a', 'b']);
    const giveUp = new AbortController();
    const reason = new Error('The backend stops');
    simulator.faults.add({
      endpoint: 'src',
      kind: 'hang',
      when: 'beforeHeaders',
    });
    const walking = walk({}, { signal: giveUp.signal });
    await until(() => simulator.requests.count({ endpoint: 'src' }) === 2);
    giveUp.abort(reason);
    await expect(walking).rejects.toBe(reason);
  });

  it('fails when Bitbucket does not answer in time', async () => {
    await start(['a', 'b']);
    simulator.faults.add({
      endpoint: 'src',
      path: '/a/',
      kind: 'hang',
      when: 'afterHeaders',
    });
    const timing = { attemptTimeoutMs: 50 };
    await expect(walk({}, { timing })).rejects.toThrow(
      'no complete answer within the time limit',
    );
    expect(simulator.requests.count({ endpoint: 'src' })).toBe(5);
  });
});

it('a walk fails for the first fault, with nothing more asked and nothing left running', async () => {
  const server = await startServer();
  let open = 0;
  const rows = Array.from({ length: 40 }, (_, index) => ({
    uuid: `{${index}}`,
    full_name: `acme/r${index}`,
    is_private: false,
    mainbranch: { name: 'main', target: { hash: 'c0ffee' } },
  }));
  server.answer((response, request) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
    });
    if (!request.url.includes('/src/')) {
      json({ values: rows })(response, request);
    } else if (request.url.includes('/r7/')) {
      status(400, 'Not that one')(response, request);
    } else {
      hang(response, request);
    }
  });
  const { origin } = server;
  const client = clientOf({
    apiBaseUrl: `${origin}/2.0`,
    webBaseUrl: origin,
  });

  await expect(walkWorkspace(client, CONFIG, {})).rejects.toThrow(
    'Not that one',
  );
  await until(() => open === 0);
  // The list, and one repository for each place that the bound leaves.
  expect(server.requests).toHaveLength(1 + 8);
  await server.close();
});
