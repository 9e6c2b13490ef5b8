import { ask, basic, bearer, start } from '../../testing/simulator';
import { SimulatedAccount, SimulatedWorkspace, Simulator } from '.';

function acme() {
  const workspace = new SimulatedWorkspace({ slug: 'acme' });
  workspace.addRepository({ slug: 'open', files: { 'a.txt': 'a' } });
  workspace.addRepository({
    slug: 'closed',
    isPrivate: true,
    files: { 'a.txt': 'a' },
  });
  return workspace;
}

const startWith = (accounts?: SimulatedAccount[], now?: () => number) =>
  start({ workspaces: [acme()], accounts, now });

const LIST = '/2.0/repositories/acme?fields=values.slug';

async function visible(simulator: Simulator, init?: RequestInit) {
  const { status, json } = await ask(simulator, LIST, init);
  return status === 200
    ? (json as { values: { slug: string }[] }).values.map(({ slug }) => slug)
    : status;
}

describe('credentials', () => {
  it('are not looked at where no accounts are known', async () => {
    const simulator = await startWith();
    expect(await visible(simulator)).toEqual(['open', 'closed']);
    expect(await visible(simulator, bearer('x'))).toEqual(['open', 'closed']);
  });

  it('are not needed for what is public', async () => {
    const simulator = await startWith([]);
    expect(await visible(simulator)).toEqual(['open']);
    expect((await ask(simulator, '/2.0/repositories/acme/closed')).status).toBe(
      404,
    );
    expect((await ask(simulator, '/2.0/user')).status).toBe(401);
  });

  it('may be API tokens', async () => {
    const simulator = await startWith([
      {
        kind: 'apiToken',
        name: 'jane',
        username: 'jane@example.com',
        token: 't',
      },
    ]);
    expect(await visible(simulator, basic('jane@example.com', 't'))).toEqual([
      'open',
      'closed',
    ]);
    for (const wrong of [basic('jane', 't'), basic('jane@example.com', 'u')]) {
      const { status, headers, text } = await ask(simulator, LIST, wrong);
      expect([status, text]).toEqual([401, '']);
      expect(headers.get('www-authenticate')).toBe(
        'Basic realm="Bitbucket.org HTTP"',
      );
    }
    expect(await visible(simulator, bearer('t'))).toBe(401);
  });

  it('may be access tokens, which can be revoked and come back', async () => {
    const account: SimulatedAccount = {
      kind: 'accessToken',
      name: 'robot',
      token: 't',
    };
    const simulator = await startWith([account]);
    expect(await visible(simulator, bearer('t'))).toEqual(['open', 'closed']);
    account.revoked = true;
    expect(await ask(simulator, LIST, bearer('t'))).toMatchObject({
      status: 401,
      json: {
        type: 'error',
        error: {
          message:
            'Token is invalid, expired, or not supported for this endpoint.',
        },
      },
    });
    account.revoked = false;
    expect(await visible(simulator, bearer('t'))).toEqual(['open', 'closed']);
  });

  it.each([
    [false, 401],
    [true, ['open', 'closed']],
  ])('may be app passwords where allowed: %s', async (appPasswords, seen) => {
    const simulator = await start({
      workspaces: [acme()],
      accounts: [
        {
          kind: 'appPassword',
          name: 'old',
          username: 'jane',
          appPassword: 'p',
        },
      ],
      appPasswords,
    });
    expect(await visible(simulator, basic('jane', 'p'))).toEqual(seen);
  });

  it('see what their account sees, and the list just gets shorter', async () => {
    const account: SimulatedAccount = {
      kind: 'accessToken',
      name: 'robot',
      token: 't',
    };
    const simulator = await startWith([account]);
    account.sees = repository => repository.slug !== 'open';
    expect(await visible(simulator, bearer('t'))).toEqual(['closed']);
  });

  it('are kept out of workspaces', async () => {
    const simulator = await startWith([
      { kind: 'accessToken', name: 'robot', token: 't', workspaces: ['other'] },
    ]);
    expect((await ask(simulator, LIST, bearer('t'))).status).toBe(403);
    const { json } = await ask(simulator, '/2.0/user/workspaces', bearer('t'));
    expect(json).toMatchObject({ size: 0, values: [] });
  });
});

