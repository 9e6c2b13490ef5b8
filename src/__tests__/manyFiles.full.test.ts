import { SimulatedWorkspace, startSimulator } from '../../dev/simulator';
import {
  CatalogTables,
  componentFile,
  configFor,
  ON_DEMAND,
  startSqlite,
  TestBackend,
} from '../../testing';
import { BEYOND_A_FILE } from '../../testing/contents';

describe(`${BEYOND_A_FILE.manyFiles.content}`, () => {
  it('are found with one request for each hundred, and an unchanged walk needs none', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [
        `services/${n}/catalog-info.yaml`,
        componentFile(`service-${n}`),
      ]),
    );
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'mono', files });
    const simulator = await startSimulator({ workspaces: [acme] });
    const databases = await startSqlite();
    const database = databases.createDatabase();
    const { catalog, ...config } = configFor(simulator, {
      workspace: 'acme',
      catalogPath: '/services/*/catalog-info.yaml',
      ...ON_DEMAND,
    });
    const backend = await TestBackend.start({
      database,
      // The walk is tested here, and not how the catalog reads so many files.
      config: { ...config, catalog: { ...catalog, processingInterval: false } },
    });
    const tables = await CatalogTables.open(database);
    const listings = () => simulator.requests.count({ endpoint: 'src' });

    await backend.walked();
    expect(listings()).toBe(100);
    const locations = (await tables.state()).map(row => row.entity_ref);
    expect(new Set(locations).size).toBe(10_000);

    simulator.requests.clear();
    await backend.walk();
    expect(listings()).toBe(0);
    expect(await tables.state()).toHaveLength(10_000);

    await tables.close();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });
});
