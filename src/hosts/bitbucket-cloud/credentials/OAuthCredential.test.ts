import { createCredential } from '../createBitbucketClient';
import { Credential, CredentialError } from '../../../http/authorization';
import { PostForm } from './OAuthCredential';

const TOKEN_URL = 'https://bitbucket.org/site/oauth2/access_token';

/** A token endpoint that gives token-1, token-2, … and a clock that a test moves. */
function setUp({ expiresIn }: { expiresIn?: number } = { expiresIn: 3600 }) {
  const clock = { now: Date.parse('2026-11-22T12:00:00Z') };
  const answers: { status: number; body: string }[] = [];
  let issued = 0;
  const post = jest.fn<ReturnType<PostForm>, Parameters<PostForm>>(async () => {
    const answer = answers.shift();
    if (answer) {
      return answer;
    }
    issued += 1;
    return {
      status: 200,
      body: JSON.stringify({
        access_token: `token-${issued}`,
        token_type: 'bearer',
        expires_in: expiresIn,
        scopes: 'repository',
      }),
    };
  });
  const create = () =>
    createCredential(
      { kind: 'oauth', clientId: 'key', clientSecret: 'secret' },
      { tokenUrl: TOKEN_URL, post, now: () => clock.now },
    );
  return { clock, answers, post, create };
}

async function failureOf(credential: Credential) {
  const error = await credential.authorization().catch(caught => caught);
  if (!(error instanceof CredentialError)) {
    throw new Error('expected a CredentialError');
  }
  return error;
}

