import { FaultKind } from '../../dev/simulator/faults/types';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import {
  startServer,
  status,
  TestServer,
} from '../../testing/bitbucket/startServer';
import { providerConfig } from '../../testing/discovery/providerConfig';
import {
  filesOf,
  skipsOf,
  startWalks,
} from '../../testing/discovery/startWalks';
import { createIndex } from '../../testing/workspace/createIndex';
import { Finding } from './repositoryFiles';
import { walkRepositories } from './walkRepositories';

const MINUTE = 60_000;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise(setImmediate);
  }
}

describe('a walk, where repositories fail', () => {
  const causeOf = (findings: Finding[]) =>
    findings.flatMap(finding =>
      finding.reason ? (finding.cause?.message ?? []) : [],
    )[0];

  it.each([['/catalog-info.yaml'], ['catalog-info.yaml']])(
    'skips repositories that vanish after they were listed (%s)',
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

  it('skips repositories that the credential may not read', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
    const message = 'You do not have access to this repository.';
    const refusal = { kind: 'status', status: 403, message } as const;
    simulator.faults.add({ path: '/a/', ...refusal });
    const findings = await walk();
    expect(filesOf(findings)).toEqual(['b/catalog-info.yaml']);
    expect(skipsOf(findings)).toEqual(['a: failing']);
    expect(causeOf(findings)).toContain(message);

    // It looks at them again, since that may have changed.
    simulator.faults.clear();
    expect(filesOf(await walk())).toHaveLength(2);
  });

  it.each<[string, FaultKind]>([
    ['409', { kind: 'status', status: 409 }],
    ['402', { kind: 'status', status: 402 }],
    ['451', { kind: 'status', status: 451 }],
    ['503', { kind: 'status', status: 503 }],
    [
      '503 with Retry-After of an hour',
      { kind: 'status', status: 503, headers: { 'Retry-After': '3600' } },
    ],
    ['204', { kind: 'status', status: 204 }],
    ['a body that is cut short', { kind: 'cutBody' }],
    ['no answer', { kind: 'hang', when: 'beforeHeaders' }],
    ['a connection that drops', { kind: 'dropSocket', when: 'beforeHeaders' }],
    ['a redirect to another host', { kind: 'redirect', location: 'http://x/' }],
  ])('skips a repository that answers with %s', async (_, fault) => {
    const attemptTimeoutMs = fault.kind === 'hang' ? 200 : 5_000;
    const clock = fakeTiming({ attemptTimeoutMs, maxAttempts: 2 });
    const { simulator, walk } = await startWalks(['a', 'b', 'c'], {
      timing: clock,
    });
    simulator.faults.add({ path: '/a/', ...fault });
    for (let walks = 0; walks < 2; walks += 1) {
      const findings = await walk();
      expect(skipsOf(findings)).toEqual(['a: failing']);
      expect(filesOf(findings)).toHaveLength(2);
    }
  });

  it('skips a repository that always fails, and retries it less and less often, unless it changes', async () => {
    const clock = fakeTiming();
    const world = await startWalks(['a', 'b', 'c'], { timing: clock });
    const { acme, simulator, walk } = world;
    const requests = () => simulator.requests.count({ endpoint: 'src' });
    simulator.faults.add({ path: '/a/', kind: 'status', status: 403 });
    const asked: number[] = [];
    let now = 0;
    for (const minute of [0, 2, 4, 6, 16, 18, 88, 520, 1_900, 1_960, 3_400]) {
      clock.advance((minute - now) * MINUTE);
      now = minute;
      expect(skipsOf(await walk())).toEqual(['a: failing']);
      if (requests() > 0) {
        asked.push(minute);
      }
    }
    expect(asked).toEqual([0, 2, 4, 16, 88, 520, 1_960, 3_400]);

    clock.advance(MINUTE);
    await walk();
    expect(requests()).toBe(0);
    acme.push('a', { 'README.md': 'new' });
    await walk();
    expect(requests()).toBeGreaterThan(0);
    simulator.faults.clear();
    clock.advance(24 * 60 * MINUTE);
    expect(filesOf(await walk())).toHaveLength(3);
    expect(await world.index.failing.all()).toEqual(new Map());
  });

  it('skips repositories of which no head can be read', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
    simulator.faults.add({
      path: '/acme/a/src/',
      kind: 'status',
      status: 404,
      message: 'Commit not found',
    });
    const findings = await walk();
    expect(filesOf(findings)).toEqual(['b/catalog-info.yaml']);
    expect(skipsOf(findings)).toEqual(['a: failing']);
  });
});

describe('a walk, where everything fails', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('fails for a missing scope instead of skipping everything', async () => {
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

  it('fails where no more requests may be sent', async () => {
    const { simulator, walk } = await startWalks(['a', 'b']);
    const headers = { 'Retry-After': '1800' };
    simulator.faults.add({ kind: 'status', status: 429, headers, skip: 1 });
    await expect(walk()).rejects.toMatchObject({ name: 'RateLimitedError' });
  });

  it('fails at once when it is cancelled', async () => {
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

  it('fails when several repositories in a row do not answer in time', async () => {
    const timing = { attemptTimeoutMs: 50 };
    const slugs = ['a', 'b', 'c', 'd', 'e'];
    const { simulator, walk } = await startWalks(slugs, { timing });
    simulator.faults.add({
      endpoint: 'src',
      kind: 'hang',
      when: 'afterHeaders',
    });
    await expect(walk()).rejects.toThrow(
      'no complete answer within the time limit',
    );
  });

  it('fails for the first fault, returns what it found until then, and requests nothing more', async () => {
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
        status(401, 'Not that one')(response, request);
        response.once('finish', release);
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
    // Eight are read at once.
    const walk = walkRepositories(repositories, {
      index: files,
      config: providerConfig(),
      concurrency: 4,
      context: {},
    });
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
    expect(findings).toHaveLength(asked - 1);
  });
});
