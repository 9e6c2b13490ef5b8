import eventsPlugin from '@backstage/plugin-events-backend';
import { freePort } from '../../../dev/freePort';
import {
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import { SimulatedPullRequest } from '../../../dev/simulator/world';
import bitbucketDataCenter from '../../dataCenter';
import {
  componentFile,
  configForDataCenter,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  until,
  withoutRereads,
} from '../../../testing';

const FILE = 'catalog-info.yaml';
const TOKEN = 'not-to-be-shown';
const SECRET = 'of-the-webhook';
const VALID = { [FILE]: componentFile('api', 'deprecated') };
const BROKEN = { [FILE]: componentFile('not a name') };

/** Is to be opened once the target branch has moved. */
const LATE = {
  [FILE]: componentFile('api').replace('type: service', 'type: library'),
};

const GROUP = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team-a
spec:
  type: team
  children: []
`;

/** What a pull request changes, and the requests that its check takes. */
const CASES: Record<
  string,
  { files: Record<string, string | null>; requests: string[] }
> = {
  'no-catalog-file': {
    files: { 'README.md': 'Read this.' },
    requests: ['GET pullRequestChanges'],
  },
  'feature/valid': {
    files: VALID,
    requests: [
      'GET pullRequestChanges',
      'GET pullRequest',
      'GET raw',
      'PUT report',
    ],
  },
  invalid: {
    files: BROKEN,
    requests: [
      'GET pullRequestChanges',
      'GET pullRequest',
      'GET raw',
      'PUT report',
      // Unlike on Bitbucket Cloud, those of an earlier report would stay.
      'DELETE annotations',
      'POST annotations',
      'POST builds',
      'POST comments',
    ],
  },
  deleted: {
    files: { [FILE]: null },
    requests: [
      'GET pullRequestChanges',
      'GET pullRequest',
      'PUT report',
      'DELETE annotations',
      'POST annotations',
      'POST comments',
    ],
  },
};

/** One backend and one project, and a pull request of its own for each case. */
describe.each(DATABASES)(
  'a pull request of Bitbucket Data Center, in %s',
  (_, startServer) => {
    const instance = new SimulatedInstance();
    const opened = new Map<string, SimulatedPullRequest>();
    let databases: DatabaseServer;
    let simulator: DataCenterSimulator;
    let backend: TestBackend;

    beforeAll(async () => {
      databases = await startServer();
      instance.addProject('PAY');
      instance.addRepository('PAY', {
        slug: 'api',
        files: { [FILE]: componentFile('api'), 'README.md': 'Read me.' },
      });
      instance.addRepository('PAY', {
        slug: 'teams',
        files: { [FILE]: GROUP },
      });
      simulator = await startDataCenterSimulator({
        instance,
        contextPath: '/bitbucket',
        accounts: [
          {
            kind: 'userToken',
            name: 'catalog',
            token: TOKEN,
            projectPermission: 'ADMIN',
            repositoryPermission: 'ADMIN',
          },
        ],
      });
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/api/events/http/bitbucketServer`;
      backend = await TestBackend.start({
        port,
        product: 'bitbucketServer',
        database: databases.createDatabase(),
        features: [bitbucketDataCenter, eventsPlugin],
        config: withoutRereads({
          ...configForDataCenter(
            simulator,
            host => ({
              host,
              ...ON_DEMAND,
              webhooks: { url },
              pullRequests: { comment: true, drafts: false, forks: true },
            }),
            { token: TOKEN },
          ),
          events: {
            useEventBus: 'never',
            modules: { bitbucketServer: { webhookSecret: SECRET } },
          },
        }),
      });
      await backend.walked();
      await backend.hasComponents(['api']);
      await backend.beginTask(
        `bitbucketServer-webhooks:${new URL(simulator.baseUrl).host}`,
      );
      await until(
        async () => instance.hooks.all.length === 1,
        'the webhook of the project',
      );
      for (const [branch, { files }] of Object.entries(CASES)) {
        opened.set(branch, open(files, { branch }));
      }
      instance.project('PAY').push('api', LATE, { branch: 'late' });
      opened.set('draft', open(BROKEN, { branch: 'draft', draft: true }));
      opened.set('fork', openFromFork());
      await hasOutcomes({ failed: 1, irrelevant: 1, passed: 3 });
    });

    afterAll(async () => {
      const logged = JSON.stringify(backend.logs);
      expect([TOKEN, SECRET].filter(text => logged.includes(text))).toEqual([]);
      await backend?.stop();
      await simulator?.stop();
      await databases.stop();
    });

    function open(
      files: Record<string, string | null>,
      { branch, draft }: { branch: string; draft?: boolean },
    ): SimulatedPullRequest {
      const project = instance.project('PAY');
      project.push('api', files, { branch });
      return project.pullRequests.open('api', { source: branch, draft });
    }

    function openFromFork(): SimulatedPullRequest {
      const project = instance.project('PAY');
      const fork = project.forkRepository(instance.repository('PAY', 'api'), {
        slug: 'fork',
      });
      project.push('fork', VALID, { branch: 'fork' });
      return project.pullRequests.open('api', {
        sourceRepository: fork,
        source: 'fork',
      });
    }

    async function outcomes(): Promise<Record<string, number>> {
      const answer = await backend.get('bitbucket/status');
      const { hosts } = (await answer.json()) as {
        hosts: { pullRequests: { runs: Record<string, number> } }[];
      };
      return Object.fromEntries(
        Object.entries(hosts[0].pullRequests.runs).sort(([a], [b]) =>
          a.localeCompare(b),
        ),
      );
    }

    async function hasOutcomes(wanted: Record<string, number>): Promise<void> {
      await until(
        async () => JSON.stringify(await outcomes()) === JSON.stringify(wanted),
        async () =>
          `runs ${JSON.stringify(wanted)}. There are ${JSON.stringify(await outcomes())}. Logged: ${backend.messages('debug', 'info', 'warn', 'error').slice(-8).join('; ')}`,
      );
    }

    const pullRequest = (branch: string) => opened.get(branch)!;

    const reportOf = (branch: string) => {
      const { repository, commit } = pullRequest(branch).source;
      return instance.insights.of(repository, commit)[0];
    };

    const buildsOf = (branch: string) => {
      const { repository, commit } = pullRequest(branch).source;
      return instance.builds.of(repository, commit).map(({ state }) => state);
    };

    const commentsOf = (branch: string) =>
      pullRequest(branch).comments.filter(({ deleted }) => !deleted);

    /** The requests that are about a pull request, by its number or by its head. */
    function requestsOf(branch: string): string[] {
      const { id, source } = pullRequest(branch);
      return simulator.requests.entries
        .filter(
          ({ path, query }) =>
            new RegExp(`/pull-requests/${id}(?:/|$)`).test(path) ||
            `${path} ${JSON.stringify(query)}`.includes(source.commit.hash),
        )
        .map(({ method, endpoint }) => `${method} ${endpoint}`);
    }

    /** Checks it again, since no link to this machine is posted. */
    async function pageOf(branch: string): Promise<string> {
      const { host } = new URL(simulator.baseUrl);
      const { id } = pullRequest(branch);
      const answer = await backend.post('bitbucket/pull-requests/check', {
        repository: `${host}/PAY/api`,
        id,
      });
      expect(answer.status).toBe(202);
      const { page } = (await answer.json()) as { page: string };
      await until(
        async () => !('running' in (await outcomes())),
        'the run to end',
      );
      return `${backend.baseUrl}${page}`;
    }

    it.each(Object.entries(CASES))(
      'costs no more than what is to be known of it: %s',
      (branch, { requests }) => {
        expect(requestsOf(branch)).toEqual(requests);
      },
    );

    it('gets nothing where no catalog file is touched', () => {
      expect(reportOf('no-catalog-file')).toBeUndefined();
      expect(commentsOf('no-catalog-file')).toEqual([]);
    });

    it('gets a report without annotations where all is valid', () => {
      const { content, annotations } = reportOf('feature/valid');
      expect(content).toMatchObject({
        title: 'Backstage catalog',
        result: 'PASS',
        details: expect.stringContaining(
          'changes component:default/api (spec.lifecycle)',
        ),
      });
      expect(annotations).toEqual([]);
      expect(buildsOf('feature/valid')).toEqual([]);
      expect(commentsOf('feature/valid')).toEqual([]);
    });

    it('that breaks a catalog file gets annotations, a failed build and a comment', () => {
      const { content, annotations } = reportOf('invalid');
      expect(content.result).toBe('FAIL');
      expect(annotations).toEqual([
        expect.objectContaining({
          path: FILE,
          line: 4,
          severity: 'HIGH',
          message: expect.stringContaining('not a name'),
        }),
        expect.objectContaining({
          severity: 'MEDIUM',
          message: expect.stringContaining('component:default/api'),
        }),
      ]);
      expect(buildsOf('invalid')).toEqual(['FAILED']);
      expect(commentsOf('invalid')).toHaveLength(1);
    });

    it('has a page and JSON that need no sign-in, and show no secret', async () => {
      const page = await pageOf('invalid');
      const html = await fetch(page);
      expect(html.headers.get('content-security-policy')).toContain(
        "default-src 'none'",
      );
      const text = await html.text();
      expect(text).toContain('catalog-info.yaml');
      expect(text).toContain('PAY/api');
      expect(text).not.toContain(TOKEN);
      const json = await (await fetch(`${page}.json`)).json();
      expect(json).toMatchObject({ runs: [{ outcome: 'failed' }] });
    });

    it('warns of what a deleted file removes', () => {
      const { content, annotations } = reportOf('deleted');
      expect(content.result).toBe('PASS');
      expect(annotations).toEqual([
        expect.objectContaining({
          severity: 'MEDIUM',
          message: expect.stringContaining('component:default/api'),
        }),
      ]);
    });

    it('from a fork is read there, and gets a report and no build status', () => {
      const { repository } = pullRequest('fork').source;
      expect(repository.slug).toBe('fork');
      expect(reportOf('fork').content.result).toBe('PASS');
      expect(buildsOf('fork')).toEqual([]);
    });

    it('that is a draft is left alone where drafts are not to be checked', () => {
      expect(requestsOf('draft')).toEqual([]);
      expect(reportOf('draft')).toBeUndefined();
    });

    describe('after its report', () => {
      beforeAll(async () => {
        simulator.requests.clear();
        const project = instance.project('PAY');
        const { pullRequests } = project;
        pullRequests.update(pullRequest('feature/valid'), { title: 'Other' });
        pullRequests.update(pullRequest('draft'), { draft: false });
        pullRequests.decline(pullRequest('deleted'));
        project.push('api', VALID, { branch: 'invalid' });
        await hasOutcomes({ failed: 2, irrelevant: 1, passed: 4 });
      });

      it('costs nothing where its title has changed, or it is declined', () => {
        expect(requestsOf('feature/valid')).toEqual([]);
        expect(requestsOf('deleted')).toEqual([]);
      });

      it('is checked once it is not a draft any more', () => {
        expect(reportOf('draft').content.result).toBe('FAIL');
      });

      it('passes once a push has repaired the file', () => {
        expect(reportOf('invalid').content.result).toBe('PASS');
        expect(reportOf('invalid').annotations).toEqual([]);
        expect(commentsOf('invalid')).toHaveLength(1);
        expect(commentsOf('invalid')[0].raw).not.toContain('not a name');
      });

      it('shows what the catalog has ingested after the merge', async () => {
        const page = await pageOf('invalid');
        instance.project('PAY').pullRequests.merge(pullRequest('invalid'));
        await until(async () => {
          const { merge } = (await (await fetch(`${page}.json`)).json()) as {
            merge?: { entities: { state: string }[] };
          };
          return (
            merge?.entities.every(({ state }) => state === 'done') ?? false
          );
        }, 'the change to be in the catalog');
        const [api] = await backend.entities('component');
        expect(api.spec?.lifecycle).toBe('deprecated');
      });

      it('says that the target branch has changed the same file, for no request', async () => {
        const { pullRequests } = instance.project('PAY');
        opened.set('late', pullRequests.open('api', { source: 'late' }));
        await until(
          async () => reportOf('late') !== undefined,
          'the report of the late pull request',
        );
        expect(reportOf('late').content).toMatchObject({
          result: 'PASS',
          details: expect.stringContaining(
            'main has changed catalog-info.yaml too since this pull request branched off',
          ),
        });
        expect(reportOf('late').annotations).toEqual([]);
        expect(requestsOf('late')).toEqual(CASES['feature/valid'].requests);
      });
    });

    it('gets one comment although the response to the first was lost', async () => {
      simulator.faults.add({
        endpoint: 'comments',
        method: 'POST',
        kind: 'dropSocket',
        when: 'inBody',
        times: 1,
      });
      opened.set('lost', open(BROKEN, { branch: 'lost' }));
      await until(
        async () => 'waiting' in (await outcomes()),
        'the run to fail',
      );
      expect(commentsOf('lost')).toHaveLength(1);
      simulator.requests.clear();
      const page = await pageOf('lost');
      expect(requestsOf('lost')).toContain('GET activities');
      expect(requestsOf('lost')).not.toContain('POST comments');
      expect(commentsOf('lost')).toHaveLength(1);
      expect(await (await fetch(`${page}.json`)).json()).toMatchObject({
        runs: [
          {
            outcome: 'failed',
            posted: expect.arrayContaining([
              expect.objectContaining({ what: 'comment', outcome: 'posted' }),
            ]),
          },
        ],
      });
    });
  },
);
