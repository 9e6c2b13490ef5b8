import { ask } from '../../../testing/simulator';
import {
  ADMIN,
  API,
  refusal,
  REST,
  startPay,
} from '../../../testing/simulator/pay';
import { startDataCenterSimulator } from '.';

describe('startDataCenterSimulator', () => {
  it('refuses a port that is taken', async () => {
    const { instance, simulator } = await startPay();
    const port = Number(new URL(simulator.origin).port);
    await expect(startDataCenterSimulator({ port, instance })).rejects.toThrow(
      expect.objectContaining({ code: 'EADDRINUSE' }),
    );
  });

  it('serves below its context path alone', async () => {
    const { get, simulator } = await startPay({ contextPath: '/bitbucket' });
    expect(simulator.baseUrl).toBe(`${simulator.origin}/bitbucket`);
    expect((await get(`/bitbucket${API}`)).status).toBe(200);
    expect((await get(API)).status).toBe(404);
    expect(simulator.requests.entries).toMatchObject([
      { endpoint: 'repository', path: API },
    ]);
  });

  it('links to the address that an administrator gave it', async () => {
    const { get } = await startPay({ linkBaseUrl: 'https://git.example.com' });
    expect((await get(API)).json).toMatchObject({
      links: {
        self: [
          { href: 'https://git.example.com/projects/PAY/repos/api/browse' },
        ],
      },
    });
  });

  it('answers a wrong Accept with nothing', async () => {
    const { simulator } = await startPay();
    const headers = { Accept: 'text/html' };
    expect(await ask(simulator, API, { headers })).toMatchObject({
      status: 406,
      text: '',
    });
    const raw = await ask(simulator, `${API}/raw/a.txt`, { headers });
    expect(raw.status).toBe(200);
  });

  it('words the failures that are ordered in its own way', async () => {
    const { get, simulator } = await startPay();
    simulator.faults.add({ kind: 'status', status: 500, endpoint: 'raw' });
    expect(await get(`${API}/raw/a.txt`)).toMatchObject(refusal(500, null));
    expect((await get(API)).status).toBe(200);
  });

  it('gives so many tokens to a user, and some of them back each second', async () => {
    let now = 0;
    const { get } = await startPay({
      accounts: [ADMIN],
      now: () => now,
      rateLimit: { capacity: 2, fillRate: 1 },
    });
    expect((await get(API)).status).toBe(200);
    expect((await get(API)).status).toBe(200);
    const refused = await get(API);
    expect(refused).toMatchObject(refusal(429, null));
    expect(refused.headers.get('Retry-After')).toBeNull();
    now = 1_000;
    expect((await get(API)).status).toBe(200);
    expect((await get(API)).status).toBe(429);
  });

  it('says when to come back where it is set to, and spares the exempt', async () => {
    const { get, simulator } = await startPay({
      accounts: [
        { ...ADMIN, rateLimit: { capacity: 1, fillRate: 0.1 } },
        { ...ADMIN, name: 'other', token: 'other', rateLimit: 'exempt' },
      ],
      rateLimit: { capacity: 0, retryAfter: true },
    });
    await get(API);
    expect((await get(API)).headers.get('Retry-After')).toBe('10');
    expect((await get(API, 'other')).status).toBe(200);
    expect(simulator.requests.count({ credential: 'other' })).toBe(1);
  });

  it('runs so many requests of git at once', async () => {
    const { get, simulator } = await startPay({ gitRequestsAtOnce: 2 });
    simulator.faults.add({
      kind: 'delay',
      milliseconds: 100,
      endpoint: 'branches',
    });
    const path = `${API}/branches`;
    const answers = await Promise.all([path, path, path].map(p => get(p)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 503]);
    expect((await get(`${REST}/repos`)).status).toBe(200);
    expect((await get(path)).status).toBe(200);
  });
});
