import { componentFile } from '../../../testing/entities';
import { PullRequestWorld } from '../../../testing/pullRequestWorld';
import { LoggedRequest } from '../../../dev/simulator/requestLog';
import { SimulatedPullRequest } from '../../../dev/simulator/world/pullRequest';

const API = `apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: grpc
  lifecycle: production
  owner: team-a
  definition:
    $text: ./orders.proto
`;

const MAIN = {
  'catalog-info.yaml': componentFile('shop'),
  'apis/orders.yaml': API,
  'apis/orders.proto': 'syntax = "proto3";\nmessage Order {}\n',
  'apis/old.yaml': componentFile('old'),
  'README.md': 'Read me.',
};

/** What is pushed to a branch of its own, and the requests that its pull request takes. */
const CASES: Record<
  string,
  { files: Record<string, string | null>; requests: string[] }
> = {
  'no-catalog-file': {
    files: { 'README.md': 'Read this.' },
    requests: ['GET diffstat'],
  },
  valid: {
    files: { 'catalog-info.yaml': componentFile('shop', 'deprecated') },
    requests: ['GET diffstat', 'GET pullrequest', 'GET src', 'PUT report'],
  },
  'valid/with-a-slash': {
    files: { 'apis/new.yaml': componentFile('new') },
    requests: ['GET diffstat', 'GET pullrequest', 'GET src', 'PUT report'],
  },
  invalid: {
    files: { 'apis/new.yaml': componentFile('not a name') },
    requests: [
      'GET diffstat',
      'GET pullrequest',
      'GET src',
      'PUT report',
      'POST annotations',
      'POST statuses',
    ],
  },
  'text-of-an-api': {
    files: { 'apis/orders.proto': 'syntax = "proto2";\nmessage Order {}\n' },
    requests: [
      'GET diffstat',
      'GET pullrequest',
      'GET src',
      'GET src',
      'PUT report',
    ],
  },
  deleted: {
    files: { 'apis/old.yaml': null },
    requests: [
      'GET diffstat',
      'GET pullrequest',
      // The list of changes has the full hash only of files that are there.
      'GET commit',
      'PUT report',
      'POST annotations',
    ],
  },
  renamed: {
    files: { 'apis/old.yaml': null, 'apis/newer.yaml': componentFile('old') },
    requests: ['GET diffstat', 'GET pullrequest', 'GET src', 'PUT report'],
  },
};

