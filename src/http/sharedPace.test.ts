import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { KnexPaceStore, PaceStore, SharedPace } from './sharedPace';

const settled = () =>
  new Promise(resolve => {
    setTimeout(resolve, 20);
  });

describe('A shared pace', () => {
  it('counts the processes that were seen in the last minute, for each credential', async () => {
    const open = memoryDatabase();
    const knex = await open();
    const [one, other] = [new KnexPaceStore(open), new KnexPaceStore(open)];
    const note = (store: PaceStore, credential: string, now: number) =>
      store.note(credential, now, now - 60_000);
    expect(await note(one, 'a', 100_000)).toBe(1);
    expect(await note(other, 'a', 110_000)).toBe(2);
    expect(await note(other, 'b', 110_000)).toBe(1);
    expect(await note(one, 'a', 120_000)).toBe(2);
    expect(await note(one, 'a', 170_001)).toBe(1);
    expect(await knex('bitbucket__paces').select('credential')).toHaveLength(1);
  });

  it('asks now and then, and never waits for the answer', async () => {
    const timing = fakeTiming();
    let asked = 0;
    const shared = new SharedPace({
      store: {
        async note() {
          asked += 1;
          return 3;
        },
      },
      credential: 'a',
      now: timing.now,
      logger: recordingLogger(),
    });
    expect([shared.processes(), shared.processes()]).toEqual([1, 1]);
    await settled();
    expect([shared.processes(), asked]).toEqual([3, 1]);
    timing.advance(15_000);
    shared.processes();
    expect(asked).toBe(2);
  });

  it('warns once of a store that fails, and keeps what is known', async () => {
    const timing = fakeTiming();
    const logger = recordingLogger();
    const shared = new SharedPace({
      store: {
        async note() {
          throw new Error('the database is closed');
        },
      },
      credential: 'a',
      now: timing.now,
      logger,
    });
    for (let times = 0; times < 4; times += 1) {
      expect(shared.processes()).toBe(1);
      await settled();
      timing.advance(15_000);
    }
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(
      1,
    );
    expect(logger.lines).toHaveLength(4);
  });
});
