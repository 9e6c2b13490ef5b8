import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  CatalogTables,
  componentFile,
  configFor,
  DATABASES,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
} from '../../testing';

const SHOP = 'https://bitbucket.org/acme/shop';

describe.each(DATABASES)(
  'a file that a provider has and somebody registers, on %s,',
  (_, start) => {
    it.each([
      ['before', 'src/main/catalog-info.yaml'],
      ['afterwards', 'src/main/catalog-info.yaml'],
      ['before', 'src/0123abc/catalog-info.yaml?at=main'],
      ['afterwards', 'src/0123abc/catalog-info.yaml?at=main'],
      ['afterwards', 'src/main?path=catalog-info.yaml'],
    ])('is one entity, registered %s as %s', async (when, path) => {
      const acme = new SimulatedWorkspace({ slug: 'acme' });
      acme.addRepository({ slug: 'other' });
      const simulator = await startSimulator({ workspaces: [acme] });
      const databases = await start();
      const database = databases.createDatabase();
      const backend = await TestBackend.start({
        database,
        config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }),
      });
      const tables = await CatalogTables.open(database);
      await backend.walked();
      const register = async () => {
        const location = { type: 'url', target: `${SHOP}/${path}` };
        const answer = await backend.post('locations', location);
        expect(answer.status).toBe(201);
        await backend.hasComponents(['shop']);
      };

      const files = { 'catalog-info.yaml': componentFile('shop') };
      acme.addRepository({ slug: 'shop', files });
      if (when === 'before') {
        await register();
      }
      await backend.walk();
      await backend.hasComponents(['shop']);
      const [before] = await backend.entities('component');
      if (when === 'afterwards') {
        await register();
      }
      await tables.processedAnew();
      expect(await backend.entities('component')).toMatchObject([
        {
          metadata: {
            uid: before.metadata.uid,
            annotations: {
              'backstage.io/managed-by-location': `url:${SHOP}/src/main/catalog-info.yaml`,
            },
          },
        },
      ]);
      // Who has a Location of the same URL first keeps it. The catalog says so when
      // someone registers the URL of one that a provider has.
      const isSame =
        when === 'afterwards' && path === 'src/main/catalog-info.yaml';
      const others = backend
        .messages()
        .filter(
          message =>
            !isSame || !/conflicting entityRef location:/.test(message),
        );
      expect(others).toEqual([]);

      await tables.close();
      await backend.stop();
      await simulator.stop();
      await databases.stop();
    });
  },
);

describe.each(DATABASES)('a file that a provider has, on %s', (_, start) => {
  const FILE = `${SHOP}/src/main/catalog-info.yaml`;
  let databases: DatabaseServer;
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = { 'catalog-info.yaml': componentFile('shop') };
    acme.addRepository({ slug: 'other', files: {} });
    acme.addRepository({ slug: 'shop', files });
    simulator = await startSimulator({ workspaces: [acme] });
    databases = await start();
  });
  afterAll(async () => {
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  it('belongs to whoever registers it, and comes back when they give it up', async () => {
    const options = {
      database: databases.createDatabase(),
      config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }),
    };
    backend = await TestBackend.start(options);
    await backend.hasComponents(['shop']);
    await backend.walked();
    const [before] = await backend.entities('component');
    const answer = await backend.post('locations', {
      type: 'url',
      target: FILE,
    });
    const { location } = (await answer.json()) as { location: { id: string } };
    await backend.walk();
    await backend.stop();

    backend = await TestBackend.start(options);
    await backend.walk();
    expect(await backend.entities('component')).toMatchObject([
      { metadata: { uid: before.metadata.uid } },
    ]);
    expect(await backend.targets()).toEqual([FILE]);
    expect(backend.messages()).toEqual([]);

    await backend.get(`locations/${location.id}`, { method: 'DELETE' });
    await backend.hasComponents([]);
    await backend.walk();
    await backend.hasComponents(['shop']);
    expect(backend.messages()).toEqual([]);
  });
});
