import { SimulatedWorkspace } from '../../dev/simulator';
import {
  acmeBackends,
  componentFile,
  DATABASES,
  identities,
  ON_DEMAND,
  TestBackend,
} from '../../testing';

/** Walks when a test says so, with the default of everything else. */
const PROVIDER = { workspace: 'acme', schedule: ON_DEMAND.schedule };

const FILE = 'catalog-info.yaml';

describe.each(DATABASES)(
  'with two providers of a workspace, on %s, a repository',
  (_, serve) => {
    const world = acmeBackends(serve);
    let acme: SimulatedWorkspace;

    beforeEach(() => {
      acme = world.acme;
    });

    it('that one of them could not read is read again by the next walk, although the other could', async () => {
      acme.addRepository({
        slug: 'shop',
        files: { [FILE]: componentFile('a') },
      });
      acme.createBranch('shop', 'release');
      const backend = await world.start({
        main: PROVIDER,
        release: { ...PROVIDER, branch: 'release', catalogPath: '/docs.yaml' },
      });
      await backend.walked('main');
      await backend.walked('release');
      await backend.hasComponents(['a']);

      acme.push(
        'shop',
        { 'docs.yaml': componentFile('docs') },
        { branch: 'release' },
      );
      world.simulator.faults.add({
        path: '/refs/branches/release',
        kind: 'status',
        status: 409,
        times: 1,
      });
      await backend.walk('release');
      await backend.walk('main');
      await backend.walk('release');
      await backend.hasComponents(['a', 'docs']);
    });

    it('keeps its entities and their uids when a provider gets another id, or leaves the configuration', async () => {
      const uids = async (backend: TestBackend) =>
        Object.entries(await identities(backend))
          .filter(([ref]) => ref.startsWith('component:'))
          .map(([ref, { uid }]) => `${ref} ${uid}`)
          .sort();
      ['a', 'b'].forEach(slug =>
        acme.addRepository({ slug, files: { [FILE]: componentFile(slug) } }),
      );
      const first = await world.start(PROVIDER);
      await first.walked();
      await first.hasComponents(['a', 'b']);
      const before = await uids(first);
      await first.stop();

      // One provider becomes a map of two.
      const second = await world.start({
        acme: { ...PROVIDER, filters: { repoSlug: 'a' } },
        others: { ...PROVIDER, filters: { exclude: { repoSlug: 'a' } } },
      });
      await second.walked('acme');
      await second.walked('others');
      expect(await uids(second)).toEqual(before);
      await second.stop();

      const third = await world.start({
        acme: { ...PROVIDER, filters: { repoSlug: 'a' } },
      });
      await third.walked('acme');
      await third.hasComponents(['a']);
      expect(await uids(third)).toEqual(before.slice(0, 1));
    });

    it('that is new is read by both, although the listing for one of them fails at first', async () => {
      const backend = await world.start({
        main: PROVIDER,
        docs: { ...PROVIDER, catalogPath: '/docs/*.yaml' },
      });
      await backend.walked('main');
      await backend.walked('docs');
      acme.addRepository({
        slug: 'shop',
        files: {
          [FILE]: componentFile('a'),
          'docs/b.yaml': componentFile('b'),
        },
      });
      world.simulator.faults.add({
        path: '/docs/',
        kind: 'status',
        status: 409,
        times: 1,
      });
      await backend.walk('docs');
      await backend.walk('main');
      await backend.walk('docs');
      await backend.hasComponents(['a', 'b']);
    });
  },
);