describe('the events of pull requests', () => {
  let world: PullRequestWorld;
  const opened = new Map<string, SimulatedPullRequest>();

  beforeAll(async () => {
    world = await PullRequestWorld.start({
      files: MAIN,
      components: ['old', 'shop'],
      provider: { catalogPath: ['/catalog-info.yaml', '/apis/*.yaml'] },
      pullRequests: { drafts: false, forks: true },
    });
    for (const [branch, { files }] of Object.entries(CASES)) {
      opened.set(branch, world.open(files, { branch }));
    }
    opened.set(
      'draft',
      world.open(CASES.invalid.files, { branch: 'draft', draft: true }),
    );
    opened.set('fork', openFromFork());
    await world.hasOutcomes({ failed: 1, irrelevant: 1, passed: 6 });
  });
  afterAll(() => world.stop());

  function openFromFork(): SimulatedPullRequest {
    const shop = world.acme.repository('shop');
    const fork = world.acme.forkRepository(shop, { slug: 'fork' });
    world.acme.push('fork', CASES.valid.files, { branch: 'fork' });
    return world.acme.pullRequests.open('shop', {
      sourceRepository: fork,
      source: 'fork',
    });
  }

  const pullRequest = (branch: string) => opened.get(branch)!;

  /** The requests that are about a pull request, by its number or by its head. */
  function requestsOf(branch: string): string[] {
    const { id, source } = pullRequest(branch);
    const { hash } = source.commit;
    const isAbout = ({ path }: LoggedRequest) =>
      path.endsWith(`/pullrequests/${id}`) || path.includes(hash.slice(0, 12));
    return world.simulator.requests.entries
      .filter(isAbout)
      .map(({ method, endpoint }) => `${method} ${endpoint}`);
  }

  const reportOf = (branch: string) => world.reports(pullRequest(branch))[0];

  it.each(Object.entries(CASES))(
    'costs no more than what is to be known of a pull request: %s',
    (branch, { requests }) => {
      expect(requestsOf(branch)).toEqual(requests);
    },
  );

  it('posts nothing where no catalog file is touched', () => {
    expect(reportOf('no-catalog-file')).toBeUndefined();
  });

  it('posts a report without annotations where all is valid', () => {
    expect(reportOf('valid').content).toMatchObject({
      result: 'PASSED',
      details: expect.stringContaining(
        'changes component:default/shop (spec.lifecycle)',
      ),
    });
    expect(reportOf('valid').annotations.size).toBe(0);
  });

  it('posts where an entity is invalid, and fails the build', () => {
    const report = reportOf('invalid');
    expect(report.content.result).toBe('FAILED');
    expect([...report.annotations.values()].map(one => one.content)).toEqual([
      expect.objectContaining({
        path: 'apis/new.yaml',
        line: 4,
        severity: 'HIGH',
        summary: expect.stringContaining('not a name'),
      }),
    ]);
    const { source } = pullRequest('invalid');
    expect(
      source.repository.buildStatuses.of(source.commit).map(one => one.content),
    ).toEqual([
      expect.objectContaining({
        state: 'FAILED',
        key: expect.stringMatching(/^backstage-catalog-[0-9a-f-]{17}$/),
        refname: 'invalid',
      }),
    ]);
  });

  it('warns of what a deleted file removes', () => {
    const report = reportOf('deleted');
    expect(report.content.result).toBe('PASSED');
    expect([...report.annotations.values()].map(one => one.content)).toEqual([
      expect.objectContaining({
        severity: 'MEDIUM',
        summary: expect.stringContaining('component:default/old'),
      }),
    ]);
  });

  it('says that an entity moves with its file', () => {
    expect(reportOf('renamed').content.details).toMatch(
      /moves component:default\/old/,
    );
  });

  it('reads the files of a fork there, and posts the report to it', () => {
    expect(reportOf('fork').content.result).toBe('PASSED');
    const { repository, commit } = pullRequest('fork').source;
    expect(repository.fullName).toBe('acme/fork');
    expect(repository.buildStatuses.of(commit)).toEqual([]);
  });

  it('leaves a draft alone where drafts are not to be checked', () => {
    expect(requestsOf('draft')).toEqual([]);
    expect(reportOf('draft')).toBeUndefined();
  });

  describe('after a report', () => {
    beforeAll(async () => {
      world.simulator.requests.clear();
      const { pullRequests } = world.acme;
      pullRequests.update(pullRequest('valid'), { title: 'Another title' });
      pullRequests.decline(pullRequest('valid/with-a-slash'));
      world.acme.push('shop', CASES.valid.files, { branch: 'invalid' });
      world.acme.push('shop', { 'apis/new.yaml': null }, { branch: 'invalid' });
      pullRequests.update(pullRequest('draft'), { draft: false });
      await world.hasOutcomes({ failed: 2, irrelevant: 1, passed: 7 });
    });

    it('asks for nothing where the title has changed', () => {
      expect(requestsOf('valid')).toEqual([]);
    });

    it('asks for nothing where the pull request is declined', () => {
      expect(requestsOf('valid/with-a-slash')).toEqual([]);
    });

    it('checks two pushes at once, and the last of them alone', () => {
      expect(requestsOf('invalid')).toEqual([
        'GET diffstat',
        'GET pullrequest',
        'GET src',
        'PUT report',
      ]);
      expect(reportOf('invalid').content.result).toBe('PASSED');
    });

    it('checks what was a draft', () => {
      expect(reportOf('draft').content.result).toBe('FAILED');
    });
  });
});
