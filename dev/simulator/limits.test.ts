import { ask, bearer, start } from '../../testing/simulator';
import { RateLimitOptions, SimulatedWorkspace } from '.';

const MINUTE = 60_000;

describe('rate limits', () => {
  let now: number;

  async function startWith(rateLimit?: RateLimitOptions) {
    now = Date.UTC(2026, 10, 1);
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'shop', files: { 'a.txt': 'a' } });
    const simulator = await start({
      workspaces: [acme],
      accounts: [
        { kind: 'accessToken', name: 'one', token: '1' },
        { kind: 'accessToken', name: 'two', token: '2', requestsPerHour: 1 },
      ],
      rateLimit,
      now: () => now,
    });
    return {
      list: (init?: RequestInit) =>
        ask(simulator, '/2.0/repositories/acme', init),
      file: (init?: RequestInit) =>
        ask(simulator, '/2.0/repositories/acme/shop/src/main/a.txt', init),
      archive: (init?: RequestInit) =>
        ask(simulator, '/acme/shop/get/main.tar.gz', init),
      user: (init?: RequestInit) => ask(simulator, '/2.0/user', init),
    };
  }

  it('are off by default', async () => {
    const { list } = await startWith();
    for (let index = 0; index < 61; index++) {
      expect((await list()).status).toBe(200);
    }
  });

  it('leave 60 anonymous requests, of whatever kind', async () => {
    const { list, file, archive } = await startWith({});
    for (let index = 0; index < 20; index++) {
      await Promise.all([list(), file(), archive()]);
    }
    const { status, text, headers } = await list();
    expect(status).toBe(429);
    expect(text).toBe('Rate limit for this resource has been exceeded');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(headers.has('retry-after')).toBe(false);
  });

  it('roll: each request comes back an hour after it was sent', async () => {
    const { list } = await startWith({ requests: { repositories: 2 } });
    const one = bearer('1');
    await list(one);
    now += 30 * MINUTE;
    await list(one);
    expect((await list(one)).status).toBe(429);
    now += 30 * MINUTE;
    expect((await list(one)).status).toBe(200);
    expect((await list(one)).status).toBe(429);
  });

  it('hold for each credential and each resource', async () => {
    const { list, file, archive, user } = await startWith({
      requests: { repositories: 2, archives: 1 },
    });
    await list(bearer('2'));
    expect((await list(bearer('2'))).status).toBe(429);

    const one = bearer('1');
    await list(one);
    await file(one);
    expect((await file(one)).status).toBe(429);
    expect((await archive(one)).status).toBe(200);
    expect((await archive(one)).status).toBe(429);
    expect((await user(one)).status).toBe(200);
  });

  it('can count raw files apart', async () => {
    const { list, file } = await startWith({
      requests: { repositories: 1, rawFiles: 1 },
      sourceCountsAs: 'rawFiles',
    });
    const one = bearer('1');
    await list(one);
    expect((await file(one)).status).toBe(200);
    expect((await file(one)).status).toBe(429);
  });

  it('show in headers what is left, if configured to', async () => {
    const { list } = await startWith({
      requests: { repositories: 1 },
      headers: [
        'X-RateLimit-Limit',
        'X-RateLimit-Resource',
        'X-RateLimit-Remaining',
        'X-RateLimit-NearLimit',
        'X-RateLimit-Reset',
        'Retry-After',
      ],
    });
    const one = bearer('1');
    const ok = await list(one);
    expect(ok.status).toBe(200);
    const sent = ['limit', 'resource', 'remaining', 'nearlimit', 'reset'].map(
      name => ok.headers.get(`x-ratelimit-${name}`),
    );
    expect(sent).toEqual(['1', 'repositories', '0', 'true', '3600']);
    expect(ok.headers.has('retry-after')).toBe(false);
    now += 15 * MINUTE;
    const refused = await list(one);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2700');
  });
});
