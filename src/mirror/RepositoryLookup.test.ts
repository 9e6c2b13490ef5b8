import { SimulatedInstance } from '../../dev/simulator/data-center';
import { startDataCenter } from '../../testing/dataCenter';
import { dataCenterIndexOf } from '../../testing/dataCenterIndex';

/** An instance whose list has been read, which answers for `shop` what it has of `web`. */
async function start() {
  const instance = new SimulatedInstance();
  instance.addProject('PAY');
  for (const slug of ['shop', 'web']) {
    instance.addRepository('PAY', { slug, files: { 'a.txt': slug } });
  }
  const simulator = await startDataCenter({ instance });
  const { host, repositories } = dataCenterIndexOf(simulator);
  const selection = { workspace: host.id };
  await repositories.list({ selection, pagelen: 1_000 }, {});
  const id = instance.idOf(instance.repository('PAY', 'web'));
  const clear = simulator.faults.add({
    kind: 'json',
    endpoint: 'repository',
    path: /shop$/,
    change: body => ({ ...(body as object), id, slug: 'web' }),
  });
  const find = async () => {
    const name = `${host.id}/PAY/shop`;
    const options = { refetch: true };
    const { repository } = await repositories.lookUp(name, {}, options);
    return repository.slug;
  };
  return { instance, clear, find };
}

describe('RepositoryLookup', () => {
  it('does not take another repository for one whose name is known to be its own', async () => {
    const { clear, find } = await start();
    await expect(find()).rejects.toThrow('about another repository');
    clear();
    expect(await find()).toBe('shop');
  });

  it('follows a name to the repository that had it before', async () => {
    const { instance, clear, find } = await start();
    clear();
    instance.rename(instance.repository('PAY', 'shop'), 'store');
    expect(await find()).toBe('store');
    expect(await find()).toBe('store');
  });

  it('takes a name for another repository that has it by now', async () => {
    const { instance, clear, find } = await start();
    clear();
    instance.rename(instance.repository('PAY', 'shop'), 'old');
    instance.rename(instance.repository('PAY', 'web'), 'shop');
    expect(await find()).toBe('shop');
  });
});
