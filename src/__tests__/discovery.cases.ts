import { createHash } from 'node:crypto';
import { JsonObject } from '@backstage/types';
import {
  NewRepository,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** A catalog file per repository, at the root unless a path is given. */
function withFile(slug: string, path = 'catalog-info.yaml'): NewRepository {
  return { slug, files: { [path]: componentFile(slug) } };
}

describe('what a provider finds', () => {
  let simulator: Simulator | undefined;
  let backend: TestBackend | undefined;

  afterEach(async () => {
    await backend?.stop();
    await simulator?.stop();
    backend = undefined;
    simulator = undefined;
  });

  async function start(
    world: NewRepository[] | SimulatedWorkspace,
    provider: JsonObject = {},
  ): Promise<{ backend: TestBackend; acme: SimulatedWorkspace }> {
    const acme = Array.isArray(world) ? workspaceOf(world) : world;
    simulator = await startSimulator({ workspaces: [acme] });
    backend = await TestBackend.start({
      config: configFor(simulator, {
        workspace: 'acme',
        ...ON_DEMAND,
        ...provider,
      }),
    });
    await backend.walked();
    return { backend, acme };
  }

  function workspaceOf(repositories: NewRepository[]): SimulatedWorkspace {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    repositories.forEach(repository => acme.addRepository(repository));
    return acme;
  }

  it('reads awkward branches, folders and file names', async () => {
    const { backend: catalog } = await start(
      [
        { ...withFile('slash'), mainBranch: 'release/2026-11' },
        { ...withFile('hash'), mainBranch: 'dev#1' },
        { ...withFile('space', 'my docs/catalog-info.yaml') },
        { ...withFile('umlaut', 'überblick/catalog-info.yaml') },
        { ...withFile('brackets', '[id]/{x}/catalog-info.yaml') },
        { ...withFile('percent', '50%/catalog-info.yaml') },
        { ...withFile('question', 'what?/catalog-info.yaml') },
        { ...withFile('scope', '@acme/c++/catalog-info.yaml') },
      ],
      { catalogPath: 'catalog-info.yaml' },
    );
    await catalog.hasComponents([
      'brackets',
      'hash',
      'percent',
      'question',
      'scope',
      'slash',
      'space',
      'umlaut',
    ]);
    expect(await catalog.targets()).toEqual(
      [
        'brackets/src/main/%5Bid%5D/%7Bx%7D/catalog-info.yaml',
        'hash/src/dev%231/catalog-info.yaml',
        'percent/src/main/50%25/catalog-info.yaml',
        'question/src/main/what%3F/catalog-info.yaml',
        'scope/src/main/@acme/c++/catalog-info.yaml',
        'slash/src/release%2F2026-11/catalog-info.yaml',
        'space/src/main/my%20docs/catalog-info.yaml',
        'umlaut/src/main/%C3%BCberblick/catalog-info.yaml',
      ].map(rest => `https://bitbucket.org/acme/${rest}`),
    );
  });

  it('emits Locations like those of the stock module', async () => {
    const { backend: catalog } = await start([withFile('shop')]);
    await catalog.hasComponents(['shop']);
    const target = 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml';
    expect(await catalog.entities('location')).toMatchObject([
      {
        metadata: {
          name: `generated-${sha1(`url:${target}`)}`,
          annotations: {
            'bitbucket.org/repo-url': 'https://bitbucket.org/acme/shop',
            'backstage.io/managed-by-location': `url:${target}`,
          },
        },
        spec: { type: 'url', target, presence: 'required' },
      },
    ]);
  });

  describe('branch', () => {
    async function startWithBranch(provider: JsonObject): Promise<TestBackend> {
      const acme = workspaceOf([withFile('with'), withFile('without')]);
      acme.push(
        'with',
        { 'catalog-info.yaml': componentFile('with-on-branch') },
        { branch: 'release/1' },
      );
      return (await start(acme, provider)).backend;
    }

    it('is read where it exists, and other repositories are skipped', async () => {
      const catalog = await startWithBranch({ branch: 'release/1' });
      await catalog.hasComponents(['with-on-branch']);
      expect(catalog.messages('info')).toContainEqual(
        expect.stringMatching(
          /^Walked workspace acme: 2 repositories, 1 skipped \(1 no branch\), 1 catalog file, 1 added, 0 removed, \d+ requests, [\d.]+ seconds$/,
        ),
      );
    });

    it('falls back to the default branch where that is wanted', async () => {
      const catalog = await startWithBranch({
        branch: 'release/1',
        fallbackToDefaultBranch: true,
      });
      await catalog.hasComponents(['with-on-branch', 'without']);
    });
  });

  it('takes each provider by itself', async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ ...withFile('pay'), project: 'PAY' });
    acme.addRepository({ ...withFile('pay-too'), project: 'PAY' });
    acme.addRepository({ ...withFile('lab'), project: 'LAB' });
    const umbrella = new SimulatedWorkspace({ slug: 'umbrella' });
    umbrella.addRepository(withFile('hive'));
    simulator = await startSimulator({ workspaces: [acme, umbrella] });
    backend = await TestBackend.start({
      config: configFor(simulator, {
        payments: {
          workspace: 'acme',
          filters: { projectKey: 'PAY' },
          ...ON_DEMAND,
        },
        hive: { workspace: umbrella.uuid, ...ON_DEMAND },
      }),
    });
    await backend.hasComponents(['hive', 'pay', 'pay-too']);
    expect(await backend.targets()).toContain(
      'https://bitbucket.org/umbrella/hive/src/main/catalog-info.yaml',
    );

    acme.removeRepository('pay');
    await backend.walk('payments');
    await backend.hasComponents(['hive', 'pay-too']);
  });

  it('finds many files in a folder with one request for each hundred, and needs none to find them again', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 120 }, (_, n) => [
        `services/${n}/catalog-info.yaml`,
        componentFile(`service-${n}`),
      ]),
    );
    const { backend: catalog } = await start([{ slug: 'mono', files }], {
      catalogPath: '/services/*/catalog-info.yaml',
    });
    // Not counting the files, which the catalog reads meanwhile.
    const listings = () =>
      simulator!.requests.entries.filter(
        ({ endpoint, path }) =>
          endpoint === 'src' && !/yaml$/.test(path.split('?')[0]),
      ).length;
    expect(listings()).toBe(2);
    expect(catalog.messages('info')).toContainEqual(
      expect.stringContaining(', 120 catalog files, 120 added, 0 removed, '),
    );
    await until(
      async () => (await catalog.entities('location')).length === 120,
      'a Location for each file',
    );
    simulator!.requests.clear();
    await catalog.walk();
    expect(listings()).toBe(0);
  });

  it('skips repositories without commits, and accepts an empty workspace', async () => {
    const { backend: catalog, acme } = await start([{ slug: 'empty' }]);
    await catalog.hasComponents([]);
    expect(catalog.messages('info')).toContainEqual(
      expect.stringContaining('1 repository, 1 skipped (1 empty)'),
    );
    acme.removeRepository('empty');
    await catalog.walk();
    await catalog.hasComponents([]);
    expect(catalog.messages()).toEqual([]);
  });

  it('finds new files, changed files, a moved branch and deletions', async () => {
    const { backend: catalog, acme } = await start([
      withFile('stays'),
      withFile('goes'),
      withFile('loses-its-file'),
      withFile('is-renamed'),
      withFile('is-emptied'),
      withFile('moves-branch'),
      { slug: 'gains-a-file', files: { 'README.md': 'Hello' } },
    ]);
    await catalog.hasComponents([
      'goes',
      'is-emptied',
      'is-renamed',
      'loses-its-file',
      'moves-branch',
      'stays',
    ]);

    acme.removeRepository('goes');
    acme.push('loses-its-file', { 'catalog-info.yaml': null });
    acme.renameRepository('is-renamed', 'new-name');
    acme.emptyRepository('is-emptied');
    acme.push(
      'moves-branch',
      { 'catalog-info.yaml': componentFile('on-trunk') },
      { branch: 'trunk' },
    );
    acme.setMainBranch('moves-branch', 'trunk');
    acme.push('gains-a-file', {
      'catalog-info.yaml': componentFile('gains-a-file'),
    });
    acme.push('stays', {
      'catalog-info.yaml': componentFile('stays', 'deprecated'),
    });
    await catalog.walk();

    await catalog.hasComponents([
      'gains-a-file',
      'is-renamed',
      'on-trunk',
      'stays',
    ]);
    await until(async () => {
      const components = await catalog.entities('component');
      return components[3].spec?.lifecycle === 'deprecated';
    }, 'the changed file to be read again');
    expect(await catalog.targets()).toEqual(
      [
        'gains-a-file/src/main',
        'moves-branch/src/trunk',
        'new-name/src/main',
        'stays/src/main',
      ].map(at => `https://bitbucket.org/acme/${at}/catalog-info.yaml`),
    );
  });
});
