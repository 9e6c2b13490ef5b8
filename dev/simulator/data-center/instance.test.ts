import { API, REST, startPay } from '../../../testing/simulator/pay';
import { SimulatedInstance } from '.';

const location = ({ headers }: { headers: Headers }) => headers.get('location');

describe('SimulatedInstance', () => {
  it('gives ids that outlive renames and moves', () => {
    const instance = new SimulatedInstance();
    instance.addProject('A');
    instance.addProject('B');
    const repository = instance.addRepository('A', { slug: 'one' });
    const id = instance.idOf(repository);
    instance.rename(repository, 'Two Three');
    instance.move(repository, 'B');
    expect(instance.repository('b', 'two-three')).toBe(repository);
    expect(instance.idOf(repository)).toBe(id);
    const again = instance.addRepository('A', { slug: 'one' });
    expect(instance.idOf(again)).not.toBe(id);
  });

  it('refuses an address that is taken', () => {
    const instance = new SimulatedInstance();
    instance.addProject('A');
    instance.addProject('B');
    const one = instance.addRepository('A', { slug: 'one' });
    instance.addRepository('A', { slug: 'two' });
    instance.addRepository('B', { slug: 'one' });
    expect(() => instance.rename(one, 'two')).toThrow('already has');
    expect(() => instance.move(one, 'B')).toThrow('already has');
    expect(() => instance.addProject('a')).toThrow('already is');
    expect(() => instance.removeProject('A')).toThrow('has repositories');
  });

  it('dates commits by the clock of its simulator', async () => {
    const { pay } = await startPay({ now: () => 1_700_000_000_000 });
    expect(pay.push('api', { b: 'b' }).date).toBe(1_700_000_000_000);
  });
});

describe('the old address of a repository', () => {
  it('leads to the new one, whatever is asked for below it', async () => {
    const { get, instance, api, simulator } = await startPay({
      contextPath: '/bitbucket',
    });
    instance.addProject('WEB');
    instance.rename(api, 'api-two');
    instance.move(api, 'WEB');
    const moved = await get(
      `/bitbucket${API}/raw/a%20b.txt?at=refs%2Fheads%2Fx`,
    );
    expect(moved.status).toBe(307);
    expect(location(moved)).toBe(
      `${simulator.baseUrl}${REST}/projects/WEB/repos/api-two/raw/a%20b.txt?at=refs%2Fheads%2Fx`,
    );
    const between = `/bitbucket${REST}/projects/PAY/repos/api-two`;
    expect((await get(between)).status).toBe(307);
  });

  it('is free for another repository', async () => {
    const { get, instance, api } = await startPay();
    instance.rename(api, 'other');
    const again = instance.addRepository('PAY', { slug: 'api' });
    expect((await get(API)).json).toMatchObject({ id: instance.idOf(again) });
    instance.project('PAY').removeRepository('api');
    expect((await get(API)).status).toBe(404);
  });

  it('is forgotten with the repository', async () => {
    const { get, instance, api } = await startPay();
    instance.rename(api, 'other');
    instance.project('PAY').removeRepository('other');
    expect((await get(API)).status).toBe(404);
  });

  it('leads nowhere without redirects', async () => {
    const { get, instance, api } = await startPay({
      quirks: { redirects: false },
    });
    instance.rename(api, 'other');
    expect((await get(API)).status).toBe(404);
  });

  it('changes with the key of its project', async () => {
    const { get, instance } = await startPay();
    instance.updateProject('PAY', { key: 'CASH' });
    expect(location(await get(API))).toMatch(/\/projects\/CASH\/repos\/api$/);
    const project = await get(`${REST}/projects/PAY/repos?limit=3`);
    expect(location(project)).toMatch(/\/projects\/CASH\/repos\?limit=3$/);
  });
});
