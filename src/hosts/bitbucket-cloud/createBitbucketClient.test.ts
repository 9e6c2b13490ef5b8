import { inspect } from 'node:util';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../../testing/bitbucket/recordingLogger';
import {
  Answer,
  cut,
  drop,
  hang,
  json,
  refusal,
  startServer,
  status,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { CredentialConfig } from '../../config/types';
import { noRequestsUntil } from '../../http/hostPause';
import { Timing } from '../../http/retry';
import {
  ForbiddenError,
  RateLimitedError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../../scm/errors';
import { createBitbucketClient, credentialId } from './createBitbucketClient';

describe('createBitbucketClient', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  const anonymous: CredentialConfig = { kind: 'anonymous' };
  const oauth: CredentialConfig = {
    kind: 'oauth',
    clientId: 'client-id',
    clientSecret: 'c4nary-client-secret',
  };
  const token = (value: string) =>
    json({ access_token: value, expires_in: 7200, token_type: 'bearer' });
  const commit = json({ hash: 'c0ffee' });

  function setUp(
    credential: CredentialConfig = anonymous,
    overrides: Partial<Timing> = {},
  ) {
    const timing = fakeTiming(overrides);
    const logger = recordingLogger();
    const client = createBitbucketClient({
      apiBaseUrl: `${server.origin}/2.0`,
      webBaseUrl: server.origin,
      concurrency: 8,
      freshnessMs: 120_000,
      maxFileBytes: 1_048_576,
      credential,
      logger,
      timing,
    });
    const getCommit = (signal?: AbortSignal) =>
      client.getCommit('acme', 'shop', 'main', { signal });
    return { client, getCommit, logger, timing };
  }

  const authorizations = () =>
    server.requests.map(({ headers }) => headers.authorization);

  describe('retries', () => {
    it.each([
      ['500', refusal(500, 'Oops')],
      ['502 in HTML', status(502, '<html><title>Bad Gateway</title></html>')],
      ['503', status(503)],
      ['504', status(504)],
      ['a dropped connection', drop],
      ['a body cut short', cut],
      ['a body that is not JSON', status(200, '<html>')],
      ['an empty body', status(200)],
    ] satisfies [string, Answer][])('after %s', async (_, answer) => {
      server.answer(answer, answer, commit);
      const { getCommit } = setUp();
      expect(await getCommit()).toEqual({ hash: 'c0ffee' });
      expect(server.requests).toHaveLength(3);
    });

    it('retries after no answer in time', async () => {
      server.answer(hang, commit);
      const { getCommit } = setUp(anonymous, { attemptTimeoutMs: 50 });
      expect(await getCommit()).toEqual({ hash: 'c0ffee' });
    });

    it.each([
      ['500', refusal(500, 'Oops'), UnavailableError],
      ['a dropped connection', drop, UnavailableError],
      ['a body that is not JSON', status(200, 'x'), UnexpectedResponseError],
    ] satisfies [string, Answer, unknown][])(
      'stops retrying after some attempts: %s',
      async (_, answer, expected) => {
        server.answer(answer);
        await expect(setUp().getCommit()).rejects.toThrow(expected);
        expect(server.requests).toHaveLength(4);
      },
    );

    it.each([204, 400, 401, 402, 403, 404, 405, 408, 409, 410, 422, 501, 555])(
      'not after %i',
      async code => {
        server.answer(refusal(code, 'No'));
        await expect(setUp().getCommit()).rejects.toThrow(`answered ${code}`);
        expect(server.requests).toHaveLength(1);
      },
    );

    it('does not retry after an answer of another shape', async () => {
      server.answer(json({ hash: 5 }));
      const failure = setUp().getCommit();
      await expect(failure).rejects.toThrow(UnexpectedResponseError);
      await expect(failure).rejects.toThrow('expected shape: hash: ');
      expect(server.requests).toHaveLength(1);
    });

    it('retries once after a 429, a minute later', async () => {
      server.answer(status(429), commit, status(429));
      const { getCommit, timing } = setUp();
      expect(await getCommit()).toEqual({ hash: 'c0ffee' });
      expect(timing.waits).toEqual([60_000]);

      await expect(getCommit()).rejects.toThrow(RateLimitedError);
      expect(server.requests).toHaveLength(3);
    });

    it('waits for as long as Retry-After says', async () => {
      server.answer(status(429, '', { 'Retry-After': '30' }), commit);
      const { getCommit, timing } = setUp();
      await getCommit();
      const waited = timing.waits.reduce((sum, ms) => sum + ms, 0);
      expect(waited).toBe(30_000);
    });

    it('fails at once where Retry-After is too long', async () => {
      server.answer(status(429, '', { 'Retry-After': '3600' }), commit);
      const { getCommit } = setUp();
      await expect(getCommit()).rejects.toThrow(RateLimitedError);
      await expect(getCommit()).rejects.toThrow(
        noRequestsUntil(429, '2026-11-22T13:00:00.000Z'),
      );
      expect(server.requests).toHaveLength(1);
    });

    it('stops retrying when the caller gives up', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      server.answer(response => {
        controller.abort(reason);
        response.writeHead(500).end();
      });
      await expect(setUp().getCommit(controller.signal)).rejects.toBe(reason);
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('signs requests', () => {
    it.each([
      [anonymous, undefined],
      [{ kind: 'accessToken', token: 't' }, 'Bearer t'],
      [
        { kind: 'apiToken', username: 'jane@example.com', token: 't' },
        `Basic ${Buffer.from('jane@example.com:t').toString('base64')}`,
      ],
      [
        { kind: 'appPassword', username: 'jane', appPassword: 'p' },
        `Basic ${Buffer.from('jane:p').toString('base64')}`,
      ],
    ] satisfies [CredentialConfig, string | undefined][])(
      'with %j',
      async (credential, expected) => {
        server.answer(commit);
        await setUp(credential).getCommit();
        expect(authorizations()).toEqual([expected]);
      },
    );

    it('requests an OAuth token once for all requests', async () => {
      server.answer(token('t1'), commit);
      const { getCommit } = setUp(oauth);
      await Promise.all([getCommit(), getCommit(), getCommit()]);
      expect(server.requests[0]).toMatchObject({
        method: 'POST',
        url: '/site/oauth2/access_token',
        body: 'grant_type=client_credentials',
      });
      expect(authorizations().slice(1)).toEqual(Array(3).fill('Bearer t1'));
    });

    it('requests another OAuth token when one is refused', async () => {
      server.answer(
        token('t1'),
        refusal(401, 'Token is invalid'),
        token('t2'),
        commit,
      );
      expect(await setUp(oauth).getCommit()).toEqual({ hash: 'c0ffee' });
      expect(authorizations().filter(value => /^Bearer/.test(value!))).toEqual([
        'Bearer t1',
        'Bearer t2',
      ]);
    });

    it('retries the token endpoint as often as any other', async () => {
      server.answer(status(503), drop, token('t1'), commit);
      expect(await setUp(oauth).getCommit()).toEqual({ hash: 'c0ffee' });
    });

    it('says that the token endpoint cannot be reached', async () => {
      server.answer(status(503));
      const failure = setUp(oauth).getCommit();
      await expect(failure).rejects.toThrow(UnavailableError);
      await expect(failure).rejects.toThrow('/site/oauth2/access_token');
      expect(server.requests).toHaveLength(4);
    });

    it('says why there is no token', async () => {
      server.answer(json({ error: 'invalid_grant' }, 400));
      const failure = setUp(oauth).getCommit();
      await expect(failure).rejects.toThrow(UnauthorizedError);
      await expect(failure).rejects.toMatchObject({ status: 400 });
      expect(server.requests).toHaveLength(1);
    });

    it('refuses a token that no header can carry, without showing it', async () => {
      const { getCommit } = setUp({ kind: 'accessToken', token: 'c4nary\n' });
      const failure = getCommit();
      await expect(failure).rejects.toThrow(UnauthorizedError);
      await expect(failure).rejects.toThrow('a character that cannot be sent');
      await expect(failure).rejects.not.toThrow('c4nary');
      expect(server.requests).toHaveLength(0);
    });
  });

  it('explains a 401', async () => {
    server.answer(refusal(401, 'Token is invalid, expired, or not supported'));
    const failure = setUp({ kind: 'accessToken', token: 't' }).getCommit();
    await expect(failure).rejects.toThrow(UnauthorizedError);
    await expect(failure).rejects.toThrow('integrations.bitbucketCloud[0]');
    await expect(failure).rejects.toThrow('Token is invalid, expired');
  });

  it('explains a 403 with its scopes', async () => {
    const detail = {
      required: ['read:repository:bitbucket'],
      granted: ['read:workspace:bitbucket'],
    };
    const message = 'Your credentials lack one or more required scopes.';
    server.answer(refusal(403, message, { detail }));
    const failure = setUp({ kind: 'accessToken', token: 't' }).getCommit();
    await expect(failure).rejects.toThrow(ForbiddenError);
    await expect(failure).rejects.toMatchObject(detail);
    await expect(failure).rejects.toThrow('read:repository:bitbucket');
  });

  it('asks once more with a new OAuth token when a scope is missing', async () => {
    const detail = { required: ['repository'], granted: [] };
    const message = 'Your credentials lack one or more required scopes.';
    server.answer(
      token('t1'),
      refusal(403, message, { detail }),
      token('t2'),
      commit,
    );
    expect(await setUp(oauth).getCommit()).toEqual({ hash: 'c0ffee' });
    expect(server.requests[3].headers.authorization).toBe('Bearer t2');
  });

  it('gives no scopes for another 403', async () => {
    server.answer(refusal(403, 'Access denied'));
    await expect(setUp().getCommit()).rejects.toMatchObject({
      required: [],
      granted: [],
    });
  });

  it.each([1, 3])(
    'has a bounded number of requests under way (%j)',
    async concurrency => {
      let underWay = 0;
      let most = 0;
      server.answer(response => {
        underWay += 1;
        most = Math.max(most, underWay);
        setTimeout(() => {
          underWay -= 1;
          json({ hash: 'c0ffee' })(response, server.requests[0]);
        }, 5);
      });
      const client = createBitbucketClient({
        apiBaseUrl: `${server.origin}/2.0`,
        webBaseUrl: server.origin,
        credential: anonymous,
        logger: recordingLogger(),
        concurrency,
        freshnessMs: 120_000,
        maxFileBytes: 1_048_576,
      });
      await Promise.all(
        Array.from({ length: 20 }, () => client.getCommit('acme', 'shop', 'x')),
      );
      expect(most).toBe(concurrency);
    },
  );

  it('signs with the token of a call instead of its own credential', async () => {
    server.answer(commit, status(401), commit);
    const { client, getCommit } = setUp({ kind: 'accessToken', token: 'own' });
    await client.getCommit('acme', 'shop', 'main', { token: 'theirs' });
    await expect(
      client.getCommit('acme', 'shop', 'main', { token: 'theirs' }),
    ).rejects.toThrow('answered 401');
    await getCommit();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      ['Bearer theirs', 'Bearer theirs', 'Bearer own'],
    );
  });

  it('logs each request at debug level', async () => {
    server.answer(commit);
    const { getCommit, logger } = setUp();
    await getCommit();
    expect(logger.lines).toEqual([
      {
        level: 'debug',
        message: `GET ${server.origin}/2.0/repositories/acme/shop/commit/main: 200 after 0 ms`,
      },
    ]);
  });

  describe('keeps secrets out of errors and logs', () => {
    const credentials: CredentialConfig[] = [
      { kind: 'apiToken', username: 'jane@example.com', token: 'c4nary-token' },
      { kind: 'accessToken', token: 'c4nary-token' },
      { kind: 'appPassword', username: 'jane', appPassword: 'c4nary-password' },
      oauth,
    ];
    /** Answers that repeat the header that they were sent. */
    const repeating =
      (code: number, headers = {}): Answer =>
      (response, request) =>
        response
          .writeHead(code, headers)
          .end(`You sent ${request.headers.authorization}`);
    const faults: [string, Answer][] = [
      ...[400, 401, 403, 404, 429, 500, 503, 555].map(
        (code): [string, Answer] => [`${code}`, repeating(code)],
      ),
      ['a long pause', repeating(429, { 'Retry-After': '3600' })],
      ['a redirect', repeating(302, { Location: 'https://evil.example/' })],
      ['not JSON', repeating(200)],
      ['a wrong shape', json({ hash: 5 })],
      ['a dropped connection', drop],
      ['a body cut short', cut],
    ];

    it.each(
      credentials.flatMap(credential =>
        faults.map(
          ([name, answer]): [string, string, CredentialConfig, Answer] => [
            credential.kind,
            name,
            credential,
            answer,
          ],
        ),
      ),
    )('%s, %s', async (_kind, _name, credential, answer) => {
      if (credential.kind === 'oauth') {
        server.answer(token('c4nary-access-token'), answer);
      } else {
        server.answer(answer);
      }
      const { getCommit, logger } = setUp(credential);
      const error: unknown = await getCommit().catch(caught => caught);
      expect(error).toBeInstanceOf(Error);

      const output = inspect([error, logger.lines], {
        depth: Infinity,
        showHidden: true,
        maxStringLength: Infinity,
      });
      const secrets = new Set(
        authorizations().flatMap(value => value?.split(' ').slice(1) ?? []),
      );
      expect(secrets.size).toBeGreaterThan(0);
      for (const secret of [...secrets, 'c4nary']) {
        expect(output).not.toContain(secret);
      }
    });
  });
});

describe('credentialId', () => {
  const password: CredentialConfig = {
    kind: 'appPassword',
    username: 'jane',
    appPassword: 'p1',
  };

  it('is the same for the same user, client or token', () => {
    expect(credentialId({ ...password, appPassword: 'p2' })).toBe(
      credentialId(password),
    );
  });

  it('differs between credentials, and reveals none of them', () => {
    const ids = (
      [
        password,
        { kind: 'apiToken', username: 'jane', token: 'p1' },
        { kind: 'accessToken', token: 'jane' },
        { kind: 'accessToken', token: 'joe' },
        { kind: 'oauth', clientId: 'jane', clientSecret: 's' },
      ] satisfies CredentialConfig[]
    ).map(credentialId);
    expect(new Set(ids).size).toBe(5);
    ids.forEach(id => expect(id).toMatch(/^[0-9a-f]{16}$/));
  });

  it('is a plain word without a credential', () => {
    expect(credentialId({ kind: 'anonymous' })).toBe('anonymous');
  });
});
