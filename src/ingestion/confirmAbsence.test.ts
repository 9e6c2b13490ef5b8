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
  return { tools, location, seen, before, acme, simulator };
}

describe('confirmRepository', () => {
  it('finds a repository that was renamed just now, where the filters leave it out', async () => {
    const { tools, location, seen } = await setUp();
    expect(
      await confirmRepository(tools, location, 'request', seen),
    ).toMatchObject({ verdict: 'excluded', repository: { slug: 'store' } });
  });

  it.each([
    ['list', wrongResponses.missingRepository()],
    ['request', wrongResponses.emptyList()],
  ] as const)(
    'proves nothing where one response has the repository and the other does not, after a %s',
    async (by, fault) => {
      const { tools, location, seen, simulator } = await setUp();
      simulator.faults.add(fault);
      expect(await confirmRepository(tools, location, by, seen)).toMatchObject({
        verdict: 'unknown',
      });
    },
  );

  it('does not confirm the absence of a repository that a wrong response lacked while it was renamed', async () => {
    const { tools, location, acme, before } = await setUp();
    acme.setProject('store', before.projectKey!);
    expect(await confirmRepository(tools, location, 'request')).toMatchObject({
      verdict: 'changed',
      repository: { slug: 'store' },
    });
  });

  it('confirms the absence of a repository that neither response has', async () => {
    const { tools, location, simulator, acme } = await setUp();
    simulator.faults.add(wrongResponses.missingRepository());
    expect(await confirmRepository(tools, location, 'list')).toMatchObject({
      verdict: 'gone',
    });
    acme.removeRepository('store');
    expect(await confirmRepository(tools, location, 'request')).toMatchObject({
      verdict: 'gone',
    });
  });
});