describe('scopes', () => {
  it.each<[SimulatedAccount['kind'], string[], string, string | undefined]>([
    ['apiToken', ['read:project:bitbucket'], LIST, 'read:repository:bitbucket'],
    ['apiToken', ['read:repository:bitbucket'], LIST, undefined],
    [
      'apiToken',
      ['read:repository:bitbucket'],
      '/2.0/workspaces/acme',
      'read:workspace:bitbucket',
    ],
    ['accessToken', ['webhook'], LIST, 'repository'],
    ['accessToken', ['project'], LIST, undefined],
    ['accessToken', ['repository'], '/2.0/workspaces/acme/projects', 'project'],
    ['accessToken', ['repository'], '/2.0/workspaces/acme', undefined],
  ])('%s with %j at %s lacks %s', async (kind, scopes, path, lacking) => {
    const account =
      kind === 'apiToken'
        ? { kind, name: 'a', username: 'jane@example.com', token: 't', scopes }
        : { kind: 'accessToken' as const, name: 'a', token: 't', scopes };
    const simulator = await startWith([account]);
    const init =
      kind === 'apiToken' ? basic('jane@example.com', 't') : bearer('t');
    const refusal = {
      status: 403,
      json: {
        type: 'error',
        error: {
          message:
            'Your credentials lack one or more required privilege scopes.',
          detail: { granted: scopes, required: [lacking] },
        },
      },
    };
    expect(await ask(simulator, path, init)).toMatchObject(
      lacking ? refusal : { status: 200 },
    );
  });
});

describe('POST /site/oauth2/access_token', () => {
  const consumer: SimulatedAccount = {
    kind: 'oauth',
    name: 'app',
    clientId: 'key',
    clientSecret: 'secret',
    expiresIn: 3600,
  };
  const TOKEN = '/site/oauth2/access_token';

  const form = (
    credential: RequestInit,
    grant_type = 'client_credentials',
  ) => ({
    ...credential,
    method: 'POST',
    body: new URLSearchParams({ grant_type }),
  });

  it('gives tokens that live as long as they say', async () => {
    let now = 0;
    const simulator = await startWith([consumer], () => now);
    const { json } = await ask(simulator, TOKEN, form(basic('key', 'secret')));
    expect(json).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    const token = bearer((json as { access_token: string }).access_token);

    expect(await visible(simulator, token)).toEqual(['open', 'closed']);
    now = 3_600_000;
    expect(await visible(simulator, token)).toBe(401);
    expect(simulator.requests.count({ endpoint: 'oauth' })).toBe(1);
    expect(simulator.requests.count({ credential: 'app' })).toBe(1);
  });

  it('gives a new token each time, and all can be revoked', async () => {
    const simulator = await startWith([consumer]);
    const tokens = [];
    for (let index = 0; index < 2; index++) {
      const { json } = await ask(
        simulator,
        TOKEN,
        form(basic('key', 'secret')),
      );
      tokens.push((json as { access_token: string }).access_token);
    }
    expect(tokens[0]).not.toBe(tokens[1]);
    simulator.revokeTokens();
    expect(await visible(simulator, bearer(tokens[1]))).toBe(401);
  });

  it.each([
    ['a wrong secret', {}, form(basic('key', 'x')), 'unauthorized_client'],
    [
      'another grant',
      {},
      form(basic('key', 'secret'), 'password'),
      'unsupported_grant_type',
    ],
    [
      'a consumer that is not private',
      { isPrivate: false },
      form(basic('key', 'secret')),
      'invalid_grant',
    ],
  ])('refuses %s', async (_, change, init, error) => {
    const simulator = await startWith([{ ...consumer, ...change }]);
    const { status, json } = await ask(simulator, TOKEN, init);
    expect(status).toBe(400);
    expect(json).toEqual({ error, error_description: expect.any(String) });
  });
});
