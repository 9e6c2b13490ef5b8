import { ask, start } from '../../../testing/simulator';
import { Fault, SimulatedWorkspace } from '..';

async function startWith(...faults: Fault[]) {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  acme.addRepository({ slug: 'shop', files: { 'a.txt': 'abc' } });
  const simulator = await start({ workspaces: [acme] });
  faults.forEach(fault => simulator.faults.add(fault));
  return simulator;
}

const LIST = '/2.0/repositories/acme';
const FILE = '/2.0/repositories/acme/shop/src/main/a.txt';

describe('a fault strikes', () => {
  const broken = { kind: 'status', status: 500 } as const;

  it.each<[string, Fault, number[]]>([
    ['every request', broken, [500, 500, 500]],
    ['an endpoint', { ...broken, endpoint: 'src' }, [200, 500, 200]],
    ['a path', { ...broken, path: '/shop/' }, [200, 500, 200]],
    ['a query', { ...broken, path: /[?&]page=1$/ }, [200, 200, 500]],
    ['a method', { ...broken, method: 'POST' }, [200, 200, 200]],
    ['a number of times', { ...broken, times: 2 }, [500, 500, 200]],
    ['after a while', { ...broken, skip: 1, times: 1 }, [200, 500, 200]],
  ])('%s', async (_, fault, statuses) => {
    const simulator = await startWith(fault);
    for (const [index, path] of [LIST, FILE, `${LIST}?page=1`].entries()) {
      expect((await ask(simulator, path)).status).toBe(statuses[index]);
    }
  });

  it('until it is taken away', async () => {
    const simulator = await startWith();
    const remove = simulator.faults.add(broken);
    simulator.faults.add({ kind: 'status', status: 502 });
    expect((await ask(simulator, LIST)).status).toBe(500);
    remove();
    expect((await ask(simulator, LIST)).status).toBe(502);
    simulator.faults.clear();
    expect((await ask(simulator, LIST)).status).toBe(200);
    expect(simulator.requests.count({ status: 502 })).toBe(1);
  });
});

describe('a fault answers with', () => {
  it("Bitbucket's JSON error", async () => {
    const simulator = await startWith({
      kind: 'status',
      status: 503,
      message: 'Resting',
      headers: { 'Retry-After': '7' },
    });
    const { status, headers, json } = await ask(simulator, LIST);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('7');
    expect(json).toEqual({ type: 'error', error: { message: 'Resting' } });
  });

  it.each([
    ['html', '<h1>Bad gateway</h1>'],
    ['text', 'Rate limit'],
  ])('%s', async (form, body) => {
    const simulator = await startWith({
      kind: 'status',
      status: 502,
      [form]: body,
    });
    const { text, headers } = await ask(simulator, LIST);
    expect(text).toBe(body);
    expect(headers.get('content-type')).toContain(
      form === 'html' ? 'text/html' : 'text/plain',
    );
  });

  it('other JSON', async () => {
    const next = 'https://elsewhere.example/2.0/repositories';
    const simulator = await startWith({
      kind: 'json',
      change: body => ({ ...(body as object), next }),
    });
    expect((await ask(simulator, LIST)).json).toMatchObject({
      values: [{ slug: 'shop' }],
      next,
    });
  });

  it('a redirect', async () => {
    const location = 'https://elsewhere.example/';
    const simulator = await startWith({ kind: 'redirect', location });
    const { status, headers } = await ask(simulator, LIST);
    expect([status, headers.get('location')]).toEqual([302, location]);
  });

  it('what is not JSON', async () => {
    const simulator = await startWith({ kind: 'notJson' });
    const response = await fetch(`${simulator.origin}${LIST}`);
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow('is not valid JSON');
  });

  it('nothing', async () => {
    const simulator = await startWith({ kind: 'emptyBody' });
    expect(await ask(simulator, LIST)).toMatchObject({ status: 200, text: '' });
  });
});

describe('a fault lets something happen', () => {
  it('between one answer and the next', async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'shop', files: { 'a.txt': 'abc' } });
    const simulator = await start({ workspaces: [acme] });
    simulator.faults.add({
      endpoint: 'src',
      times: 1,
      kind: 'meanwhile',
      happens: () => acme.push('shop', { 'a.txt': 'abcd' }),
    });
    expect((await ask(simulator, LIST)).status).toBe(200);
    expect(acme.repository('shop').size).toBe(3);
    expect((await ask(simulator, FILE)).text).toBe('abcd');
  });
});

describe('a fault spoils', () => {
  it.each<Fault>([
    { kind: 'cutBody' },
    { kind: 'cutBody', bytes: 1 },
    { kind: 'dropSocket', when: 'inBody' },
    { kind: 'brokenGzip' },
  ])('the body: %j', async fault => {
    const simulator = await startWith(fault);
    for (const path of [LIST, FILE]) {
      const response = await fetch(`${simulator.origin}${path}`);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });

  it('the connection', async () => {
    const simulator = await startWith({
      kind: 'dropSocket',
      when: 'beforeHeaders',
    });
    await expect(ask(simulator, LIST)).rejects.toThrow();
    expect(simulator.requests.entries).toMatchObject([{ status: undefined }]);
  });
});

describe('a fault keeps waiting', () => {
  it.each<Fault>([
    { kind: 'hang', when: 'beforeHeaders', times: 1 },
    { kind: 'delay', milliseconds: 600_000, times: 1 },
  ])('for an answer: %j', async fault => {
    const simulator = await startWith(fault);
    const waiting = ask(simulator, LIST).then(
      () => 'answered',
      () => 'gave up',
    );
    while (simulator.requests.count() === 0) {
      await new Promise(setImmediate);
    }
    expect((await ask(simulator, LIST)).status).toBe(200);
    await simulator.stop();
    expect(await waiting).toBe('gave up');
  });

  it('for the body', async () => {
    const simulator = await startWith({ kind: 'hang', when: 'afterHeaders' });
    const response = await fetch(`${simulator.origin}${LIST}`);
    expect(response.status).toBe(200);
    const body = response.text();
    await simulator.stop();
    await expect(body).rejects.toThrow();
  });

  it.each<Fault>([
    { kind: 'delay', milliseconds: 1 },
    { kind: 'drip', bytes: 100, milliseconds: 1 },
  ])('and gives the true answer at last: %j', async fault => {
    const simulator = await startWith();
    const { json } = await ask(simulator, LIST);
    simulator.faults.add(fault);
    expect((await ask(simulator, LIST)).json).toEqual(json);
    expect((await ask(simulator, FILE)).text).toBe('abc');
  });
});
