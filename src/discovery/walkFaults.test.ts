import {
  clientOf,
  startServer,
  status,
  TestServer,
} from '../bitbucket/__testUtils__';
import { createIndex } from '../workspace/__testUtils__';
import { filesOf, providerConfig, skipsOf, startWalks } from './__testUtils__';
import { Finding } from './types';
import { walkRepositories } from './walk';

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise(setImmediate);
  }
}

describe('a walk skips', () => {
  const causeOf = (findings: Finding[]) =>
    findings.flatMap(finding =>
      finding.reason ? (finding.cause?.message ?? []) : [],
    )[0];

  it.each([['/catalog-info.yaml'], ['catalog-info.yaml']])(
    'repositories that vanish after they were listed (%s)',
    async catalogPath => {
      const { acme, list, walk } = await startWalks(['a', 'b', 'c']);
      const repositories = await list();
      acme.removeRepository('b');
      const catalogPaths = [catalogPath];
      const findings = await walk({ catalogPaths }, { repositories });
      expect(filesOf(findings)).toEqual([
        'a/catalog-info.yaml',
        'c/catalog-info.yaml',
      ]);
      expect(skipsOf(findings)).toEqual(['b: vanished']);
      expect(causeOf(findings)).toContain('answered 404');
    },
  );

  it('repositories that the credential may not read', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
    const message = 'You do not have access to this repository.';
    const refusal = { kind: 'status', status: 403, message } as const;
    simulator.faults.add({ path: '/a/', ...refusal });
    const findings = await walk();
    expect(filesOf(findings)).toEqual(['b/catalog-info.yaml']);
    expect(skipsOf(findings)).toEqual(['a: unreadable']);
    expect(causeOf(findings)).toContain(message);

    // It looks at them again, since that may have changed.
    simulator.faults.clear();
    expect(filesOf(await walk())).toHaveLength(2);
  });

  it('repositories of which no head can be read', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
    simulator.faults.add({
      path: '/acme/a/src/',
      kind: 'status',
      status: 404,
      message: 'Commit not found',
    });
    const findings = await walk();
    expect(filesOf(findings)).toEqual(['b/catalog-info.yaml']);
    expect(skipsOf(findings)).toEqual(['a: unreadable']);
  });
});

describe('a walk fails', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('for a missing scope instead of skipping everything', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
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
    await expect(walk()).rejects.toMatchObject({ required: ['repository'] });
  });

  it('where no more requests may be sent', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
    const headers = { 'Retry-After': '1800' };
    simulator.faults.add({ kind: 'status', status: 429, headers, skip: 1 });
    await expect(walk()).rejects.toMatchObject({ name: 'RateLimitedError' });
  });

  it('at once when it is given up', async () => {
    const { list, simulator, walk } = await startWalks(['a', 'b']);
    const repositories = await list();
    const giveUp = new AbortController();
    const reason = new Error('The backend stops');
    const { signal } = giveUp;
    simulator.faults.add({ kind: 'hang', when: 'beforeHeaders' });
    const walking = walk({}, { repositories, signal });
    await until(() => simulator.requests.count({ endpoint: 'src' }) === 2);
    giveUp.abort(reason);
    await expect(walking).rejects.toBe(reason);
  });

  it('when Bitbucket does not answer in time', async () => {
    const timing = { attemptTimeoutMs: 50 };
    const { simulator, walk } = await startWalks(['a', 'b'], { timing });
    simulator.faults.add({
      endpoint: 'src',
      path: '/a/',
      kind: 'hang',
      when: 'afterHeaders',
    });
    await expect(walk()).rejects.toThrow(
      'no complete answer within the time limit',
    );
    expect(simulator.requests.count({ endpoint: 'src' })).toBe(5);
  });

  it('for the first fault, delivers what it found until then, and asks nothing more', async () => {
    let open = 0;
    const repositories = Array.from({ length: 140 }, (_, position) => ({
      uuid: `{${position}}`,
      slug: `r${position}`,
      fullName: `acme/r${position}`,
      isPrivate: false,
      isFork: false,
      mainBranch: { name: 'main', hash: 'c0ffee' },
    }));
    let release = () => {};
    const failed = new Promise<void>(resolve => {
      release = resolve;
    });
    server.answer(async (response, request) => {
      open += 1;
      response.once('close', () => {
        open -= 1;
      });
      if (request.url.includes('/r7/')) {
        status(400, 'Not that one')(response, request);
        if (request.url.includes('format=meta')) {
          response.once('finish', release);
        }
      } else {
        await failed;
        status(200, 'name: x\n', { ETag: '"e"' })(response, request);
      }
    });
    const { origin } = server;
    const client = clientOf({
      apiBaseUrl: `${origin}/2.0`,
      webBaseUrl: origin,
    });

    const findings: Finding[] = [];
    const { files } = createIndex(client);
    // Eight are looked into at once, with a place for the second look at the faulty one.
    const walk = walkRepositories(files, repositories, providerConfig(), 4, {});
    const walking = (async () => {
      for await (const batch of walk) {
        findings.push(...batch);
      }
    })();
    await expect(walking).rejects.toThrow('Not that one');
    await until(() => open === 0);
    // Those under way, and the few that were begun before the fault was seen.
    const asked = server.requests.length;
    expect(asked).toBeLessThan(3 * 8);
    // The faulty one was asked for twice: for the file, and for what it is.
    expect(findings).toHaveLength(asked - 2);
  });
});
