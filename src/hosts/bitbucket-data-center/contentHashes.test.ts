import { SimulatedInstance } from '../../../dev/simulator/data-center';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { ContentHashes } from './contentHashes';

const DAY_MS = 24 * 3_600_000;

describe('ContentHashes', () => {
  let now = 0;

  async function start(options: { mirrorHashes: boolean }) {
    const instance = new SimulatedInstance();
    instance.addProject('PAY');
    instance.addRepository('PAY', { slug: 'api', files: { a: '1' } });
    instance.addRepository('PAY', { slug: 'web', files: { a: '1' } });
    const credential = { kind: 'httpAccessToken', token: 't' } as const;
    const simulator = await startDataCenter({
      instance,
      accounts: [{ kind: 'userToken', name: 'jane', token: 't' }],
      limits: { repositories: 1 },
      ...options,
    });
    const { api } = dataCenterClientOf(simulator, { credential });
    return { instance, simulator, hashes: new ContentHashes(api, () => now) };
  }

  it('are another one for a repository after a push to any of its branches, on whatever page it is', async () => {
    const { instance, hashes } = await start({ mirrorHashes: true });
    const before = await hashes.read({});
    expect(before?.size).toBe(2);
    expect(hashes.isAvailable).toBe(true);
    instance.project('PAY').push('web', { a: '2' }, { branch: 'other' });
    const after = await hashes.read({});
    const changed = [...before!.keys()].filter(
      uuid => before!.get(uuid) !== after!.get(uuid),
    );
    const web = instance.idOf(instance.repository('PAY', 'web'));
    expect(changed).toEqual([expect.stringMatching(`#${web}$`)]);
  });

  it('are requested once a day where an instance refuses them', async () => {
    const { simulator, hashes } = await start({ mirrorHashes: false });
    const endpoint = 'mirrorRepositories';
    expect(await hashes.read({})).toBeUndefined();
    expect(await hashes.read({})).toBeUndefined();
    expect(hashes.isAvailable).toBe(false);
    expect(simulator.requests.count({ endpoint })).toBe(1);
    now += DAY_MS;
    await hashes.read({});
    expect(simulator.requests.count({ endpoint })).toBe(2);
  });

  it('are left out while their requests fail', async () => {
    const { simulator, hashes } = await start({ mirrorHashes: true });
    await hashes.read({});
    simulator.faults.add({ kind: 'status', status: 503, path: '/mirroring/' });
    expect(await hashes.read({})).toBeUndefined();
    expect(hashes.isAvailable).toBe(false);
    simulator.faults.clear();
    now += DAY_MS;
    expect((await hashes.read({}))?.size).toBe(2);
  });
});
