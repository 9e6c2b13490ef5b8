import { SimulatedInstance } from '../../../dev/simulator/data-center';
import { NewRepository } from '../../../dev/simulator/world';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { defaultBranch, findBranch, resolveRef, verifyBranch } from './refs';

type Options = Parameters<typeof startDataCenter>[0];

async function start(
  options: Options = {},
  repository: Partial<NewRepository> = { files: { a: 'a' } },
) {
  const instance = new SimulatedInstance();
  const pay = instance.addProject('PAY');
  const shop = instance.addRepository('PAY', { slug: 'shop', ...repository });
  const simulator = await startDataCenter({ instance, ...options });
  const { api } = dataCenterClientOf(simulator);
  const place = { fullName: `${api.host}/PAY/shop` };
  const asked = () =>
    simulator.requests.entries.map(({ endpoint }) => endpoint);
  return { instance, simulator, api, pay, shop, place, asked };
}

describe('defaultBranch', () => {
  it('costs one request', async () => {
    const { api, place, shop, asked } = await start();
    const main = { name: 'main', hash: shop.head?.hash };
    expect(await defaultBranch(api, place, {})).toEqual(main);
    expect(asked()).toEqual(['branchesDefault']);
  });

  it('is null where the repository is empty', async () => {
    const { api, place } = await start({}, {});
    expect(await defaultBranch(api, place, {})).toBeNull();
  });

  it('has no head where the branch that is configured does not exist', async () => {
    const { api, place, instance, shop } = await start();
    instance.setDefaultBranch(shop, 'gone');
    expect(await defaultBranch(api, place, {})).toEqual({ name: 'gone' });
  });

  it.each([
    ['has files', { files: { a: 'a' } }],
    ['is empty', {}],
  ])(
    'does without the endpoint that a later version may lack, where the repository %s',
    async (_, repository) => {
      const { api, place, simulator, shop } = await start({}, repository);
      simulator.faults.add({
        kind: 'status',
        status: 404,
        endpoint: 'branchesDefault',
        html: '<title>Oops</title>',
      });
      expect(await defaultBranch(api, place, {})).toEqual(
        shop.head ? { name: 'main', hash: shop.head.hash } : null,
      );
    },
  );
});

describe('findBranch', () => {
  it('pages through names that have the wanted one in theirs', async () => {
    const { api, place, pay, asked } = await start({ limits: { branches: 2 } });
    for (const branch of ['a-x', 'b-x', 'c-x', 'x']) {
      pay.push('shop', { a: branch }, { branch });
    }
    const hash = pay.repository('shop').branches.get('x')?.hash;
    expect(await findBranch(api, place, 'x', {})).toBe(hash);
    expect(asked()).toEqual(['branches', 'branches']);
    expect(await findBranch(api, place, '-x', {})).toBeUndefined();
    expect(await verifyBranch(api, place, '-x', {})).toBeUndefined();
    expect(await verifyBranch(api, place, 'x', {})).toBe(hash);
  });
});

describe('resolveRef', () => {
  it('costs one request for a branch, and none for a full hash', async () => {
    const { api, place, asked } = await start();
    await resolveRef(api, place, ['main'], {});
    await resolveRef(api, place, ['0'.repeat(40)], {});
    expect(asked()).toEqual(['branches']);
  });

  it('finds a branch that looks like a shortened hash, whether or not those are known', async () => {
    for (const shortHashes of [true, false]) {
      const { api, place, pay } = await start({ quirks: { shortHashes } });
      pay.push('shop', { a: 'b' }, { branch: 'deadbeef' });
      expect(await resolveRef(api, place, ['deadbeef'], {})).toMatchObject({
        kind: 'branch',
        name: 'deadbeef',
      });
    }
  });
});
