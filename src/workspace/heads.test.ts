import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { BitbucketClient } from '../bitbucket';
import { clientOf } from '../bitbucket/__testUtils__';
import { BranchChoice, resolveHead } from './heads';

describe('resolveHead', () => {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  let simulator: Simulator;
  let client: BitbucketClient;

  beforeAll(async () => {
    acme.addRepository({ slug: 'shop', files: { 'README.md': 'Hello' } });
    acme.push('shop', { 'README.md': 'Next' }, { branch: 'release/2026-11' });
    acme.addRepository({ slug: 'empty' });
    simulator = await startSimulator({ workspaces: [acme] });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.faults.clear());
  afterAll(() => simulator.stop());

  const hashOf = (branch: string) =>
    acme.repository('shop').branches.get(branch)?.hash;

  /** The outcome, and how many requests it took once the repository was known. */
  async function resolve(
    choice: Partial<BranchChoice>,
    options: { slug?: string; listedHash?: boolean } = {},
  ) {
    const { slug = 'shop', listedHash = true } = options;
    const listed = await client.getRepository('acme', slug);
    const repository = listedHash
      ? listed
      : { ...listed, mainBranch: { name: 'main' } };
    simulator.requests.clear();
    const outcome = await resolveHead(
      client,
      repository,
      { fallbackToDefaultBranch: false, ...choice },
      {},
    );
    return { ...outcome, requests: simulator.requests.count() };
  }

  it('takes the head that came with the repository, for nothing', async () => {
    const head = { branch: 'main', hash: hashOf('main') };
    expect(await resolve({})).toEqual({ head, requests: 0 });
    expect(await resolve({ branch: 'main' })).toEqual({ head, requests: 0 });
  });

  it('asks for a head that did not', async () => {
    expect(await resolve({}, { listedHash: false })).toEqual({
      head: { branch: 'main', hash: hashOf('main') },
      requests: 1,
    });
  });

  it('asks for another branch, with slashes in its name too', async () => {
    const branch = 'release/2026-11';
    expect(await resolve({ branch })).toEqual({
      head: { branch, hash: hashOf(branch) },
      requests: 1,
    });
  });

  it('tells a branch that does not exist', async () => {
    expect(await resolve({ branch: 'gone' })).toEqual({
      reason: 'no branch',
      requests: 1,
    });
  });

  it.each([
    [true, 1],
    [false, 2],
  ])(
    'falls back to the default branch (its head listed: %s, %i requests)',
    async (listedHash, requests) => {
      const choice = { branch: 'gone', fallbackToDefaultBranch: true };
      expect(await resolve(choice, { listedHash })).toEqual({
        head: { branch: 'main', hash: hashOf('main') },
        requests,
      });
    },
  );

  it('tells an empty repository', async () => {
    expect(await resolve({ branch: 'main' }, { slug: 'empty' })).toEqual({
      reason: 'empty',
      requests: 0,
    });
  });

  it.each([
    [429, 'until'],
    [503, 'answered 503'],
    [403, 'answered 403'],
  ])('takes no %i for a missing branch', async (status, message) => {
    simulator.faults.add({ endpoint: 'branch', kind: 'status', status });
    const choice = { branch: 'gone', fallbackToDefaultBranch: true };
    await expect(resolve(choice)).rejects.toThrow(message);
  });

  it('takes no gateway and no vanished repository for a missing branch', async () => {
    const choice = { branch: 'gone', fallbackToDefaultBranch: true };
    simulator.faults.add({
      endpoint: 'branch',
      kind: 'status',
      status: 404,
      html: '<title>Not here</title>',
      times: 1,
    });
    await expect(resolve(choice)).rejects.toMatchObject({ missing: 'unknown' });

    const repository = await client.getRepository('acme', 'shop');
    const vanished = { ...repository, fullName: 'acme/vanished' };
    await expect(
      resolveHead(
        client,
        vanished,
        { branch: 'next', fallbackToDefaultBranch: true },
        {},
      ),
    ).rejects.toMatchObject({ missing: 'repository' });
  });
});
