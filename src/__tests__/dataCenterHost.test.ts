import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import bitbucketCloud from '..';
import {
  DataCenterSimulator,
  SimulatedInstance,
} from '../../dev/simulator/data-center';
import { componentFile, ON_DEMAND, TestBackend } from '../../testing';
import { dataCenterClientOf, startDataCenter } from '../../testing/dataCenter';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { BitbucketDataCenterHost } from '../hosts/bitbucket-data-center/BitbucketDataCenterHost';
import { createDataCenterDeliveries } from '../hosts/bitbucket-data-center/delivery';
import { dataCenterNames } from '../hosts/bitbucket-data-center/names';
import { Metrics } from '../metrics/Metrics';
import { createDatabaseOpener } from '../mirror/database';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import {
  bitbucketCloudServiceRef,
  metricsServiceRef,
} from '../plugin/services';

/** As it is configured; the base URL is another. */
const HOST = 'git.example.com';
const FILE = 'catalog-info.yaml';

/** With the providers of Bitbucket Cloud, which the backend of a test knows. */
class TestHost extends BitbucketDataCenterHost {
  override readonly names = {
    ...dataCenterNames(HOST, 'integrations.bitbucketServer[0]'),
    provider: (id: string) => `bitbucketCloud-provider:${id}`,
  };
}

/** The same parts as for Bitbucket Cloud, around an instance of Bitbucket Data Center. */
const partsAround = (host: BitbucketDataCenterHost) =>
  createServiceFactory({
    service: bitbucketCloudServiceRef,
    deps: { database: coreServices.database, metrics: metricsServiceRef },
    factory({ database, metrics }) {
      const open = createDatabaseOpener(database);
      const logger = mockServices.logger.mock();
      const catalog = new CatalogTables({ open, urls: host.urls, logger });
      return {
        index: new WorkspaceIndex({ host, open, catalog, freshnessMs: 60_000 }),
        metrics: new Metrics(metrics, host.id),
        webhooks: { schedule: async () => {}, statusOf: () => undefined },
      };
    },
  });

describe('walks over an instance of Bitbucket Data Center', () => {
  let instance: SimulatedInstance;
  let simulator: DataCenterSimulator;
  let backend: TestBackend;

  async function start(
    settings: object = {},
    heads = { maxAgeMs: 600_000, perWalk: 100 },
  ) {
    simulator = await startDataCenter({ instance, contextPath: '/bitbucket' });
    const client = dataCenterClientOf(simulator, {
      host: HOST,
      credential: { kind: 'httpAccessToken', token: 't' },
    });
    const host = new TestHost({
      client,
      deliveries: createDataCenterDeliveries({ host: HOST }),
      heads,
    });
    const provider = {
      workspace: HOST,
      ...ON_DEMAND,
      ...settings,
    };
    backend = await TestBackend.start({
      config: { catalog: { providers: { bitbucketCloud: provider } } },
      features: [bitbucketCloud, partsAround(host)],
    });
    await backend.walked();
  }

  const sent = () => {
    const counts: Record<string, number> = {};
    for (const { endpoint } of simulator.requests.entries) {
      counts[endpoint] = (counts[endpoint] ?? 0) + 1;
    }
    return counts;
  };

  const file = (name: string) => ({ [FILE]: componentFile(name) });

  beforeEach(() => {
    instance = new SimulatedInstance();
    instance.addProject('PAY');
    instance.addProject('~jane');
    instance.addRepository('PAY', { slug: 'api', files: file('api') });
    instance.addRepository('PAY', { slug: 'docs', files: { a: 'a' } });
    instance.addRepository('PAY', { slug: 'empty' });
    instance.addRepository('~jane', { slug: 'own', files: file('own') });
  });

  afterEach(() => backend?.stop());

  it('fill a catalog with one list, and two requests for each repository', async () => {
    await start();
    await backend.hasComponents(['api', 'own']);
    const { baseUrl } = simulator;
    expect((await backend.targets()).sort()).toEqual([
      `${baseUrl}/projects/PAY/repos/api/browse/${FILE}`,
      `${baseUrl}/users/jane/repos/own/browse/${FILE}`,
    ]);
    expect(sent()).toEqual({ repositories: 2, branchesDefault: 4, raw: 3 });
    expect(backend.messages()).toEqual([]);
  });

  it('send nothing but the list while heads are young', async () => {
    await start();
    await backend.hasComponents(['api', 'own']);
    simulator.requests.clear();
    await backend.walk();
    expect(sent()).toEqual({ repositories: 1 });
  });

  it('find what a branch has, and what a wildcard matches', async () => {
    instance.project('PAY').push('docs', file('next'), { branch: 'next/x' });
    await start({ catalogPath: '/**/catalog-info.yaml', branch: 'next/x' });
    await backend.hasComponents(['next']);
    expect(await backend.targets()).toEqual([
      `${simulator.baseUrl}/projects/PAY/repos/docs/browse/${FILE}?at=refs%2Fheads%2Fnext%2Fx`,
    ]);
  });

  it('follow pushes, renames, moves and removals when heads are due', async () => {
    await start({}, { maxAgeMs: 0, perWalk: 100 });
    await backend.hasComponents(['api', 'own']);
    const api = instance.repository('PAY', 'api');
    instance.project('PAY').push('docs', file('docs'));
    instance.rename(api, 'Checkout');
    instance.addProject('WEB');
    instance.move(api, 'WEB');
    await backend.walk();
    await backend.hasComponents(['api', 'docs', 'own']);
    expect(await backend.targets()).toContain(
      `${simulator.baseUrl}/projects/WEB/repos/checkout/browse/${FILE}`,
    );
    instance.project('~jane').removeRepository('own');
    await backend.walk();
    await backend.walk();
    await backend.hasComponents(['api', 'docs']);
  });
});
