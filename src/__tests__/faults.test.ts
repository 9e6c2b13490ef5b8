import {
  FaultKind,
  FaultTarget,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../bitbucket/__testUtils__';
import {
  clientWithTiming,
  componentFile,
  ON_DEMAND,
  TestBackend,
} from './support';

const HOUR = 3_600_000;

/** An answer has a second to arrive, twice. */
const timing = fakeTiming({ attemptTimeoutMs: 1_000, maxAttempts: 2 });

/**
 * What a walk asks for; the catalog's own reads are spared. `self` leads from
 * such a request to another of its kind.
 */
const PLACES: Record<string, FaultTarget & { self: string }> = {
  'the first page of repositories': {
    endpoint: 'repositories',
    path: /^(?!.*[?&]page=)/,
    self: '?pagelen=2',
  },
  'a later page of repositories': {
    endpoint: 'repositories',
    path: /[?&]page=2(&|$)/,
    self: '?pagelen=2&page=2',
  },
  'the files': {
    endpoint: 'src',
    path: /[?&](format=meta|max_depth=)/,
    self: '?max_depth=1',
  },
};

const lackOfScope = JSON.stringify({
  type: 'error',
  error: {
    message: 'Your credentials lack one or more required privilege scopes.',
    detail: { required: ['repository'], granted: ['account'] },
  },
});
const badGateway = '<html><head><title>Bad gateway</title></head></html>';
const anHour = { 'Retry-After': '3600' };

/** Faults that end a walk wherever they strike, and what the log says of them. */
const FAULTS: [string, FaultKind, RegExp][] = [
  ['401', { kind: 'status', status: 401 }, /answered 401 .*access token/],
  [
    '403 for want of a scope',
    { kind: 'status', status: 403, text: lackOfScope },
    /answered 403 .*lacks a scope \(required: repository;/,
  ],
  ['429', { kind: 'status', status: 429 }, /takes no requests until .*\(429\)/],
  [
    '429 for a second',
    { kind: 'status', status: 429, headers: { 'Retry-After': '1' } },
    /takes no requests until .*\(429\)/,
  ],
  [
    '429 for an hour',
    { kind: 'status', status: 429, headers: anHour },
    /takes no requests until .*\(429\)/,
  ],
  ['500', { kind: 'status', status: 500 }, /answered 500/],
  [
    '502 as HTML',
    { kind: 'status', status: 502, html: badGateway },
    /answered 502 .*Bitbucket says: Bad gateway/,
  ],
  ['503', { kind: 'status', status: 503 }, /answered 503/],
  [
    '503 for an hour',
    { kind: 'status', status: 503, headers: anHour },
    /takes no requests until .*\(503\)/,
  ],
  ['504', { kind: 'status', status: 504 }, /answered 504/],
  ['555', { kind: 'status', status: 555 }, /answered 555: the listing takes/],
  ['204', { kind: 'status', status: 204 }, /answered 204/],
  ['a body cut short', { kind: 'cutBody' }, /the connection failed/],
  ['a body that is not JSON', { kind: 'notJson' }, /the answer is not JSON/],
  ['an empty body', { kind: 'emptyBody' }, /the answer is empty/],
  [
    'a list in place of an object',
    { kind: 'json', change: () => [] },
    /not have the expected shape/,
  ],
  [
    'an object without values',
    { kind: 'json', change: () => ({}) },
    /not have the expected shape: (values|type): /,
  ],
  [
    'rows of the wrong type',
    { kind: 'json', change: () => ({ values: [5], type: 5 }) },
    /not have the expected shape: (values\[0\]|type): /,
  ],
  [
    'broken gzip',
    { kind: 'brokenGzip' },
    /the compressed body is broken or cut short/,
  ],
  [
    'a connection dropped before the headers',
    { kind: 'dropSocket', when: 'beforeHeaders' },
    /the connection failed \(ECONNRESET\)/,
  ],
  [
    'a connection dropped in the body',
    { kind: 'dropSocket', when: 'inBody' },
    /the connection failed/,
  ],
  [
    'no answer',
    { kind: 'hang', when: 'beforeHeaders' },
    /no complete answer within the time limit/,
  ],
  [
    'no body',
    { kind: 'hang', when: 'afterHeaders' },
    /no complete answer within the time limit/,
  ],
];

const withNext = (next: string): FaultKind => ({
  kind: 'json',
  change: body => ({ ...Object(body), next }),
});

/** Answers that send a walk elsewhere; `elsewhere` is another origin. */
const DETOURS: [
  string,
  (urls: { self: string; elsewhere: string }) => FaultKind,
  RegExp,
][] = [
  [
    'a circle of pages',
    ({ self }) => withNext(self),
    /the pages of the list lead in a circle/,
  ],
  [
    'a next page on another host',
    ({ elsewhere }) => withNext(elsewhere),
    /the link to the next page leads to another origin, http/,
  ],
  [
    'a circle of redirects',
    ({ self }) => ({ kind: 'redirect', location: self }),
    /redirects in a circle/,
  ],
  [
    'a redirect to another host',
    ({ elsewhere }) => ({ kind: 'redirect', location: elsewhere }),
    /redirects to another origin, http/,
  ],
];

/** What Bitbucket says when it will not show something, or a gateway in its place. */
const REFUSALS: [string, FaultKind, RegExp, string][] = [
  [
    '403',
    { kind: 'status', status: 403, message: 'You do not have access.' },
    /answered 403/,
    'unreadable',
  ],
  [
    '404 for the repository',
    {
      kind: 'status',
      status: 404,
      message:
        'You may not have access to this repository or it no longer exists in this workspace.',
    },
    /answered 404/,
    'vanished',
  ],
  [
    '404 for the URL',
    { kind: 'status', status: 404, message: 'Resource not found' },
    /answered 404/,
    'unreadable',
  ],
  [
    '404 of a gateway',
    { kind: 'status', status: 404, html: '<title>Not here</title>' },
    /answered 404/,
    'unreadable',
  ],
  [
    '410',
    { kind: 'status', status: 410, message: 'This workspace is gone.' },
    /answered 410/,
    'unreadable',
  ],
];

describe('a fault that strikes a walk', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let elsewhere: Simulator;
  let backend: TestBackend;
  let changes = 0;

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    ['a', 'b', 'c'].forEach(addRepository);
    simulator = await startSimulator({ workspaces: [acme] });
    elsewhere = await startSimulator({ workspaces: [] });
    const { apiBaseUrl } = simulator;
    backend = await TestBackend.start({
      config: {
        integrations: { bitbucketCloud: [{ apiBaseUrl, token: 'let-me-in' }] },
        catalog: {
          providers: {
            bitbucketCloud: {
              workspace: 'acme',
              catalogPath: ['/catalog-info.yaml', '/services/*/*.yaml'],
              pagelen: 2,
              schedule: ON_DEMAND,
            },
          },
        },
      },
      features: [bitbucketCloud, clientWithTiming(timing)],
    });
    await backend.hasComponents(['a', 'b', 'c']);
  });

  afterEach(() => simulator.faults.clear());

  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
    await elsewhere.stop();
  });

  function addRepository(slug: string): void {
    acme.addRepository({
      slug,
      files: {
        'catalog-info.yaml': componentFile(slug),
        'services/README.md': 'Services',
      },
    });
  }

  /** A repository comes and the oldest goes; returns what is left. */
  function changeTheWorkspace(): string[] {
    changes += 1;
    acme.removeRepository(acme.repositories[0].slug);
    addRepository(`d${changes}`);
    return acme.repositories.map(({ slug }) => slug);
  }

  /** Runs a walk and gives the line that it ends with, good or bad. */
  async function walk(): Promise<string> {
    backend.logs.length = 0;
    await backend.walk();
    // What Bitbucket asked for is over.
    timing.advance(HOUR);
    const lines = backend
      .messages('info', 'error')
      .filter(message => /^(The walk|Walked)/.test(message));
    expect(lines).toHaveLength(1);
    return lines[0];
  }

  async function struckWalk(
    target: FaultTarget,
    kind: FaultKind,
  ): Promise<string> {
    const { endpoint, path } = target;
    const mend = simulator.faults.add({ endpoint, path, ...kind });
    try {
      return await walk();
    } finally {
      mend();
    }
  }

  /** A failed walk says why, takes nothing from the catalog and adds nothing to it. */
  async function expectFailure(
    place: string,
    kind: FaultKind,
    cause: RegExp,
  ): Promise<void> {
    const before = await backend.names();
    const line = await struckWalk(PLACES[place], kind);
    expect(line).toMatch(
      /^The walk of workspace acme failed, and the catalog keeps what it has: GET http/,
    );
    expect(line).toMatch(cause);
    expect(await backend.names()).toEqual(before);
  }

  it.each(FAULTS)('%s', async (_, kind, cause) => {
    const changed = changeTheWorkspace();
    for (const place of Object.keys(PLACES)) {
      await expectFailure(place, kind, cause);
    }
    await walk();
    await backend.hasComponents(changed);
  });

  it.each(DETOURS)('%s', async (_, kindFor, cause) => {
    const changed = changeTheWorkspace();
    for (const [place, { self }] of Object.entries(PLACES)) {
      const kind = kindFor({ self, elsewhere: elsewhere.apiBaseUrl });
      await expectFailure(place, kind, cause);
    }
    expect(elsewhere.requests.count()).toBe(0);
    await walk();
    await backend.hasComponents(changed);
  });

  it.each(REFUSALS)('%s', async (_, kind, cause, reason) => {
    const before = await backend.names();
    const line = await struckWalk(PLACES['the files'], kind);
    expect(line).toContain(`3 repositories, 3 skipped (3 ${reason})`);
    expect(line).toContain('0 added, 0 removed');
    expect(backend.messages('debug')).toContainEqual(
      expect.stringMatching(
        `^Skipped acme/\\S+ \\(${reason}\\): GET .*${cause.source}`,
      ),
    );
    expect(await backend.names()).toEqual(before);

    const changed = changeTheWorkspace();
    await expectFailure('the first page of repositories', kind, cause);
    await expectFailure('a later page of repositories', kind, cause);
    await walk();
    await backend.hasComponents(changed);
  });

  it('nobody listens', async () => {
    const changed = changeTheWorkspace();
    const before = await backend.names();
    const { port } = new URL(simulator.origin);
    await simulator.stop();
    expect(await walk()).toMatch(
      /^The walk of workspace acme failed, .*the connection failed \(ECONNREFUSED\)/,
    );
    expect(await backend.names()).toEqual(before);

    simulator = await startSimulator({
      port: Number(port),
      workspaces: [acme],
    });
    await walk();
    await backend.hasComponents(changed);
  });
});
