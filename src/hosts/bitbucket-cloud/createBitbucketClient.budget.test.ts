import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import {
  Answer,
  drop,
  json,
  startServer,
  status,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { CredentialConfig } from '../../config/types';
import { withPurpose } from '../../http/allowance';
import { createBitbucketClient } from './createBitbucketClient';

const HOUR = 3_600_000;

describe('a client with a budget', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
    server.answer(commit);
  });
  afterEach(() => server.close());

  const commit = json({ hash: 'c0ffee' });
  const accessToken: CredentialConfig = { kind: 'accessToken', token: 't' };

  function setUp(
    options: { credential?: CredentialConfig; requestsPerHour?: number } = {},
  ) {
    const { credential = accessToken, requestsPerHour = 10 } = options;
    const timing = fakeTiming();
    const client = createBitbucketClient({
      apiBaseUrl: `${server.origin}/2.0`,
      webBaseUrl: server.origin,
      concurrency: 8,
      freshnessMs: 120_000,
      maxFileBytes: 1_048_576,
      credential,
      requestsPerHour,
      logger: recordingLogger(),
      timing,
    });
    const ask = (context = {}) =>
      client.getCommit('acme', 'shop', 'main', context);
    /** Sends many requests at once; resolves to the number of answers. */
    const askMany = async (times: number, context = {}) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: times }, () => ask(context)),
      );
      return outcomes.filter(outcome => outcome.status === 'fulfilled').length;
    };
    const used = () => client.budget.snapshot().map(row => row.used);
    return { client, ask, askMany, used, timing };
  }

  it('sends nothing that the budget does not cover', async () => {
    const { ask, askMany, timing } = setUp();
    expect(await askMany(30)).toBe(9);
    expect(await askMany(30, { purpose: 'walk' })).toBe(1);
    await expect(ask()).rejects.toMatchObject({
      name: 'RateLimitedError',
      status: undefined,
      retryAt: new Date('2026-11-22T13:01:00Z'),
    });
    expect(server.requests).toHaveLength(10);

    timing.advance(HOUR + 60_000);
    expect(await askMany(30)).toBe(9);
    expect(server.requests).toHaveLength(19);
  });

  it('waits if requests are available again soon', async () => {
    const { ask, askMany, timing } = setUp();
    await askMany(10);
    timing.advance(HOUR + 20_000);
    expect(await ask()).toEqual({ hash: 'c0ffee' });
    expect(timing.waits).toEqual([40_000]);
  });

  it('reserves a fifth for purposes other than walks', async () => {
    const { askMany } = setUp();
    expect(await askMany(30, { purpose: 'walk' })).toBe(8);
    expect(await askMany(30)).toBe(2);
    expect(server.requests).toHaveLength(10);
  });

  it('counts what is asked within some work for the purpose of that work', async () => {
    const { ask, client } = setUp();
    await withPurpose('interactive', async () => {
      await ask();
      await Promise.all([ask(), ask({ purpose: 'delivery' })]);
    });
    await ask();
    expect(client.budget.snapshot()[0].purposes).toMatchObject({
      interactive: { used: 2 },
      delivery: { used: 1 },
      read: { used: 1 },
    });
  });

  it('counts retries, redirects and answers of all kinds', async () => {
    const moved = status(302, '', {
      Location: '/2.0/repositories/acme/new/commit/main',
    });
    server.answer(drop, status(500), moved, commit, status(404));
    const { ask, used } = setUp();
    await ask();
    await expect(ask()).rejects.toThrow('answered 404');
    expect(server.requests).toHaveLength(5);
    expect(used()).toEqual([5, 0, 0]);
  });

  it('does not follow a redirect that it does not cover', async () => {
    server.answer(status(302, '', { Location: '/2.0/elsewhere' }));
    const { ask } = setUp({ requestsPerHour: 1 });
    await expect(ask()).rejects.toThrow('not sent');
    expect(server.requests).toHaveLength(1);
  });

  it('counts archives separately', async () => {
    server.answer(json({}), status(200, 'a file', { ETag: '"1"' }));
    const { client, used } = setUp();
    const archive = await client.source.readArchive('acme', 'shop', 'c0ffee');
    archive.destroy();
    await client.source.readFile('acme', 'shop', 'c0ffee', 'get/c0ffee.tar.gz');
    expect(used()).toEqual([1, 1, 0]);
  });

  it('counts webhooks separately', async () => {
    server.answer(json({ values: [] }));
    const { client, used } = setUp();
    for (const workspace of ['acme', 'hooks']) {
      await client.webhooks.list(workspace)[Symbol.asyncIterator]().next();
      await client.listRepositories(workspace)[Symbol.asyncIterator]().next();
    }
    expect(used()).toEqual([2, 0, 2]);
  });

  it('counts everything together without a credential', async () => {
    const { client, ask, used } = setUp({ credential: { kind: 'anonymous' } });
    (await client.source.readArchive('acme', 'shop', 'c0ffee')).destroy();
    await ask();
    expect(used()).toEqual([2]);
  });

  it('counts neither OAuth tokens nor requests with another token', async () => {
    server.answer(json({ access_token: 't', expires_in: 3600 }), commit);
    const { ask, used } = setUp({
      credential: { kind: 'oauth', clientId: 'i', clientSecret: 's' },
      requestsPerHour: 1,
    });
    await ask();
    await ask({ token: 'theirs' });
    await ask({ token: 'theirs' });
    expect(server.requests).toHaveLength(4);
    expect(used()).toEqual([1, 0, 0]);
  });

  const limited =
    (headers: Record<string, string>): Answer =>
    (...args) =>
      json({ hash: 'c0ffee' }, 200, headers)(...args);

  it('applies the limit that Bitbucket reports', async () => {
    server.answer(
      limited({ 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': '5' }),
      commit,
    );
    const { ask, askMany } = setUp({ requestsPerHour: 100 });
    await ask();
    expect(await askMany(30)).toBe(5);
    expect(server.requests).toHaveLength(6);
  });

  it('obeys a 429 for as long as its headers say', async () => {
    server.answer(
      status(429, '', {
        'Retry-After': '30',
        'X-RateLimit-Remaining': '0',
      }),
      commit,
    );
    const { ask, timing } = setUp();
    expect(await ask()).toEqual({ hash: 'c0ffee' });
    expect(timing.waits).toEqual([30_000]);
  });
});
