import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { createIndex } from '../../testing/workspace/createIndex';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { WorkspaceIndex } from './WorkspaceIndex';
import { atHead, BranchChoice, knownHead, openHead } from './heads';
import { CachedFiles } from './rows';

const acme = new SimulatedWorkspace({ slug: 'acme' });
let simulator: Simulator;
let client: BitbucketClient;
let index: WorkspaceIndex;

beforeAll(async () => {
  acme.addRepository({ slug: 'shop', files: { 'README.md': 'Hello' } });
  acme.push('shop', { 'README.md': 'Next' }, { branch: 'release/2026-11' });
  acme.createTag('shop', 'v1.0');
  acme.addRepository({ slug: 'empty' });
  simulator = await startSimulator({ workspaces: [acme] });
});
beforeEach(() => {
  client = clientOf(simulator);
  index = createIndex(client);
});
afterEach(() => simulator.faults.clear());
afterAll(() => simulator.stop());

const hashOf = (branch: string) =>
  acme.repository('shop').branches.get(branch)?.hash;

/** The outcome, and how many requests it took once the repository was known. */
async function open(
  choice: Partial<BranchChoice>,
  options: { slug?: string; listedHash?: boolean } = {},
) {
  const { slug = 'shop', listedHash = true } = options;
  const listed = await client.getRepository('acme', slug);
  const repository = listedHash
    ? listed
    : { ...listed, mainBranch: { name: 'main' } };
  simulator.requests.clear();
  const head = await openHead(
    index.files,
    repository,
    { fallbackToDefaultBranch: false, ...choice },
    {},
  );
  const requests = simulator.requests.count();
  return head.reason
    ? { reason: head.reason, requests }
    : { branch: head.branch, commit: head.files.commit, requests };
}

describe('openHead', () => {
  it('takes the head that came with the repository, for nothing', async () => {
    const head = { branch: 'main', commit: hashOf('main'), requests: 0 };
    expect(await open({})).toEqual(head);
    expect(await open({ branch: 'main' })).toEqual(head);
  });

  it('asks for a head that did not, once', async () => {
    const head = { branch: 'main', commit: hashOf('main') };
    const options = { listedHash: false };
    expect(await open({}, options)).toEqual({ ...head, requests: 1 });
    expect(await open({}, options)).toEqual({ ...head, requests: 0 });
  });

  it('asks for another branch once, with slashes in its name too', async () => {
    const branch = 'release/2026-11';
    const head = { branch, commit: hashOf(branch) };
    expect(await open({ branch })).toEqual({ ...head, requests: 1 });
    expect(await open({ branch })).toEqual({ ...head, requests: 0 });
  });

  it.each(['gone', 'v1.0'])('knows that %s is not a branch', async branch => {
    expect(await open({ branch })).toEqual({
      reason: 'no branch',
      requests: 1,
    });
    expect(await open({ branch })).toEqual({
      reason: 'no branch',
      requests: 0,
    });
  });

  it.each([
    [true, 1],
    [false, 2],
  ])(
    'falls back to the default branch (its head listed: %s, %i requests)',
    async (listedHash, requests) => {
      const choice = { branch: 'gone', fallbackToDefaultBranch: true };
      expect(await open(choice, { listedHash })).toEqual({
        branch: 'main',
        commit: hashOf('main'),
        requests,
      });
    },
  );

  it('recognises an empty repository', async () => {
    expect(await open({}, { slug: 'empty' })).toEqual({
      reason: 'empty',
      requests: 0,
    });
    expect(await open({ branch: 'main' }, { slug: 'empty' })).toEqual({
      reason: 'empty',
      requests: 1,
    });
  });

  it.each([
    [429, 'until'],
    [503, 'answered 503'],
    [403, 'answered 403'],
  ])('takes no %i for a missing branch', async (status, message) => {
    simulator.faults.add({ endpoint: 'branch', kind: 'status', status });
    const choice = { branch: 'gone', fallbackToDefaultBranch: true };
    await expect(open(choice)).rejects.toThrow(message);
  });

  it('asks the list of branches where a gateway globResults 404 for one', async () => {
    const choice = { branch: 'release/2026-11', fallbackToDefaultBranch: true };
    simulator.faults.add({
      endpoint: 'branch',
      kind: 'status',
      status: 404,
      html: '<title>Not here</title>',
      times: 1,
    });
    expect(await open(choice)).toMatchObject({
      branch: 'release/2026-11',
      requests: 2,
    });
  });

  it('does not take a repository that vanished for a missing branch', async () => {
    const choice = { branch: 'gone', fallbackToDefaultBranch: true };
    const repository = await client.getRepository('acme', 'shop');
    const vanished = { ...repository, fullName: 'acme/vanished' };
    await expect(
      openHead(index.files, vanished, choice, {}),
    ).rejects.toMatchObject({ missing: 'repository' });
  });
});

