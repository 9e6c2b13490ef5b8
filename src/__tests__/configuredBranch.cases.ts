import { wrongResponses } from '../../dev/simulator';
import {
  acmeBackends,
  componentFile,
  DATABASES,
  identities,
  ON_DEMAND,
  TestBackend,
  until,
  watchComponents,
} from '../../testing';

const ROOT = 'catalog-info.yaml';
const JOBS = 'jobs/catalog-info.yaml';

/** Reads another branch than the default one where a repository has it. */
const PROVIDER = {
  workspace: 'acme',
  schedule: ON_DEMAND.schedule,
  branch: 'production',
  fallbackToDefaultBranch: true,
  catalogPath: [`/${ROOT}`, `/${JOBS}`],
};

/** Both branches have the same paths, and `shop` is defined at another one. */
const DEFAULT_BRANCH = {
  [ROOT]: componentFile('docs'),
  [JOBS]: componentFile('shop'),
};
const PRODUCTION = {
  [ROOT]: componentFile('shop'),
  [JOBS]: componentFile('jobs'),
};

describe.each(DATABASES)('a configured branch, on %s', (_, serve) => {
  const world = acmeBackends(serve);
  let backend: TestBackend;

  async function start(names: string[], production?: object): Promise<void> {
    world.acme.addRepository({ slug: 'shop', files: DEFAULT_BRANCH });
    if (production) {
      world.acme.push('shop', { ...production }, { branch: 'production' });
    }
    backend = await world.start(PROVIDER);
    await backend.hasComponents(names);
    await backend.walked();
  }

  const isReadAt = (branch: string, paths: string[]) =>
    until(
      async () =>
        (await backend.targets()).sort().join() ===
        paths
          .map(path => `https://bitbucket.org/acme/shop/src/${branch}/${path}`)
          .sort()
          .join(),
      async () =>
        `the files of ${branch}; there are ${await backend.targets()}`,
    );

  const uids = async () =>
    Object.entries(await identities(backend))
      .filter(([ref]) => ref.startsWith('component:'))
      .map(([ref, { uid }]) => `${ref} ${uid}`)
      .sort();

  it.each([
    ['one response says that it does not exist', wrongResponses.missingBranch],
    ['a 404 has an unknown message', wrongResponses.unknownNotFound],
  ])('keeps its entities while %s', async (__, wrong) => {
    await start(['jobs', 'shop'], PRODUCTION);
    const before = await uids();
    const endWatch = watchComponents(backend, ['jobs', 'shop']);
    world.simulator.faults.add(wrong({ path: '/refs/branches/production' }));
    world.acme.push('shop', { 'README.md': 'Hello' });
    await backend.walk();
    await backend.walk();
    await isReadAt('production', [ROOT, JOBS]);
    expect((await endWatch()).missed).toEqual([]);
    expect(await uids()).toEqual(before);
  });

  it('keeps its entities while requests for it answer 404 and the list of refs has it', async () => {
    await start(['jobs', 'shop'], PRODUCTION);
    const before = await uids();
    const endWatch = watchComponents(backend, ['jobs', 'shop']);
    const clearFault = world.simulator.faults.add(
      wrongResponses.missingBranch({ times: Infinity }),
    );
    world.acme.push('shop', { 'README.md': 'Hello' });
    await backend.walk();
    await backend.walk();
    clearFault();
    await isReadAt('production', [ROOT, JOBS]);
    world.acme.push('shop', { 'README.md': 'Hello again' });
    await backend.walk();
    expect((await endWatch()).missed).toEqual([]);
    expect(await uids()).toEqual(before);
  });

  it('keeps entities that are in another file of it when it is created', async () => {
    await start(['docs', 'shop']);
    const before = (await uids()).find(uid => uid.includes('/shop '));
    const endWatch = watchComponents(backend, ['shop']);
    world.acme.push('shop', PRODUCTION, { branch: 'production' });
    await backend.walk();
    await backend.hasComponents(['jobs', 'shop']);
    await isReadAt('production', [ROOT, JOBS]);
    expect((await endWatch()).missed).toEqual([]);
    expect(await uids()).toContain(before);
  });

  it('is deleted, and its entities that the default branch has keep their uids', async () => {
    await start(['jobs', 'shop'], PRODUCTION);
    const before = (await uids()).find(uid => uid.includes('/shop '));
    const endWatch = watchComponents(backend, ['shop']);
    world.acme.deleteBranch('shop', 'production');
    await backend.walk();
    await backend.hasComponents(['docs', 'shop']);
    await isReadAt('main', [ROOT, JOBS]);
    expect((await endWatch()).missed).toEqual([]);
    expect(await uids()).toContain(before);
  });
});
