import { JsonObject } from '@backstage/types';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  DATABASES,
  DatabaseServer,
  identities,
  ON_DEMAND,
  TestBackend,
  until,
  watchComponents,
  withoutRereads,
} from '../../testing';

const FILE = 'catalog-info.yaml';

/** A catalog file that defines some components. */
const defining = (...names: string[]) => ({
  [FILE]: names.map(name => componentFile(name)).join('---\n'),
});

/** The same in a folder. */
const inFolder = (folder: string, ...names: string[]) => ({
  [`${folder}/${FILE}`]: defining(...names)[FILE],
});

describe.each(DATABASES)(
  'in a catalog that reads again only what changes, on %s, an entity',
  (_, serve) => {
    let databases: DatabaseServer;
    let acme: SimulatedWorkspace;
    let simulator: Simulator;
    let backend: TestBackend | undefined;

    beforeAll(async () => {
      databases = await serve();
    });
    beforeEach(async () => {
      acme = new SimulatedWorkspace({ slug: 'acme' });
      simulator = await startSimulator({ workspaces: [acme] });
    });
    afterEach(async () => {
      await backend?.stop();
      backend = undefined;
      await simulator.stop();
    });
    afterAll(() => databases.stop());

    /** Walks when a test says so, with the default of everything else. */
    async function start(
      catalogPath: string,
      names: string[],
      settings: JsonObject = { schedule: ON_DEMAND.schedule },
    ): Promise<TestBackend> {
      const provider = { workspace: 'acme', ...settings, catalogPath };
      backend = await TestBackend.start({
        database: databases.createDatabase(),
        config: withoutRereads(configFor(simulator, provider)),
      });
      await backend.walked();
      await backend.hasComponents(names);
      return backend;
    }

    const uidsOf = async (catalog: TestBackend) =>
      Object.entries(await identities(catalog))
        .filter(([ref]) => ref.startsWith('component:'))
        .map(([ref, { uid }]) => `${ref} ${uid}`);

    /** Until the catalog has each component from the file that defines it now. */
    async function expectFrom(
      catalog: TestBackend,
      places: Record<string, string>,
    ) {
      await until(
        async () => {
          const components = await catalog.entities('component');
          return Object.entries(places).every(([name, place]) =>
            components.some(
              ({ metadata }) =>
                metadata.name === name &&
                metadata.annotations?.['backstage.io/managed-by-location'] ===
                  `url:https://bitbucket.org/acme/${place}/${FILE}`,
            ),
          );
        },
        `components from ${Object.values(places).join(', ')}`,
      );
    }

    it('keeps its uid, without a gap, when it moves from one file of a repository to another', async () => {
      acme.addRepository({
        slug: 'mono',
        files: { ...inFolder('a', 'foo', 'bar'), ...inFolder('b', 'baz') },
      });
      const all = ['bar', 'baz', 'foo'];
      const catalog = await start(FILE, all);
      const before = await uidsOf(catalog);
      const endWatch = watchComponents(catalog, all);

      acme.push('mono', {
        ...inFolder('a', 'bar'),
        ...inFolder('b', 'baz', 'foo'),
      });
      await catalog.walk();
      await expectFrom(catalog, { foo: 'mono/src/main/b' });

      // A file that it moves to is new.
      acme.push('mono', {
        ...inFolder('b', 'baz'),
        ...inFolder('c', 'foo'),
      });
      await catalog.walk();
      await expectFrom(catalog, { foo: 'mono/src/main/c' });

      expect((await endWatch()).missed).toEqual([]);
      expect(await uidsOf(catalog)).toEqual(before);
    });

    it('keeps its uid, without a gap, when the file of another repository already defines it', async () => {
      acme.addRepository({ slug: 'x', files: defining('foo', 'bar') });
      acme.addRepository({ slug: 'y', files: defining('baz') });
      const catalog = await start(`/${FILE}`, ['bar', 'baz', 'foo']);
      const before = await uidsOf(catalog);
      const all = ['bar', 'baz', 'foo'];
      const endWatch = watchComponents(catalog, all);

      // The catalog refuses it from there as long as the first file has it.
      acme.push('y', defining('foo', 'baz', 'bar'));
      await catalog.walk();
      await until(
        async () =>
          catalog.messages('warn').join().includes('conflicting entityRef'),
        'a conflict',
      );
      await expectFrom(catalog, { foo: 'x/src/main', bar: 'x/src/main' });

      acme.push('x', defining('bar'));
      await catalog.walk();
      await expectFrom(catalog, { foo: 'y/src/main', bar: 'x/src/main' });
      acme.push('x', { [FILE]: null });
      await catalog.walk();
      await expectFrom(catalog, { foo: 'y/src/main', bar: 'y/src/main' });

      expect((await endWatch()).missed).toEqual([]);
      expect(await uidsOf(catalog)).toEqual(before);
    });

    it('is in the catalog when it moves to another repository, whichever is walked first', async () => {
      acme.addRepository({ slug: 'x', files: defining('foo', 'bar') });
      acme.addRepository({ slug: 'y', files: defining('baz') });
      const catalog = await start(`/${FILE}`, ['bar', 'baz', 'foo']);

      acme.push('x', defining('bar'));
      await catalog.walk();
      // It is removed from the first file just before, and may still be an orphan.
      acme.push('y', defining('baz', 'foo'));
      await catalog.walk();
      await expectFrom(catalog, { foo: 'y/src/main' });
      acme.addRepository({ slug: 'z', files: defining('foo') });
      acme.push('y', defining('baz'));
      await catalog.walk();
      await expectFrom(catalog, { foo: 'z/src/main' });
      await catalog.hasComponents(['bar', 'baz', 'foo']);
    });

    it('is up to date although the first walk after a push could not read its file', async () => {
      const file = (stage: string) => ({
        [`a/${FILE}`]: componentFile('foo', stage),
      });
      acme.addRepository({ slug: 'mono', files: file('production') });
      // A file that a glob finds has not been read before the catalog does.
      const catalog = await start(FILE, ['foo']);
      const lifecycle = async () =>
        (await catalog.entities('component'))[0].spec?.lifecycle;

      acme.push('mono', file('pushed'));
      simulator.faults.add({
        path: `/a/${FILE}`,
        kind: 'status',
        status: 409,
        times: 1,
      });
      await catalog.walk();
      expect(catalog.messages('warn').join()).toContain('409');
      await catalog.walk();
      await until(
        async () => (await lifecycle()) === 'pushed',
        'the content that was pushed',
      );
    });

    it('stays with its repository, which is renamed while another one takes its name', async () => {
      acme.addRepository({ slug: 'shop', files: defining('foo') });
      // Only full lists are sure to show new names.
      const catalog = await start(`/${FILE}`, ['foo'], ON_DEMAND);
      const [before] = await uidsOf(catalog);
      const endWatch = watchComponents(catalog, ['foo']);

      acme.renameRepository('shop', 'old');
      acme.addRepository({ slug: 'shop', files: defining('new') });
      await catalog.walk();
      await expectFrom(catalog, { foo: 'old/src/main', new: 'shop/src/main' });

      // Two repositories take each other's names.
      acme.renameRepository('shop', 'other');
      acme.renameRepository('old', 'shop');
      acme.renameRepository('other', 'old');
      await catalog.walk();
      await expectFrom(catalog, { foo: 'shop/src/main', new: 'old/src/main' });

      expect((await endWatch()).missed).toEqual([]);
      expect(await uidsOf(catalog)).toContain(before);
      expect(await catalog.targets()).toHaveLength(2);
    });
  },
);
