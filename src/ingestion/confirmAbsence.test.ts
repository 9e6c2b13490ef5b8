import { ConfigReader } from '@backstage/config';
import { wrongResponses } from '../../dev/simulator/faults';
import { startWorld } from '../../testing/workspace/startWorld';
import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { readProviderConfigs } from '../config/providers';
import { confirmRepository } from './confirmAbsence';

/** A repository that was renamed and moved to another project, in one step. */
async function setUp() {
  const { acme, client, index, simulator } = await startWorld({ shop: {} });
  const before = await client.getRepository('acme', 'shop');
  acme.renameRepository('shop', 'store');
  acme.setProject('store', 'NEW');
  const seen = await client.getRepository('acme', 'store');
  const [config] = readProviderConfigs(
    new ConfigReader({
      catalog: {
        providers: {
          bitbucketCloud: {
            workspace: 'acme',
            filters: { projectKey: before.projectKey! },
          },
        },
      },
    }),
  ).value;
  const location: EmittedLocation = {
    target: 'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml',
    place: 'acme/shop/main/catalog-info.yaml',
    fullName: 'acme/shop',
    path: 'catalog-info.yaml',
    entityRef: 'location:default/shop',
    uuid: before.uuid,
    isInCatalog: true,
    isRecorded: true,
  };
  const selection = { workspace: 'acme' };
  const tools = {
    host: index.host,
    index: index.repositories,
    selection,
    config,
    context: {},
  };
  return { tools, location, seen, simulator };
}

describe('confirmRepository', () => {
  it('asks for a repository by the name that it has now, where the filters leave it out', async () => {
    const { tools, location, seen } = await setUp();
    expect(
      await confirmRepository(tools, location, 'request', seen),
    ).toMatchObject({ verdict: 'excluded', repository: { slug: 'store' } });
  });

  it.each(['list', 'request'] as const)(
    'proves nothing where one response has the repository and the other does not, after a %s',
    async by => {
      const { tools, location, seen, simulator } = await setUp();
      simulator.faults.add(wrongResponses.missingRepository());
      expect(await confirmRepository(tools, location, by, seen)).toMatchObject({
        verdict: 'unknown',
      });
    },
  );

  it('confirms the absence of a repository that neither response has', async () => {
    const { tools, location, simulator } = await setUp();
    simulator.faults.add(wrongResponses.missingRepository());
    expect(await confirmRepository(tools, location, 'list')).toMatchObject({
      verdict: 'gone',
    });
  });
});
