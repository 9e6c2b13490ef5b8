import { Knex } from 'knex';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import { json, startServer } from '../../../testing/bitbucket/startServer';
import { memoryDatabase } from '../../../testing/workspace/memoryDatabase';
import { MinuteCount } from '../../http/ledger';
import { KnexBudgetStore } from '../../http/sharedBudget';
import { Purpose } from '../../scm/types';
import { createBitbucketClient } from './createBitbucketClient';

describe('KnexBudgetStore', () => {
  let open: () => Promise<Knex>;

  beforeEach(() => {
    open = memoryDatabase();
  });

  const count = (
    minute: number,
    requests: number,
    limit?: number,
  ): MinuteCount => ({
    costClass: 'repositories',
    minute,
    requests,
    limit,
    byPurpose: { walk: requests },
  });

  it('gives each process what the others have counted with the credential', async () => {
    const [one, two] = [new KnexBudgetStore(open), new KnexBudgetStore(open)];
    expect(await one.exchange('abc', [count(100, 5)], 40)).toEqual([]);
    expect(
      await two.exchange('abc', [count(100, 2), count(101, 3, 2000)], 41),
    ).toEqual([count(100, 5)]);
    expect(await two.exchange('other', [], 41)).toEqual([]);
    expect(await one.exchange('abc', [], 41)).toEqual([
      count(100, 2),
      count(101, 3, 2000),
    ]);
  });

  it('takes the latest count of a minute', async () => {
    const store = new KnexBudgetStore(open);
    await store.exchange('abc', [count(100, 5)], 40);
    await store.exchange('abc', [count(100, 9), count(101, 1)], 41);
    expect(await new KnexBudgetStore(open).exchange('abc', [], 41)).toEqual([
      count(100, 9),
      count(101, 1),
    ]);
  });

  it('takes requests without a known purpose for those of others', async () => {
    const store = new KnexBudgetStore(open);
    await store.exchange('abc', [count(100, 5), count(101, 5)], 40);
    const knex = await open();
    const rows = () => knex('bitbucket__budget');
    await rows().where({ minute: 100 }).update({ by_purpose: null });
    const newer = { by_purpose: '{"walk":"5","read":1,"telepathy":4}' };
    await rows().where({ minute: 101 }).update(newer);
    expect(await new KnexBudgetStore(open).exchange('abc', [], 41)).toEqual([
      { ...count(100, 5), byPurpose: {} },
      { ...count(101, 5), byPurpose: { read: 1 } },
    ]);
  });

  it('deletes counts that no longer matter', async () => {
    const store = new KnexBudgetStore(open);
    await store.exchange('abc', [count(100, 5), count(140, 5)], 40);
    await store.exchange('other', [count(150, 1)], 101);
    const knex = await open();
    const rows = await knex('bitbucket__budget').select('minute');
    expect(rows).toEqual([{ minute: 140 }, { minute: 150 }]);
  });

  it('lets a restarted backend go on with the budget that is left', async () => {
    const server = await startServer();
    const timing = fakeTiming();
    const start = () => {
      const client = createBitbucketClient({
        apiBaseUrl: `${server.origin}/2.0`,
        webBaseUrl: server.origin,
        concurrency: 8,
        freshnessMs: 120_000,
        maxFileBytes: 1_048_576,
        credential: { kind: 'accessToken', token: 'c4nary' },
        logger: recordingLogger(),
        timing,
        budgetStore: new KnexBudgetStore(open),
      });
      const askMany = async (times: number, purpose: Purpose = 'read') => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: times }, () =>
            client.getCommit('acme', 'shop', 'main', { purpose }),
          ),
        );
        return outcomes.filter(({ status }) => status === 'fulfilled').length;
      };
      return { askMany, budget: client.budget };
    };

    server.answer(json({ hash: 'a' }, 200, { 'X-RateLimit-Limit': '20' }));
    const first = start();
    expect(await first.askMany(13)).toBe(13);
    await first.budget.save();

    timing.advance(10 * 60_000);
    const second = start();
    expect(await second.askMany(13)).toBe(3);
    expect(await second.askMany(13, 'walk')).toBe(2);
    expect(server.requests).toHaveLength(18);
    await second.budget.save();

    const knex = await open();
    const rows = await knex('bitbucket__budget');
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('c4nary');

    // A closed database does not stop a request.
    timing.advance(60 * 60_000);
    const third = start();
    await knex.destroy();
    expect(await third.askMany(1)).toBe(1);
    await server.close();
  });
});
