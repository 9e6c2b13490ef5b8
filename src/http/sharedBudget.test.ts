import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { Budget } from './budget';
import { MinuteCount, minuteOf } from './ledger';
import { BudgetStore, SharedBudget } from './sharedBudget';

describe('SharedBudget', () => {
  const start = Date.UTC(2026, 10, 22, 12);
  const minute = minuteOf(start);
  const count = (
    requests: number,
    rest: Partial<MinuteCount> = {},
  ): MinuteCount => ({ costClass: 'repositories', minute, requests, ...rest });
  const own = (requests: number, rest: Partial<MinuteCount> = {}) =>
    count(requests, { byPurpose: { read: requests }, ...rest });

  function setUp(exchange: BudgetStore['exchange']) {
    const timing = fakeTiming();
    const logger = recordingLogger();
    const budget = new Budget({
      costClasses: [
        { name: 'repositories', limit: 1_000, hasAllowances: true },
        { name: 'archives', limit: 5_000 },
        { name: 'webhooks', limit: 1_000 },
      ],
      key: 'requestsPerHour',
      now: timing.now,
    });
    const store = { exchange: jest.fn(exchange) };
    const shared = new SharedBudget({
      budget,
      store,
      credential: 'abc',
      product: 'Bitbucket Cloud',
      now: timing.now,
      logger,
    });
    const spend = () =>
      budget.spend('repositories', {
        method: 'GET',
        url: 'https://api.bitbucket.org/2.0/x',
      });
    const warnings = () =>
      logger.lines
        .filter(({ level }) => level === 'warn')
        .map(({ message }) => message);
    return { budget, shared, spend, store, timing, warnings };
  }

  const savedBy = ({ exchange }: { exchange: jest.Mock }) =>
    exchange.mock.calls.map(([, counts]) => counts);

  it('counts the requests of other processes by what they were for', async () => {
    const { budget, shared } = setUp(async () => [
      count(700, { byPurpose: { walk: 700 } }),
      count(100, { minute: minute - 1, byPurpose: { read: 100 } }),
    ]);
    await shared.load();
    expect(budget.snapshot()[0].purposes).toMatchObject({
      walk: { used: 700, free: 0 },
      read: { used: 100, free: 60 },
    });
  });

  it('counts what other processes have sent, once they are asked', async () => {
    const { budget, shared, store } = setUp(async () => [
      count(300),
      count(200, { minute: minute - 50 }),
      count(7, { costClass: 'archives' }),
    ]);
    await Promise.all([shared.load(), shared.load()]);
    await shared.load();
    expect(store.exchange.mock.calls).toEqual([['abc', [], minute - 60]]);
    expect(budget.snapshot().map(({ used }) => used)).toEqual([500, 7, 0]);
  });

  it('uses the limit that Bitbucket named to them last', async () => {
    const { budget, shared } = setUp(async () => [
      count(1, { minute: minute - 9, limit: 2000 }),
      count(1, { minute: minute - 1, limit: 3000 }),
      count(1),
    ]);
    await shared.load();
    expect(budget.snapshot()[0].limit).toBe(3000);
  });

  it('asks them again when what it knows is a minute old', async () => {
    const { shared, store, timing } = setUp(async () => []);
    await shared.load();
    timing.advance(59_999);
    await shared.load();
    expect(store.exchange).toHaveBeenCalledTimes(1);
    timing.advance(1);
    await shared.load();
    expect(store.exchange).toHaveBeenCalledTimes(2);
  });

  it('saves now and then, and each minute once it is over no more', async () => {
    const { shared, spend, store, timing } = setUp(async () => []);
    await shared.load();
    spend();
    shared.saveNowAndThen();
    timing.advance(4_999);
    shared.saveNowAndThen();
    expect(store.exchange).toHaveBeenCalledTimes(1);
    timing.advance(1);
    shared.saveNowAndThen();
    await shared.save();
    timing.advance(60_000);
    spend();
    spend();
    await shared.save();
    timing.advance(60_000);
    await shared.save();
    expect(savedBy(store).slice(1)).toEqual([
      [own(1)],
      [own(1)],
      [own(1), own(2, { minute: minute + 1 })],
      [own(2, { minute: minute + 1 })],
    ]);
  });

  it('saves all there is, even when a save is under way', async () => {
    let finish = () => {};
    const { shared, spend, store } = setUp(
      () => new Promise(resolve => (finish = () => resolve([]))),
    );
    spend();
    shared.saveNowAndThen();
    spend();
    const saved = shared.save();
    finish();
    await new Promise(setImmediate);
    finish();
    await saved;
    expect(savedBy(store)).toEqual([[own(1)], [own(2)]]);
  });

  it('goes on without a store that fails, and says so once', async () => {
    const { shared, spend, timing, warnings } = setUp(async () => {
      throw new Error('no table');
    });
    await shared.load();
    expect(warnings()).toEqual([]);
    for (let i = 0; i < 5; i += 1) {
      timing.advance(60_000);
      spend();
      await shared.load();
    }
    expect(warnings()).toEqual([
      expect.stringMatching(/^Could not save the request budget .*: no table$/),
    ]);
  });

  it('loses nothing that could not be saved', async () => {
    const { shared, spend, store } = setUp(async () => []);
    store.exchange.mockRejectedValueOnce(new Error('busy'));
    spend();
    await shared.load();
    await shared.save();
    expect(savedBy(store)).toEqual([[own(1)], [own(1)]]);
  });

  it('stops waiting for a store that hangs', async () => {
    const timeout = jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation(() => AbortSignal.abort());
    const { shared } = setUp(() => new Promise(() => {}));
    await shared.load();
    await shared.save();
    expect(timeout).toHaveBeenCalledWith(5_000);
    timeout.mockRestore();
  });
});
