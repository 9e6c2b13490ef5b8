import {
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../../dev/simulator/data-center';
import {
  configForDataCenter,
  DatabaseServer,
  dataCenterClientWithTiming,
  TestBackend,
} from '../../../../testing';
import bitbucketDataCenter from '../../../dataCenter';
import { fastTiming, Read, ReaderWorld } from '../ReaderWorld';
import { addRepository, pushLifecycle } from '../repositories';

const TOKEN = 'let-me-in';
const PROJECT = 'ACME';

/** Locations of one instance, each in a repository of its own. */
export async function startDataCenterReader(
  databases: DatabaseServer,
  reads: Read[],
): Promise<ReaderWorld> {
  const instance = new SimulatedInstance();
  const project = instance.addProject(PROJECT);
  // No name is the beginning of another one.
  const slugs = new Map(
    reads.map((read, index) => [read, `read-${index}-file`]),
  );
  slugs.forEach(slug => addRepository(project, slug));
  const simulator = await startDataCenterSimulator({
    instance,
    contextPath: '/bitbucket',
    accounts: [{ kind: 'userToken', name: 'catalog', token: TOKEN }],
  });
  const targetOf = (slug: string) =>
    `${simulator.baseUrl}/projects/${PROJECT}/repos/${slug}/browse/catalog-info.yaml`;
  const { integrations } = configForDataCenter(simulator, () => ({}), {
    token: TOKEN,
  });
  const backend = await TestBackend.start({
    product: 'bitbucketServer',
    database: databases.createDatabase(),
    config: {
      integrations,
      catalog: {
        locations: [...slugs.values()].map(slug => ({
          type: 'url',
          target: targetOf(slug),
        })),
      },
    },
    features: [bitbucketDataCenter, dataCenterClientWithTiming(fastTiming())],
  });
  return new ReaderWorld(
    {
      simulator,
      slugs,
      targetOf,
      pathOf: slug => `/repos/${slug}`,
      placeOf: ({ at }, slug) =>
        at === 'file'
          ? { endpoint: 'raw', path: `/repos/${slug}/` }
          : { path: new RegExp(`/repos/${slug}(/branches/default)?$`) },
      push: (slug, lifecycle) => pushLifecycle(project, slug, lifecycle),
    },
    backend,
  );
}
