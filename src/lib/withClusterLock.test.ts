import { setTimeout as sleep } from 'node:timers/promises';
import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { withClusterLock } from './withClusterLock';

describe('withClusterLock', () => {
  const setUp = async () => {
    const knex = await memoryDatabase()();
    const leases = () => knex('bitbucket__leases');
    const lock = <T>(
      work: (signal: AbortSignal) => Promise<T>,
      signal = new AbortController().signal,
      name = 'webhooks',
    ) => withClusterLock(knex, { name, signal, tryAgainMs: 1 }, work);
    return { leases, lock };
  };

  it('lets one do the work at a time, and others do other work', async () => {
    const { leases, lock } = await setUp();
    let atWork = 0;
    let most = 0;
    const work = async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await sleep(1);
      atWork -= 1;
      return 'done';
    };
    const all = await Promise.all([lock(work), lock(work), lock(work)]);
    expect(all).toEqual(['done', 'done', 'done']);
    expect(most).toBe(1);
    expect(
      await lock(() => lock(async () => 'both', undefined, 'other')),
    ).toEqual('both');
    expect(await leases()).toEqual([]);
  });

  it('is free again after work that failed', async () => {
    const { lock } = await setUp();
    const failed = lock(() => Promise.reject(new Error('no answer')));
    await expect(failed).rejects.toThrow('no answer');
    expect(await lock(async () => 'done')).toBe('done');
  });

  it.each([
    ['has expired', -1],
    ['was taken before the clock was set back', 3_600_000],
  ])('is free where the lease of a dead replica %s', async (_, ms) => {
    const { leases, lock } = await setUp();
    const expiry = Date.now() + ms;
    await leases().insert({
      name: 'webhooks',
      holder: 'dead',
      expires_at: expiry,
    });
    expect(await lock(async () => 'done')).toBe('done');
  });

  it('waits for a lease that has not expired, until it is given up', async () => {
    const { leases, lock } = await setUp();
    const expiry = Date.now() + 59_000;
    await leases().insert({
      name: 'webhooks',
      holder: 'busy',
      expires_at: expiry,
    });
    const given = new AbortController();
    const waiting = lock(async () => 'done', given.signal);
    given.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await leases()).toHaveLength(1);
  });

  it('is renewed during the work, and ends the work when it is lost', async () => {
    const { leases, lock } = await setUp();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      const advance = async (ms: number) => {
        await jest.advanceTimersByTimeAsync(ms);
        // The database answers in its own time.
        await new Promise(resolve => setImmediate(resolve));
      };
      const expiry = async () => (await leases().first()).expires_at;
      await expect(
        lock(async signal => {
          const before = await expiry();
          await advance(20_000);
          expect(await expiry()).toBe(before + 20_000);
          await leases().update({ holder: 'another' });
          await advance(20_000);
          signal.throwIfAborted();
        }),
      ).rejects.toThrow('Another replica has taken the lock webhooks');
      expect(await leases()).toMatchObject([{ holder: 'another' }]);
    } finally {
      jest.useRealTimers();
    }
  });
});
