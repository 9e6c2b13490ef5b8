import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import {
  ForbiddenError,
  RateLimitedError,
  UnavailableError,
} from '../scm/errors';
import { Repository } from '../scm/types';
import {
  FailingRepositories,
  RepositoryFailingError,
} from './FailingRepositories';
import { RepositoryStore } from './RepositoryStore';
import { FailureStore } from './failures';

const MINUTE = 60_000;

const details = { method: 'GET', url: 'https://x/', status: 503 };
const busy = new UnavailableError('answered 503', details);
const refused = new ForbiddenError('answered 403', details);

const shop: Repository = {
  uuid: '{shop}',
  slug: 'shop',
  fullName: 'acme/shop',
  isPrivate: true,
  isFork: false,
  updatedOn: '2026-11-01',
};

const FILES = ['a', 'b'].map(of => ({ kind: 'files' as const, of }));

function setUp() {
  const open = memoryDatabase();
  const clock = { now: Date.parse('2026-11-26T12:00:00Z') };
  const start = () =>
    new FailingRepositories({
      store: async () => new FailureStore(await open()),
      now: () => clock.now,
    });
  const failing = start();
  let sent = 0;
  /** What comes of asking for a file: an error of Bitbucket's, nothing sent, or an answer. */
  async function read(
    of: string,
    answer: Error | string,
    options: { repository?: Repository; by?: FailingRepositories } = {},
  ): Promise<string> {
    const { repository = shop, by = failing } = options;
    const before = sent;
    try {
      return await by.ask(repository, { kind: 'files', of }, async () => {
        sent += 1;
        if (answer instanceof Error) {
          throw answer;
        }
        return answer;
      });
    } catch (error) {
      expect(error instanceof RepositoryFailingError).toBe(sent === before);
      return sent === before ? 'held back' : 'failed';
    }
  }
  /** Lets a request fail until it is held back. */
  async function failTwice(of: string, error: Error): Promise<void> {
    expect(await read(of, error)).toBe('failed');
    clock.now += MINUTE;
    expect(await read(of, error)).toBe('failed');
  }
  return { open, clock, failing, start, read, failTwice };
}

describe('a request that fails for a repository', () => {
  it('is held back after the second time, with what Bitbucket said and when it is repeated', async () => {
    const { failing, failTwice } = setUp();
    await failTwice('a', busy);
    await expect(
      failing.ask(shop, { kind: 'files', of: 'a' }, async () => 1),
    ).rejects.toThrow(
      'GET https://x/: answered 503. This request has failed since 2026-11-26T12:00:00.000Z and is not repeated before 2026-11-26T12:03:00.000Z, unless the repository changes',
    );
  });

  it('holds back the same request alone, or all of its kind if it is a refusal', async () => {
    const { read, failTwice } = setUp();
    await failTwice('a', busy);
    expect(await read('a', 'fine')).toBe('held back');
    expect(await read('b', 'fine')).toBe('fine');
    await failTwice('c', refused);
    expect(await read('b', 'fine')).toBe('held back');
  });

  it('holds back all of its kind after twenty others', async () => {
    const { clock, read } = setUp();
    for (let file = 0; file < 21; file += 1) {
      await read(`${file}`, busy);
    }
    clock.now += MINUTE;
    await read('21', busy);
    expect(await read('22', 'fine')).toBe('held back');
  });

  it('is held back after a restart, and on other replicas', async () => {
    const { start, read, failTwice } = setUp();
    await failTwice('a', busy);
    expect(await read('a', 'fine', { by: start() })).toBe('held back');
  });

  it('is repeated after a push, and at once where something is said to have happened', async () => {
    const { failing, read, failTwice } = setUp();
    await failTwice('a', busy);
    const repository = { ...shop, updatedOn: '2026-11-26' };
    expect(await read('a', busy, { repository })).toBe('failed');
    expect(await read('a', 'fine', { repository })).toBe('held back');
    await failing.retryNow(shop.uuid);
    expect(await read('a', 'fine', { repository })).toBe('fine');
    expect(await failing.all()).toEqual(new Map());
  });

  it('is not remembered where it concerns all requests', async () => {
    const { failing, read } = setUp();
    const retryAt = new Date();
    const limited = new RateLimitedError('', { ...details, retryAt });
    expect(await read('a', limited)).toBe('failed');
    expect(await read('a', new Error('SQLITE_FULL'))).toBe('failed');
    expect(await failing.all()).toEqual(new Map());
  });

  it('is announced once, until all of the repository could be read', async () => {
    const { failing, read, start, failTwice } = setUp();
    await failTwice('a', busy);
    const [news] = await failing.announce([shop.uuid, '{other}']);
    expect(news).toMatchObject({ uuid: shop.uuid, message: busy.message });
    await read('b', busy);
    expect(await failing.announce([shop.uuid])).toEqual([]);
    expect(await start().announce([shop.uuid])).toEqual([]);
    await failing.recovered(shop, FILES);
    await read('a', busy);
    expect(await failing.announce([shop.uuid])).toHaveLength(1);
  });

  it('to find its head is forgotten where another reader has found it', async () => {
    const { failing, read } = setUp();
    await read('a', busy);
    const refs = { kind: 'refs', of: 'main' } as const;
    const asking = failing.ask(shop, refs, async () => {
      throw refused;
    });
    await expect(asking).rejects.toBe(refused);
    await failing.headIsKnown(shop, [refs]);
    const [known] = (await failing.all()).values();
    expect(known.message).toBe(busy.message);
  });

  it('is left to whoever repeats it where others can read the repository, until that changes or a day is over', async () => {
    const { clock, failing, read } = setUp();
    const [a] = FILES;
    await read('other', busy);
    await read('a', busy);
    await failing.recovered(shop, [a]);
    expect(await failing.due()).toEqual([shop.uuid]);
    await failing.recovered({ ...shop, updatedOn: '2026-11-26' }, [a]);
    expect(await failing.due()).toEqual([]);

    await read('other', busy);
    clock.now += 24 * 60 * MINUTE;
    await failing.recovered(shop, [a]);
    expect(await failing.due()).toEqual([shop.uuid]);
    clock.now += MINUTE;
    await failing.recovered(shop, [a]);
    expect(await failing.due()).toEqual([]);
  });

  it('is forgotten with its repository, and after a month without a failure', async () => {
    const { open, clock, failing, read } = setUp();
    const repositories = new RepositoryStore(await open(), {
      host: 'bitbucket.org',
    });
    const known = { ...shop, uuid: '{known}' };
    await repositories.save({ workspace: 'acme' }, [known], clock.now);
    await read('a', busy);
    await read('a', busy, { repository: known });
    await failing.prune();
    expect([...(await failing.all()).keys()]).toEqual([known.uuid]);
    clock.now += 31 * 24 * 60 * MINUTE;
    await failing.prune();
    expect(await failing.all()).toEqual(new Map());
  });
});