describe('an OAuth credential', () => {
  it('asks for a token with the key and secret of the consumer', async () => {
    const { create, post } = setUp();
    await expect(create().authorization()).resolves.toBe('Bearer token-1');
    expect(post.mock.calls).toEqual([
      [
        TOKEN_URL,
        {
          headers: {
            Accept: 'application/json',
            Authorization: 'Basic a2V5OnNlY3JldA==',
            'Content-Type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials',
        },
      ],
    ]);
  });

  it('fetches one token however many callers wait', async () => {
    const { create, post } = setUp();
    const credential = create();
    const values = await Promise.all(
      Array.from({ length: 20 }, () => credential.authorization()),
    );
    expect(new Set(values)).toEqual(new Set(['Bearer token-1']));
    expect(post).toHaveBeenCalledTimes(1);
  });

  it('shares no token with another client of the same consumer', async () => {
    const { create } = setUp();
    await expect(create().authorization()).resolves.toBe('Bearer token-1');
    await expect(create().authorization()).resolves.toBe('Bearer token-2');
  });

  it.each([
    ['an hour', 3600, 59 * 60],
    ['a minute', 60, 54],
    ['a second', 1, 0.9],
    ['no stated time', undefined, 59 * 60],
  ])('renews a token that lives for %s in time', async (_, life, seconds) => {
    const { create, clock } = setUp({ expiresIn: life });
    const credential = create();
    await credential.authorization();
    clock.now += seconds * 1000 - 1;
    await expect(credential.authorization()).resolves.toBe('Bearer token-1');
    clock.now += 1;
    await expect(credential.authorization()).resolves.toBe('Bearer token-2');
  });

  it('goes on for the others when one caller gives up', async () => {
    const { create, post } = setUp();
    let answer: (value: { status: number; body: string }) => void = () => {};
    post.mockImplementationOnce(
      () => new Promise(resolve => (answer = resolve)),
    );
    const credential = create();
    const caller = new AbortController();
    const impatient = credential.authorization(caller.signal);
    const patient = credential.authorization(new AbortController().signal);
    caller.abort();
    await expect(impatient).rejects.toMatchObject({ name: 'AbortError' });
    answer({ status: 200, body: '{"access_token":"late","expires_in":60}' });
    await expect(patient).resolves.toBe('Bearer late');
    expect(post).toHaveBeenCalledTimes(1);
    expect(post.mock.calls[0][1].signal).toBeUndefined();
  });

  it('does not wait for a caller that had given up before', async () => {
    const { create } = setUp();
    await expect(
      create().authorization(AbortSignal.abort(new Error('stopped'))),
    ).rejects.toThrow('stopped');
  });

  it('replaces a refused token once, however many requests it was refused for', async () => {
    const { create, post } = setUp();
    const credential = create();
    const first = await credential.authorization();
    const renewed = await Promise.all(
      Array.from({ length: 10 }, async () => {
        expect(credential.refused(first)).toBe(true);
        return credential.authorization();
      }),
    );
    expect(new Set(renewed)).toEqual(new Set(['Bearer token-2']));
    // The answer to a slow request arrives after the renewal.
    expect(credential.refused(first)).toBe(true);
    await expect(credential.authorization()).resolves.toBe('Bearer token-2');
    expect(post).toHaveBeenCalledTimes(2);
  });

  it('does not fetch token after token when new ones are refused as well', async () => {
    const { create, post, clock } = setUp();
    const credential = create();
    credential.refused(await credential.authorization());
    const second = await credential.authorization();
    for (let request = 0; request < 10; request++) {
      expect(credential.refused(second)).toBe(false);
      await expect(credential.authorization()).resolves.toBe(second);
    }
    expect(post).toHaveBeenCalledTimes(2);

    clock.now += 60_000;
    expect(credential.refused(second)).toBe(true);
    await expect(credential.authorization()).resolves.toBe('Bearer token-3');
  });

  it('asks again after a failure', async () => {
    const { create, answers } = setUp();
    answers.push({ status: 503, body: '<html>busy</html>' });
    const credential = create();
    await failureOf(credential);
    await expect(credential.authorization()).resolves.toBe('Bearer token-1');
  });

  it.each([
    [
      400,
      '{"error":"invalid_grant","error_description":"Unsupported grant type"}',
      false,
      'answered 400 invalid_grant. The consumer of integrations.bitbucketCloud[0].clientId and integrations.bitbucketCloud[0].clientSecret is not private: edit it under "OAuth consumers" in the settings of the workspace and tick "This is a private consumer".',
    ],
    ...(
      [
        [400, '{"error":"unauthorized_client"}', ' unauthorized_client'],
        [401, '{"error":"invalid_client"}', ' invalid_client'],
        [401, 'who are you?', ''],
      ] as const
    ).map(([status, body, code]): [number, string, boolean, string] => [
      status,
      body,
      false,
      `answered ${status}${code}. integrations.bitbucketCloud[0].clientId and integrations.bitbucketCloud[0].clientSecret are not the key and secret of a consumer: copy both again from "OAuth consumers" in the settings of the workspace.`,
    ]),
    ...[429, 500, 502, 503, 504].map(
      (status): [number, string, boolean, string] => [
        status,
        '<html>secret</html>',
        true,
        `answered ${status}. Bitbucket is overloaded or has an outage: see https://bitbucket.status.atlassian.com.`,
      ],
    ),
    [
      404,
      '{"error":"token-1"}',
      false,
      'answered 404. Check apiBaseUrl, if it is set, and any proxy in between.',
    ],
    [
      200,
      '<html>Sign in</html>',
      true,
      "answered 200, but its body is not JSON. Check whether a proxy answers in Bitbucket's place.",
    ],
    [
      200,
      '{"access_token":"a\\nb","expires_in":-1}',
      true,
      "answered 200, but access_token and expires_in is missing or wrong. Check whether a proxy answers in Bitbucket's place.",
    ],
    [
      200,
      '[]',
      true,
      "answered 200, but its body is missing or wrong. Check whether a proxy answers in Bitbucket's place.",
    ],
  ])('explains the answer %s %s', async (status, body, retryable, message) => {
    const { create, answers } = setUp();
    answers.push({ status, body });
    expect(await failureOf(create())).toMatchObject({
      message: `Could not obtain an OAuth token: ${TOKEN_URL} ${message}`,
      status,
      retryable,
    });
  });

  it('explains that the endpoint cannot be reached', async () => {
    const { create, post } = setUp();
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:443');
    post.mockRejectedValueOnce(cause);
    const error = await failureOf(create());
    expect(error).toMatchObject({
      message: `Could not obtain an OAuth token: ${TOKEN_URL} cannot be reached. Check the network, the proxy and https://bitbucket.status.atlassian.com.`,
      retryable: true,
      cause,
    });
    expect(error.status).toBeUndefined();
  });
});
