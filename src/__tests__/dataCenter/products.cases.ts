import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import {
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import { freePort } from '../../../dev/freePort';
import bitbucketCloud from '../..';
import bitbucketDataCenter from '../../dataCenter';
import {
  componentFile,
  configFor,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  until,
  withoutRereads,
} from '../../../testing';
import { PrometheusEndpoint } from '../../../testing/prometheus';

const FILE = 'catalog-info.yaml';
const SECRET = 'of-the-webhooks';
const TOKENS = ['token-of-cloud', 'token-of-one', 'token-of-two'];

type Status = {
  hosts: { id: string; deliveries: JsonObject; pullRequests?: JsonObject }[];
  providers: { id: string; host: string; webhook?: { state: string } }[];
};

/** Two instances with repositories of the same names, and a workspace beside them. */
describe.each(DATABASES)(
  'Bitbucket Cloud and two instances of Data Center in one backend, in %s',
  (_, startServer) => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const one = new SimulatedInstance();
    const two = new SimulatedInstance();
    let databases: DatabaseServer;
    let cloud: Simulator;
    let simulators: DataCenterSimulator[] = [];
    let metrics: PrometheusEndpoint;
    let backend: TestBackend;
    let hosts: string[];

    beforeAll(async () => {
      databases = await startServer();
      metrics = await PrometheusEndpoint.start();
      acme.addRepository({
        slug: 'shop',
        files: { [FILE]: componentFile('shop') },
      });
      for (const [name, instance] of [
        ['one', one],
        ['two', two],
      ] as const) {
        instance.addProject('PAY');
        for (const slug of ['api', 'goes']) {
          instance.addRepository('PAY', {
            slug,
            files: { [FILE]: componentFile(`${slug}-${name}`) },
          });
        }
      }
      cloud = await startSimulator({
        workspaces: [acme],
        accounts: [{ name: 'bot', kind: 'accessToken', token: TOKENS[0] }],
      });
      simulators = await Promise.all(
        [one, two].map((instance, index) =>
          startDataCenterSimulator({
            instance,
            contextPath: index === 0 ? '/bitbucket' : '',
            accounts: [
              {
                kind: 'userToken',
                name: 'bot',
                token: TOKENS[1 + index],
                projectPermission: 'ADMIN',
                repositoryPermission: 'ADMIN',
              },
            ],
          }),
        ),
      );
      hosts = simulators.map(({ baseUrl }) => new URL(baseUrl).host);
      const port = await freePort();
      const url = (topic: string) =>
        `http://127.0.0.1:${port}/api/events/http/${topic}`;
      const settings = { ...ON_DEMAND, pullRequests: {} };
      const ofCloud = configFor(
        cloud,
        { workspace: 'acme', ...settings },
        { token: TOKENS[0] },
      );
      acme.hooks.add({
        url: url('bitbucketCloud'),
        events: ['repo:push', 'repo:updated', 'pullrequest:created'],
        secret: SECRET,
      });
      const webhooks = { url: url('bitbucketServer') };
      backend = await TestBackend.start({
        port,
        product: 'bitbucketServer',
        database: databases.createDatabase(),
        features: [bitbucketCloud, bitbucketDataCenter, eventsPlugin],
        config: withoutRereads({
          integrations: {
            ...(ofCloud.integrations as JsonObject),
            bitbucketServer: simulators.map(({ baseUrl }, index) => ({
              host: hosts[index],
              apiBaseUrl: `${baseUrl}/rest/api/1.0`,
              token: TOKENS[1 + index],
            })),
          },
          catalog: {
            rules: [{ allow: ['Component', 'Location'] }],
            providers: {
              ...(ofCloud.catalog.providers as JsonObject),
              bitbucketServer: {
                default: { host: hosts[0], webhooks, ...settings },
                second: { host: hosts[1], webhooks, ...settings },
              },
            },
          },
          events: {
            useEventBus: 'never',
            modules: {
              bitbucketCloud: { webhookSecret: SECRET },
              bitbucketServer: { webhookSecret: SECRET },
            },
          },
        }),
      });
      await backend.hasComponents([
        'api-one',
        'api-two',
        'goes-one',
        'goes-two',
        'shop',
      ]);
      for (const host of hosts) {
        await backend.beginTask(`bitbucketServer-webhooks:${host}`);
      }
      await until(
        async () =>
          one.hooks.all.length === 1 &&
          two.hooks.all.length === 1 &&
          (await status()).providers.filter(
            ({ webhook }) => webhook?.state === 'created',
          ).length === 2,
        'the webhooks of both instances',
      );
    });

    afterAll(async () => {
      expect(
        TOKENS.concat(SECRET).filter(text => logged().includes(text)),
      ).toEqual([]);
      await backend?.stop();
      await cloud?.stop();
      await Promise.all(simulators.map(simulator => simulator.stop()));
      await metrics?.stop();
      await databases.stop();
    });

    beforeEach(() => {
      cloud.requests.clear();
      simulators.forEach(({ requests }) => requests.clear());
    });

    const logged = () => JSON.stringify(backend.logs);

    const status = async () => {
      const answer = await backend.get('bitbucket/status');
      return (await answer.json()) as Status;
    };

    /** What was sent to each of the three. */
    const requests = () =>
      [cloud, ...simulators].map(({ requests: log }) => log.count());

    const post = async (path: string, body: JsonObject) => {
      const answer = await backend.post(`bitbucket/${path}`, body);
      const text = await answer.text();
      return { status: answer.status, text };
    };

    it('have one status, with each host and each provider of it', async () => {
      const { hosts: all, providers } = await status();
      expect(all.map(({ id }) => id)).toEqual(['bitbucket.org', ...hosts]);
      expect(providers.map(({ id, host }) => [id, host])).toEqual([
        ['default', 'bitbucket.org'],
        ['default', hosts[0]],
        ['second', hosts[1]],
      ]);
      expect(providers.slice(1).map(({ webhook }) => webhook?.state)).toEqual([
        'created',
        'created',
      ]);
    });

    it('have one set of permissions, endpoints and scheduled tasks', async () => {
      const answer = await backend.get(
        '.well-known/backstage/permissions/metadata',
      );
      const { permissions } = (await answer.json()) as {
        permissions: { name: string }[];
      };
      const names = permissions
        .map(({ name }) => name)
        .filter(name => name.startsWith('catalog.bitbucket.'));
      expect(names).toHaveLength(4);
      expect(new Set(names).size).toBe(4);
      expect(backend.messages()).toEqual([]);
    });

    it('count what they do by host', async () => {
      for (const host of ['bitbucket.org', ...hosts]) {
        expect(
          await metrics.value('requests_count_total', { host }),
        ).toBeGreaterThan(0);
        expect(
          await metrics.value('walks_count_total', {
            host,
            result: 'finished',
          }),
        ).toBe(1);
      }
      const ofProviders = (await metrics.samples()).filter(
        ({ name }) => name === 'catalog_bitbucket_locations',
      );
      const counted = ofProviders.map(
        ({ labels, value }) => `${labels.host} ${labels.provider} ${value}`,
      );
      expect(counted.sort()).toEqual(
        [
          'bitbucket.org default 1',
          `${hosts[0]} default 2`,
          `${hosts[1]} second 2`,
        ].sort(),
      );
    });

    it('ask for the host of a provider whose id is that of another one', async () => {
      const approve = (body: JsonObject) => post('removals/approve', body);
      expect(await approve({ provider: 'default' })).toMatchObject({
        status: 400,
        text: expect.stringContaining('Several hosts have a provider default'),
      });
      for (const host of ['bitbucket.org', hosts[0]]) {
        expect(await approve({ provider: 'default', host })).toMatchObject({
          status: 409,
        });
      }
      expect(
        await approve({ provider: 'default', host: hosts[1] }),
      ).toMatchObject({ status: 404 });
    });

    it('act on a delivery where it is from, and count it once', async () => {
      const before = await status();
      two.project('PAY').push('api', { [FILE]: componentFile('api-two-b') });
      await backend.hasComponents([
        'api-one',
        'api-two-b',
        'goes-one',
        'goes-two',
        'shop',
      ]);
      const [ofCloud, ofOne, ofTwo] = requests();
      expect([ofCloud, ofOne]).toEqual([0, 0]);
      expect(ofTwo).toBeGreaterThan(0);
      acme.push('shop', { [FILE]: componentFile('shop-b') });
      await backend.hasComponents([
        'api-one',
        'api-two-b',
        'goes-one',
        'goes-two',
        'shop-b',
      ]);
      expect(requests()[1]).toBe(0);
      expect(requests()[2]).toBe(ofTwo);
      const accepted = ({ hosts: all }: Status) =>
        all.map(({ deliveries }) => deliveries.accepted);
      const counts = accepted(before) as number[];
      expect(accepted(await status())).toEqual([
        counts[0] + 1,
        counts[1] + 1,
        counts[2] + 1,
      ]);
      expect((await status()).hosts[2].deliveries).toMatchObject({
        ignored: 0,
        malformed: 0,
        failed: 0,
      });
    });

    it.each([
      ['first', 0, one],
      ['second', 1, two],
    ] as const)(
      'check a pull request of the %s instance by its full name',
      async (__, index, instance) => {
        const project = instance.project('PAY');
        project.push(
          'api',
          { [FILE]: componentFile('not a name') },
          { branch: 'feature/x' },
        );
        const { id } = project.pullRequests.open('api', {
          source: 'feature/x',
          title: 'Break it',
        });
        const checked = await post('pull-requests/check', {
          repository: `${hosts[index]}/PAY/api`,
          id,
        });
        expect(checked).toMatchObject({ status: 202 });
        const { page } = JSON.parse(checked.text);
        await until(async () => {
          const json = await fetch(`${backend.baseUrl}${page}.json`);
          const { runs } = (await json.json()) as {
            runs: { outcome: string }[];
          };
          return runs.some(({ outcome }) => outcome === 'failed');
        }, 'the pull request to be checked');
        const others = requests().filter((___, which) => which !== 1 + index);
        expect(others).toEqual([0, 0]);
      },
    );

    it('know no pull request of a repository that none of them has', async () => {
      const checked = await post('pull-requests/check', {
        repository: `${hosts[0]}/PAY/none`,
        id: 1,
      });
      expect(checked).toMatchObject({
        status: 404,
        text: expect.stringContaining('No provider has a repository'),
      });
    });

    it('forget what is cached of one host, and read that again', async () => {
      const forgotten = await post('forget', {
        workspace: hosts[0],
        repository: 'PAY/api',
      });
      expect(JSON.parse(forgotten.text)).toMatchObject({
        forgotten: { repositories: 1 },
      });
      await backend.walk('default');
      await backend.walk('second');
      const files = simulators.map(({ requests: log }) =>
        log.count({ endpoint: 'raw' }),
      );
      expect(files).toEqual([1, 0]);
      const all = await post('forget', { workspace: hosts[1] });
      expect(JSON.parse(all.text)).toMatchObject({
        forgotten: { repositories: 2 },
      });
      expect(await post('forget', { workspace: 'none' })).toMatchObject({
        status: 404,
      });
    });

    it('lose what is gone from one host, and nothing of the others', async () => {
      one.project('PAY').removeRepository('goes');
      await backend.walk('default');
      await backend.walk('second');
      await backend.hasComponents([
        'api-one',
        'api-two-b',
        'goes-two',
        'shop-b',
      ]);
    });
  },
);
