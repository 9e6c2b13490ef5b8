import { Entity } from '@backstage/catalog-model';
import {
  Changes,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  CatalogTables,
  componentFile,
  configFor,
  DatabaseServer,
  DATABASES,
  ON_DEMAND,
  ShownEntity,
  TestBackend,
  until,
} from '../../testing';
import {
  BEYOND_A_FILE,
  EMPTY,
  FileContent,
  NO_FILE,
  NUL,
  READABLE,
  UNREADABLE,
} from '../../testing/contents';

const urlOf = (slug: string, path = 'catalog-info.yaml') =>
  `https://bitbucket.org/acme/${slug}/src/main/${path}`;

const isFailureToShowNew = (message: string) =>
  message.startsWith('Failed to stitch component:default/new,');

/** For `it.each`: contents, each with the name of its component. */
function rowsOf<T>(contents: Record<string, T>): (T & { name: string })[] {
  return Object.entries(contents).map(([name, content]) => ({
    ...content,
    name,
  }));
}

describe.each(DATABASES)('a catalog file, in %s', (_, startServer) => {
  let databases: DatabaseServer;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  let tables: CatalogTables;
  let steady: Entity | undefined;

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      slug: 'steady',
      files: { 'catalog-info.yaml': componentFile('steady') },
    });
    const contents = { ...UNREADABLE, ...READABLE, ...NO_FILE, empty: EMPTY };
    for (const [slug, { file }] of Object.entries(contents)) {
      const files = { 'catalog-info.yaml': file(slug) };
      acme.addRepository({ slug, files });
    }
    databases = await startServer();
    simulator = await startSimulator({ workspaces: [acme] });
    const database = databases.createDatabase();
    const { catalog, ...config } = configFor(simulator, {
      workspace: 'acme',
      catalogPath: ['/catalog-info.yaml', '/deep/**/catalog-info.yaml'],
      ...ON_DEMAND,
    });
    // What cannot be shown is tried again sooner than after a minute.
    const stitchingStrategy = {
      pollingInterval: { milliseconds: 100 },
      stitchTimeout: { seconds: 2 },
    };
    backend = await TestBackend.start({
      database,
      config: { ...config, catalog: { ...catalog, stitchingStrategy } },
    });
    tables = await CatalogTables.open(database);
    await backend.walked();
    await tables.reprocessed();
    steady = await component('steady');
  });

  afterAll(async () => {
    await tables.close();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  async function push(slug: string, changes: Changes): Promise<void> {
    acme.push(slug, changes);
    await backend.walk();
  }

  const write = (slug: string, { file }: Pick<FileContent, 'file'>) =>
    push(slug, { 'catalog-info.yaml': file(slug) });

  const good = (lifecycle: string) => ({
    file: (name: string) => componentFile(name, lifecycle),
  });

  async function component(name: string): Promise<Entity | undefined> {
    const components = await backend.entities('component');
    return components.find(({ metadata }) => metadata.name === name);
  }

  async function location(url: string): Promise<Entity | undefined> {
    const locations = await backend.entities('location');
    return locations.find(({ spec }) => spec?.target === url);
  }

  /** The errors that the Location of a URL shows. */
  async function shown(url: string): Promise<string[]> {
    const found: ShownEntity | undefined = await location(url);
    return (found?.status?.items ?? []).map(({ message }) => message);
  }

  /** Writes a good file and waits for the catalog to have it. */
  async function fix(slug: string, lifecycle: string): Promise<void> {
    await write(slug, good(lifecycle));
    await until(
      async () => (await component(slug))?.spec?.lifecycle === lifecycle,
      `${slug} to be ${lifecycle}`,
    );
    const url = urlOf(slug);
    await until(
      async () => (await shown(url)).length === 0,
      async () => `no more errors, but there are ${await shown(url)}`,
    );
  }

  it.each(rowsOf(UNREADABLE))(
    '$content: its entities stay',
    async ({ name, ...content }) => {
      const url = urlOf(name);
      const error = expect.stringContaining(content.error(url));
      // It was so from the start, and nothing came of it.
      expect(await component(name)).toBeUndefined();
      expect(await tables.locationErrors(url)).toEqual([error]);

      await fix(name, 'good');
      const before = await component(name);
      await write(name, content);
      await until(
        async () => (await shown(url)).length > 0,
        `the Location of ${name} to show an error`,
      );
      expect(await shown(url)).toEqual([error]);
      simulator.requests.clear();
      await tables.reprocessed();
      expect(simulator.requests.entries).toEqual([]);
      expect(await component(name)).toEqual(before);

      await fix(name, 'fixed');
    },
  );

  it.each(rowsOf(READABLE))(
    '$content: it is read',
    async ({ name, ...content }) => {
      const isRead = () =>
        until(async () => {
          const components = await backend.entities('component');
          const descriptions = components.map(({ metadata }) => [
            metadata.name,
            metadata.description,
          ]);
          const found = Object.fromEntries(descriptions);
          return Object.entries(content.components(name)).every(
            ([one, description]) => found[one] === description,
          );
        }, `the components of ${name}`);

      await isRead();
      await fix(name, 'plain');
      await write(name, content);
      await isRead();
      expect(await shown(urlOf(name))).toEqual([]);
    },
  );

  it.each(rowsOf(NO_FILE))(
    '$content: it is not a file',
    async ({ name, ...content }) => {
      const isThere = async () => [
        (await location(urlOf(name))) !== undefined,
        (await component(name)) !== undefined,
      ];
      expect(await isThere()).toEqual([false, false]);
      await fix(name, 'good');
      expect(await isThere()).toEqual([true, true]);
      await write(name, content);
      await until(
        async () => !(await isThere()).includes(true),
        `${name} to be gone`,
      );
      await fix(name, 'fixed');
    },
  );

  it(`${EMPTY.content}: it defines nothing`, async () => {
    const isOrphan = async () =>
      (await component('empty'))?.metadata.annotations?.[
        'backstage.io/orphan'
      ] === 'true';
    expect(await component('empty')).toBeUndefined();
    expect(await shown(urlOf('empty'))).toEqual([]);
    await fix('empty', 'good');
    await write('empty', EMPTY);
    await until(
      async () => !(await component('empty')) || (await isOrphan()),
      'the component of the empty file to be an orphan',
    );
    expect(await location(urlOf('empty'))).toBeDefined();
    await fix('empty', 'fixed');
    await until(async () => !(await isOrphan()), 'it to be an orphan no more');
  });

  it(`${NUL.content}: it may stay out of the catalog, but leaves nothing out of it`, async () => {
    acme.addRepository({ slug: 'known' });
    await fix('known', 'good');
    await write('known', NUL);
    await until(
      async () => (await component('known'))?.metadata.description === 'a\0b',
      'the NUL to be read',
    );
    acme.addRepository({ slug: 'new' });
    await write('new', NUL);
    await until(
      async () =>
        (await component('new')) !== undefined ||
        backend.messages().some(isFailureToShowNew),
      'the component to arrive, or to be refused',
    );
    expect(await component('known')).toBeDefined();
    await fix('known', 'fixed');
    await fix('new', 'fixed');
  });

  it(`${BEYOND_A_FILE.longPath.content}: it is left out alone`, async () => {
    const pathOf = (folders: number) =>
      `deep/${'x'.repeat(200)}/`.repeat(folders).concat('catalog-info.yaml');
    const [long, tooLong] = [pathOf(9), pathOf(25)];
    expect(tooLong.length).toBeGreaterThan(5_000);
    const files = { [tooLong]: componentFile('deep') };
    acme.addRepository({ slug: 'paths', files });
    await backend.walk();
    const errors = () => tables.locationErrors(urlOf('paths', tooLong));
    await until(
      async () => (await errors()).length > 0,
      'the Location to have an error',
    );
    expect(await errors()).toEqual([
      expect.stringContaining('Error: Input exceeds maximum length.'),
    ]);
    expect(await component('deep')).toBeUndefined();

    expect(backend.messages('warn')).toContainEqual(
      expect.stringMatching(
        /^1 of the catalog files that were added have URLs of more than 2048 characters/,
      ),
    );
    await push('paths', { [tooLong]: null, [long]: componentFile('deep') });
    await until(
      async () => (await component('deep')) !== undefined,
      'the component at the end of a shorter path',
    );
    expect(await shown(urlOf('paths', long))).toEqual([]);
    await push('paths', { [long]: null });
    await until(
      async () => (await component('deep')) === undefined,
      'the component to go with its file',
    );
  });

  it(`${BEYOND_A_FILE.sameEntity.content}: one of them has it`, async () => {
    const slugs = ['twin-1', 'twin-2'];
    const refOf = (slug: string) => `url:${urlOf(slug)}`;
    const source = async () =>
      (await component('twin'))?.metadata.annotations?.[
        'backstage.io/managed-by-location'
      ];
    for (const slug of slugs) {
      const files = { 'catalog-info.yaml': componentFile('twin') };
      acme.addRepository({ slug, files });
    }
    await backend.walk();
    await until(async () => (await source()) !== undefined, 'the twin');
    await tables.reprocessed();
    const has = await source();
    const [first, second] = has === refOf('twin-1') ? slugs : slugs.reverse();
    expect(has).toBe(refOf(first));
    expect(backend.messages()).toContainEqual(
      `Detected conflicting entityRef component:default/twin already referenced by ${refOf(first)} and now also ${refOf(second)}`,
    );

    await push(first, { 'catalog-info.yaml': null });
    await until(
      async () => (await source()) === refOf(second),
      'the other file to define the twin',
    );
  });

  it('leaves another file as it is, whatever it holds', async () => {
    await tables.reprocessed();
    expect(steady).toBeDefined();
    expect(await component('steady')).toEqual(steady);
  });
});