describe('knownHead', () => {
  const repository = {
    uuid: '{1}',
    slug: 'shop',
    fullName: 'acme/shop',
    isPrivate: false,
    isFork: false,
    mainBranch: { name: 'main', hash: 'c1' },
    updatedOn: '2026-11-22T12:00:00Z',
  };
  const { updatedOn } = repository;

  const at = (ref: CachedFiles['ref']): CachedFiles => ({
    ref,
    files: new Map(),
    globResults: new Map(),
  });

  function find(
    known: Record<string, CachedFiles>,
    choice: Partial<BranchChoice> = {},
  ) {
    return knownHead(branch => known[branch], repository, {
      fallbackToDefaultBranch: false,
      ...choice,
    });
  }

  it('knows the main branch by its head', () => {
    const main = at({ commit: 'c1', updatedOn: 'long ago' });
    expect(find({ main })).toEqual({ branch: 'main', files: main });
    expect(find({ main: at({ commit: 'c0', updatedOn }) })).toBeUndefined();
    expect(find({})).toBeUndefined();
  });

  it('knows another branch until the repository is updated', () => {
    const next = at({ commit: 'c7', updatedOn });
    const choice = { branch: 'next' };
    expect(find({ next }, choice)).toEqual({ branch: 'next', files: next });
    const outdated = at({ commit: 'c7', updatedOn: '2026-11-22T11:59:59Z' });
    expect(find({ next: outdated }, choice)).toBeUndefined();
  });

  it('takes no tag of that name for the branch', () => {
    const next = at({ commit: 'c7', updatedOn, kind: 'tag' });
    expect(find({ next }, { branch: 'next' })).toBeUndefined();
  });

  it('knows that there is no such branch, and what to read instead', () => {
    const main = at({ commit: 'c1' });
    const known = { main, next: at({ updatedOn }) };
    const choice = { branch: 'next' };
    expect(find(known, choice)).toEqual({ reason: 'no branch' });
    expect(find(known, { ...choice, fallbackToDefaultBranch: true })).toEqual({
      branch: 'main',
      files: main,
    });
  });

  it('knows an empty repository', () => {
    const empty = { ...repository, mainBranch: null };
    const choice = { fallbackToDefaultBranch: false };
    expect(knownHead(() => undefined, empty, choice)).toEqual({
      reason: 'empty',
    });
  });
});

describe('atHead', () => {
  const missing = (path: string) =>
    client.getCommit('acme', path, 'gone').then(() => 'there');

  it('asks for the head again where the commit no longer exists', async () => {
    const looks: unknown[] = [];
    const result = await atHead(async ({ refetch }) => {
      looks.push(refetch);
      return refetch ? 'new' : missing('shop');
    });
    expect(result).toBe('new');
    expect(looks).toEqual([false, true]);
  });

  it('fails where that is not there either, or something else is wrong', async () => {
    let looks = 0;
    const count = (path: string) =>
      atHead(() => {
        looks += 1;
        return missing(path);
      });
    await expect(count('shop')).rejects.toMatchObject({ missing: 'ref' });
    expect(looks).toBe(2);
    await expect(count('gone')).rejects.toMatchObject({
      missing: 'repository',
    });
    expect(looks).toBe(3);
  });
});
