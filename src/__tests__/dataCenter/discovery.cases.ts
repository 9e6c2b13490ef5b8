import { BackendFeature } from '@backstage/backend-plugin-api';
import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import { freePort } from '../../../dev/freePort';
import {
  DataCenterSimulator,
  DataCenterEndpoint,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import {
  configForDataCenter,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  until,
  withoutRereads,
} from '../../../testing';
import bitbucketDataCenter from '../../dataCenter';
import { ADMINISTRATOR, FILE, file, SECRET, TOKEN } from './OneInstance';

describe.each(DATABASES)(
  'a catalog of Bitbucket Data Center in %s',
  (_, startServer) => {
    let databases: DatabaseServer;
    let instance: SimulatedInstance;
    let simulator: DataCenterSimulator;
    let backend: TestBackend | undefined;

    beforeAll(async () => {
      databases = await startServer();
    });

    afterAll(() => databases.stop());

    beforeEach(async () => {
      instance = new SimulatedInstance();
      instance.addProject('PAY');
      instance.addProject('OPS');
      instance.addRepository('PAY', { slug: 'api', files: file('api') });
      instance.addRepository('PAY', { slug: 'web', files: file('web') });
      instance.addRepository('OPS', { slug: 'empty' });
      instance.addRepository('OPS', { slug: 'fleet', files: file('fleet') });
      simulator = await startDataCenterSimulator({
        instance,
        contextPath: '/bitbucket',
        accounts: [ADMINISTRATOR],
      });
    });

    afterEach(async () => {
      await backend?.stop();
      backend = undefined;
      await simulator.stop();
    });

    async function start(
      provider: JsonObject = {},
      more: {
        config?: JsonObject;
        port?: number;
        features?: BackendFeature[];
      } = {},
    ): Promise<TestBackend> {
      backend = await TestBackend.start({
        config: withoutRereads({
          ...configForDataCenter(
            simulator,
            host => ({ host, ...ON_DEMAND, ...provider }),
            { token: TOKEN },
          ),
          ...more.config,
        }),
        port: more.port,
        product: 'bitbucketServer',
        database: databases.createDatabase(),
        features: [bitbucketDataCenter, ...(more.features ?? [])],
      });
      await backend.walked();
      return backend;
    }

    const targetOf = (project: string, slug: string) =>
      `${simulator.baseUrl}/projects/${project}/repos/${slug}/browse/${FILE}`;

    const uidOf = async (name: string) =>
      (await backend!.entities('component')).find(
        ({ metadata }) => metadata.name === name,
      )?.metadata.uid;

    it('is filled at the default branches, for one request for the list and two for each repository', async () => {
      const catalog = await start();
      await catalog.hasComponents(['api', 'fleet', 'web']);
      expect((await catalog.targets()).sort()).toEqual([
        targetOf('OPS', 'fleet'),
        targetOf('PAY', 'api'),
        targetOf('PAY', 'web'),
      ]);
      const count = (endpoint: DataCenterEndpoint) =>
        simulator.requests.count({ endpoint });
      expect(count('branchesDefault')).toBe(4);
      expect(count('raw')).toBe(3);
      // One is for the message about access, at the start.
      expect(count('repositories')).toBe(2);
      expect(catalog.messages()).toEqual([]);
      const { host } = new URL(simulator.baseUrl);
      const said = catalog.messages('info').join('\n');
      expect(said).toContain(`Instance ${host} can be read`);
      expect(said).toContain(`Walked instance ${host}: 4 repositories`);
      expect(said).not.toMatch(/workspace/i);
      expect(JSON.stringify(await catalog.entities('location'))).not.toContain(
        TOKEN,
      );
    });

    it('costs the list and the heads that are due when nothing has changed', async () => {
      const catalog = await start();
      await catalog.hasComponents(['api', 'fleet', 'web']);
      simulator.requests.clear();
      await catalog.walk();
      expect(simulator.requests.count()).toBe(1);
      const answer = await catalog.get('bitbucket/status');
      expect(await answer.json()).toMatchObject({
        hosts: [
          {
            id: new URL(simulator.baseUrl).host,
            credential: { kind: 'httpAccessToken' },
            heads: {
              repositories: 4,
              secondsPerRound: 86_400,
              oldestAt: expect.any(String),
            },
          },
        ],
        providers: [{ id: 'default', locations: 3 }],
      });
    });

    it('requests the heads of those repositories that the hashes of an instance say were pushed to', async () => {
      await simulator.stop();
      simulator = await startDataCenterSimulator({
        instance,
        mirrorHashes: true,
        accounts: [ADMINISTRATOR],
      });
      const catalog = await start();
      await catalog.hasComponents(['api', 'fleet', 'web']);
      // The hashes of the first walk are older than what it has read.
      await catalog.walk();
      simulator.requests.clear();
      instance.project('PAY').push('api', file('api-v2'));
      await catalog.walk();
      await catalog.hasComponents(['api-v2', 'fleet', 'web']);
      expect(
        simulator.requests.entries.map(({ endpoint }) => endpoint).sort(),
      ).toEqual([
        'branchesDefault',
        'mirrorRepositories',
        'raw',
        'repositories',
      ]);
    });

    it('keeps uids through renames, moves and a change of the file', async () => {
      const catalog = await start();
      await catalog.hasComponents(['api', 'fleet', 'web']);
      const uid = await uidOf('api');
      instance.rename(instance.repository('PAY', 'api'), 'gateway');
      instance.move(instance.repository('PAY', 'web'), 'OPS');
      await catalog.walk();
      await until(
        async () =>
          (await catalog.targets()).sort().join() ===
          [
            targetOf('OPS', 'fleet'),
            targetOf('OPS', 'web'),
            targetOf('PAY', 'gateway'),
          ].join(),
        'the Locations to follow their repositories',
      );
      await catalog.hasComponents(['api', 'fleet', 'web']);
      expect(await uidOf('api')).toBe(uid);
    });

    it('loses nothing while a token sees no repository, is refused, or sees a part of them', async () => {
      const catalog = await start();
      await catalog.hasComponents(['api', 'fleet', 'web']);
      for (const status of [401, 503]) {
        simulator.faults.add({ kind: 'status', status });
        await catalog.walk();
        simulator.faults.clear();
      }
      simulator.faults.add({
        kind: 'status',
        status: 404,
        message: 'Not here',
        path: '/projects/PAY',
      });
      await catalog.walk();
      simulator.faults.clear();
      await catalog.hasComponents(['api', 'fleet', 'web']);
    });

    it('removes the entities of a repository that the instance says is gone', async () => {
      for (let index = 0; index < 9; index += 1) {
        const name = `r${index}`;
        instance.addRepository('OPS', { slug: name, files: file(name) });
      }
      const others = Array.from({ length: 9 }, (__, index) => `r${index}`);
      const catalog = await start();
      await catalog.hasComponents(['api', 'fleet', 'web', ...others].sort());
      instance.project('PAY').removeRepository('api');
      await catalog.walk();
      await catalog.hasComponents(['fleet', 'web', ...others].sort());
    });

    it('follows pushes and renames through the webhooks that it installs in each project', async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/api/events/http/bitbucketServer`;
      const catalog = await start(
        { webhooks: { url } },
        {
          port,
          features: [eventsPlugin],
          config: {
            events: {
              useEventBus: 'never',
              modules: { bitbucketServer: { webhookSecret: SECRET } },
            },
          },
        },
      );
      await catalog.hasComponents(['api', 'fleet', 'web']);
      await catalog.beginTask(
        `bitbucketServer-webhooks:${new URL(simulator.baseUrl).host}`,
      );
      await until(
        async () => instance.hooks.all.length === 2,
        'the webhooks of the projects',
      );
      simulator.requests.clear();
      instance.project('PAY').push('api', file('api-v2'));
      await catalog.hasComponents(['api-v2', 'fleet', 'web']);
      instance.rename(instance.repository('PAY', 'web'), 'site');
      await until(
        async () => (await catalog.targets()).includes(targetOf('PAY', 'site')),
        'the Location to follow its repository',
      );
      expect(simulator.requests.count({ endpoint: 'repositories' })).toBe(0);
    });
  },
);
