import { z } from 'zod';
import { inspect } from 'node:util';
import { SimulatedInstance } from '../../../dev/simulator/data-center';
import {
  json,
  recordingLogger,
  startServer,
  status,
  TestServer,
} from '../../../testing/bitbucket';
import { collect } from '../../../testing/bitbucket/collect';
import { fakeTiming } from '../../../testing/bitbucket/fakeTiming';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { withPurpose } from '../../http/allowance';
import { getJson } from '../../http/callApi';
import { createCredential, credentialId } from './createDataCenterClient';
import { listRepositories } from './repositoryLists';
import { readFile } from './files';
import { defaultBranch } from './refs';

const TOKEN = 'token-not-to-be-shown';
const token = { kind: 'httpAccessToken', token: TOKEN } as const;
const password = {
  kind: 'password',
  username: 'jane',
  password: TOKEN,
} as const;

describe('Requests of a client', () => {
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  const clientOf = (options: Parameters<typeof dataCenterClientOf>[1] = {}) =>
    dataCenterClientOf(
      { baseUrl: `${server.origin}/bitbucket` },
      { credential: token, ...options },
    );

  const ask = (
    { api }: ReturnType<typeof clientOf>,
    context: { token?: string } = {},
  ) => getJson(api.callApi, `${api.baseUrl}/a`, z.object({}), context);

  it.each([
    [token, `Bearer ${TOKEN}`],
    [password, `Basic ${Buffer.from(`jane:${TOKEN}`).toString('base64')}`],
    [{ kind: 'anonymous' } as const, undefined],
  ])('are signed: %j', async (credential, authorization) => {
    server.answer(json({}));
    await ask(clientOf({ credential }));
    expect(server.requests[0].headers.authorization).toBe(authorization);
  });

  it("are signed with the token of a call in place of the client's", async () => {
    server.answer(json({}));
    await ask(clientOf(), { token: 'other' });
    expect(server.requests[0].headers.authorization).toBe('Bearer other');
  });

  it('follow a redirect within the instance, signed', async () => {
    const Location = '/bitbucket/rest/b';
    server.answer(status(307, '', { Location }), json({}));
    await ask(clientOf());
    expect(
      server.requests.map(({ url, headers }) => [url, headers.authorization]),
    ).toEqual([
      ['/bitbucket/a', `Bearer ${TOKEN}`],
      [Location, `Bearer ${TOKEN}`],
    ]);
  });

  it('follow no redirect to another origin', async () => {
    const other = await startServer();
    server.answer(status(302, '', { Location: `${other.origin}/a` }));
    const failure = await ask(clientOf()).catch(error => error);
    expect(failure).toMatchObject({ name: 'UnexpectedResponseError' });
    expect(failure.message).toContain(
      `redirects to another origin, ${other.origin}, which is not followed`,
    );
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it.each([token, password])(
    'show no secret in errors: %j',
    async credential => {
      const refused = json(
        {
          errors: [
            {
              message: `Bad credential ${TOKEN}`,
              exceptionName:
                'com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException',
            },
          ],
        },
        401,
      );
      const logger = recordingLogger();
      const client = clientOf({ credential, logger });
      for (const answer of [refused, status(500, TOKEN), status(429, TOKEN)]) {
        server.answer(answer);
        const failure = await ask(client).catch(error => error);
        const shown = `${inspect(failure, { depth: 9 })} ${JSON.stringify(failure)}`;
        expect(failure).toBeInstanceOf(Error);
        expect(shown).not.toContain(TOKEN);
      }
      expect(JSON.stringify(logger.lines)).not.toContain(TOKEN);
      expect(inspect(client.credential, { showHidden: true })).not.toContain(
        TOKEN,
      );
    },
  );

  it('are counted, retries included', async () => {
    const counted: object[] = [];
    const metrics = {
      requestSent: (labels: object) => counted.push(labels),
      requestWithheld: () => {},
    };
    server.answer(status(500), json({}));
    await ask(clientOf({ metrics }));
    expect(counted).toEqual([
      { costClass: 'requests', status: '500' },
      { costClass: 'requests', status: '200' },
    ]);
  });
});

describe('The origin of an answer', () => {
  const ID = { 'X-AREQUESTID': '*1ABC2DEx630x987x0' };
  const BRANCH = {
    id: 'refs/heads/main',
    displayId: 'main',
    latestCommit: 'a'.repeat(40),
  };
  const FILE = status(200, 'apiVersion: v1\n');
  const LOGIN = status(200, '<!DOCTYPE html><title>Log in</title>', {
    'Content-Type': 'text/html',
  });
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => server.close());

  function start() {
    const { api } = dataCenterClientOf(
      { baseUrl: server.origin },
      { timing: { maxAttempts: 1 } },
    );
    const at = { fullName: `${api.host}/PAY/api`, hash: 'a'.repeat(40) };
    return {
      head: () => defaultBranch(api, at, {}),
      file: () => readFile(api, 1_000, at, 'catalog-info.yaml', {}),
    };
  }

  it('is the instance where a proxy removes X-AREQUESTID from all answers', async () => {
    const { head, file } = start();
    server.answer(json(BRANCH), FILE);
    await head();
    expect(await file()).toMatchObject({ exists: true });
  });

  it('is something in between where one answer has no X-AREQUESTID', async () => {
    const { head, file } = start();
    server.answer(json(BRANCH, 200, ID), LOGIN, LOGIN);
    await head();
    await expect(file()).rejects.toThrow('the response has no X-AREQUESTID');
    await expect(head()).rejects.toThrow('the response has no X-AREQUESTID');
  });

  it('is the instance again once a proxy that removes X-AREQUESTID lets JSON of the expected shape through', async () => {
    const { head, file } = start();
    server.answer(json(BRANCH, 200, ID), FILE, json(BRANCH), FILE);
    await head();
    await expect(file()).rejects.toThrow('the response has no X-AREQUESTID');
    expect(await head()).toMatchObject({ name: 'main' });
    expect(await file()).toMatchObject({ exists: true });
  });

  it('is not shown by JSON of another shape, nor by JSON in place of a file', async () => {
    const { head, file } = start();
    const problem = json({ status: 'maintenance' });
    server.answer(json(BRANCH, 200, ID), problem, problem, FILE);
    await head();
    await expect(head()).rejects.toThrow('the expected shape');
    await expect(file()).rejects.toThrow('the response has no X-AREQUESTID');
    await expect(file()).rejects.toThrow('the response has no X-AREQUESTID');
  });
});

describe('A walk over an instance that limits requests', () => {
  it('gets by with few refusals, and reads everything', async () => {
    const timing = fakeTiming();
    const instance = new SimulatedInstance();
    instance.addProject('PAY');
    for (let index = 0; index < 150; index += 1) {
      instance.addRepository('PAY', {
        slug: `repository-${index}`,
        files: { a: 'a' },
      });
    }
    const simulator = await startDataCenter({
      instance,
      accounts: [{ kind: 'userToken', name: 'jane', token: TOKEN }],
      rateLimit: {},
      now: timing.now,
    });
    const { api } = dataCenterClientOf(simulator, {
      credential: token,
      timing,
    });
    const [{ repositories }] = await collect(
      listRepositories(api, {}, undefined, {}),
    );
    const begin = timing.now();
    // Not as heads of a walk, which would be slow enough from the beginning.
    const heads = await Promise.all(
      repositories.map(one => defaultBranch(api, one, { purpose: 'read' })),
    );
    expect(heads.filter(head => head?.hash)).toHaveLength(150);
    const refused = simulator.requests.entries.filter(
      entry => entry.status === 429,
    );
    expect(refused.length).toBeLessThan(20);
    expect(timing.now() - begin).toBeLessThan(120_000);
  });

  it('asks again for at most 4 heads a second', async () => {
    const timing = fakeTiming();
    const simulator = await startDataCenter({ now: timing.now });
    const { instance } = simulator;
    instance.addRepository('PAY', { slug: 'shop', files: { a: 'a' } });
    const { api } = dataCenterClientOf(simulator, {
      credential: token,
      timing,
    });
    const shop = { fullName: `${api.host}/PAY/shop` };
    await withPurpose('recheck', async () => {
      for (let times = 0; times < 9; times += 1) {
        await defaultBranch(api, shop, {});
      }
    });
    const [first, ...others] = simulator.requests.entries;
    expect(Number(others.at(-1)?.at) - first.at).toBe(2_000);
  });
});

describe('Credentials', () => {
  it('have labels and names without secrets', () => {
    expect(createCredential(token).label).toBe('HTTP access token');
    expect(createCredential(password).label).toBe('password of jane');
    const ids = [
      credentialId('a', token),
      credentialId('b', token),
      credentialId('a', password),
      credentialId('a', { kind: 'anonymous' }),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(ids.every(id => /^[0-9a-f]{16}$/.test(id))).toBe(true);
  });
});
