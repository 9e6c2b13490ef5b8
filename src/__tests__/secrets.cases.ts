import { inspect } from 'node:util';
import { JsonObject } from '@backstage/types';
import {
  Fault,
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  clientWithTiming,
  componentFile,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';
import { noRequestsUntil } from '../http/hostPause';

/** Stands in every secret. */
const CANARY = 'canaryInTheCoalMine';

const username = 'jane@example.com';
const token = `${CANARY}Token`;
const appPassword = `${CANARY}AppPassword`;
const clientId = `${CANARY}ClientId`;
const clientSecret = `${CANARY}ClientSecret`;
const issuedToken = `${CANARY}IssuedToken`;
const commitSigningKey = `${CANARY}SigningKey`;

/** The canary, plain and as base64 shows it at each of its three offsets. */
const TRACES = [
  CANARY,
  ...[0, 1, 2].map(offset =>
    Buffer.from('x'.repeat(offset) + CANARY)
      .toString('base64')
      .slice(offset + 1, -4),
  ),
];

function leaksIn(text: string): string[] {
  return text
    .split('\n')
    .filter(line => TRACES.some(trace => line.includes(trace)));
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

type World = {
  simulator: Simulator;
  backend: TestBackend;
  /** Makes the catalog read every file again: pushes to all, and lets time pass. */
  push(): void;
};

/** More than the two minutes, and some grace, that what is known counts. */
const STALE = 3 * 60_000;

async function withBackend(
  entry: JsonObject,
  accounts: SimulatedAccount[],
  test: (world: World) => Promise<void>,
): Promise<void> {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  for (const slug of ['pay', 'shop']) {
    const files = { 'catalog-info.yaml': componentFile(slug) };
    acme.addRepository({ slug, isPrivate: true, files });
  }
  const simulator = await startSimulator({
    workspaces: [acme],
    accounts,
    appPasswords: true,
  });
  // A token that is known, instead of a random one.
  simulator.faults.add({
    endpoint: 'oauth',
    kind: 'json',
    change: answer => ({ ...Object(answer), access_token: issuedToken }),
  });
  const { apiBaseUrl } = simulator;
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const backend = await TestBackend.start({
    features: [bitbucketCloud, clientWithTiming({ now })],
    config: {
      integrations: {
        bitbucketCloud: [{ ...entry, commitSigningKey, apiBaseUrl }],
      },
      catalog: {
        providers: {
          bitbucketCloud: { workspace: 'acme', ...ON_DEMAND },
        },
      },
    },
  });
  const push = () => {
    for (const { slug } of acme.repositories) {
      const content = componentFile(slug, 'experimental');
      acme.push(slug, { 'catalog-info.yaml': content });
    }
    ahead += STALE;
  };
  try {
    await test({ simulator, backend, push });
  } finally {
    await backend.stop();
    await simulator.stop();
  }
}

/** Walks while something is wrong, and expects the log to say what. */
async function provoke(
  { simulator, backend }: World,
  fault: Fault,
  diagnosis: string,
): Promise<void> {
  const clearFault = simulator.faults.add(fault);
  await backend.walk();
  clearFault();
  const ends = backend
    .messages('info', 'error')
    .filter(message => message.startsWith('The walk of workspace acme '));
  expect(ends.at(-1)).toContain(diagnosis);
}

/** All that the backend logged, serves and asked for. */
async function output({ simulator, backend }: World): Promise<string> {
  const answers = ['entities', 'locations', '.backstage/scheduler/v1/tasks'];
  const bodies = answers.map(async path => (await backend.get(path)).text());
  return [
    ...(await Promise.all(bodies)),
    ...backend.logs.map(({ text }) => text),
    ...simulator.requests.entries.map(request => JSON.stringify(request)),
  ].join('\n');
}

const elsewhere = `https://jane:${token}@elsewhere.example/${token}?token=${token}`;

/**
 * What may be wrong with an answer, from a server that repeats all it was sent.
 * Nothing here is tried again, so that it takes no time.
 */
function refusals(authorization: string, secret: string): [Fault, string][] {
  const echo = `You sent Authorization: ${authorization} with ${secret}`;
  const hidden = /^Basic/.test(authorization)
    ? 'You sent Authorization: Basic <secret> with <secret>'
    : 'You sent Authorization: Bearer <secret> with <secret>';
  const list = { endpoint: 'repositories' } as const;
  return [
    ...[400, 401, 403, 404, 501].map((status): [Fault, string] => [
      { kind: 'status', status, message: echo },
      `(Bitbucket says: ${hidden})`,
    ]),
    [
      { kind: 'status', status: 405, text: echo },
      `(Bitbucket says: ${hidden})`,
    ],
    [
      { kind: 'status', status: 410, html: `<title>${echo}</title>` },
      `(Bitbucket says: ${hidden})`,
    ],
    [
      {
        ...list,
        kind: 'json',
        change: () => ({ values: Array(5).fill(echo), [echo]: 1 }),
      },
      'the response does not have the expected shape: values',
    ],
    [
      { kind: 'redirect', location: elsewhere },
      'redirects to another origin, https://elsewhere.example, which is not followed',
    ],
    [
      {
        ...list,
        kind: 'json',
        change: page => ({ ...Object(page), next: elsewhere }),
      },
      'leads to another origin, https://elsewhere.example, which is not followed',
    ],
    // Last, since nothing is asked for two minutes.
    [
      {
        kind: 'status',
        status: 429,
        text: echo,
        headers: { 'Retry-After': '120' },
      },
      noRequestsUntil(429, ''),
    ],
  ];
}

it('a canary would be noticed, plain and in a header', () => {
  for (const user of ['a', 'ab', 'abc']) {
    expect(leaksIn(`Some log\n${basic(user, token)}`)).toHaveLength(1);
  }
  expect(leaksIn(inspect({ error: new Error(`No ${token}`) }))).not.toEqual([]);
  expect(leaksIn('nothing')).toEqual([]);
});

describe('no secret is in any log, entity or URL, whatever goes wrong', () => {
  const issued: SimulatedAccount = {
    kind: 'accessToken',
    name: 'issued token',
    token: issuedToken,
  };
  const consumer: SimulatedAccount = {
    kind: 'oauth',
    name: 'consumer',
    clientId,
    clientSecret,
  };

  it.concurrent.each<[string, JsonObject, SimulatedAccount[], string, string]>([
    [
      'an API token',
      { username, token, appPassword },
      [{ kind: 'apiToken', name: 'API token', username, token }],
      basic(username, token),
      token,
    ],
    [
      'an access token',
      { token },
      [{ kind: 'accessToken', name: 'access token', token }],
      `Bearer ${token}`,
      token,
    ],
    [
      'an app password',
      { username, appPassword },
      [{ kind: 'appPassword', name: 'app password', username, appPassword }],
      basic(username, appPassword),
      appPassword,
    ],
    [
      'an OAuth consumer',
      { clientId, clientSecret },
      [consumer, issued],
      `Bearer ${issuedToken}`,
      issuedToken,
    ],
  ])('%s', async (_, entry, accounts, authorization, secret) => {
    await withBackend(entry, accounts, async world => {
      const { simulator, backend, push } = world;
      await backend.hasComponents(['pay', 'shop']);

      const clearFault = simulator.faults.add({
        endpoint: 'src',
        kind: 'status',
        status: 409,
        message: authorization,
      });
      push();
      await until(
        async () =>
          JSON.stringify(await backend.entities('location')).includes(
            'answered 409 Conflict',
          ),
        'an error in the status of an entity',
      );
      clearFault();
      for (const [fault, diagnosis] of refusals(authorization, secret)) {
        await provoke(world, fault, diagnosis);
      }
      expect(leaksIn(await output(world))).toEqual([]);
    });
  });

  it.concurrent('an API token, while Bitbucket is out of order', () => {
    const accounts: SimulatedAccount[] = [
      { kind: 'apiToken', name: 'API token', username, token },
    ];
    return withBackend({ username, token }, accounts, async world => {
      const echo = basic(username, token);
      const outages: [Fault, string][] = [
        [{ kind: 'status', status: 500, message: echo }, '500'],
        [{ kind: 'dropSocket', when: 'beforeHeaders' }, 'connection failed'],
        [{ kind: 'notJson' }, 'the response is not JSON'],
      ];
      for (const [fault, diagnosis] of outages) {
        await provoke(world, fault, diagnosis);
      }
      expect(leaksIn(await output(world))).toEqual([]);
    });
  });

  it.concurrent('an OAuth consumer that gets no token', () => {
    const echo = `${clientId}:${clientSecret} ${basic(clientId, clientSecret)}`;
    const entry = { clientId, clientSecret };
    const accounts = [{ ...consumer, isPrivate: false }];
    return withBackend(entry, accounts, async world => {
      const answers: [Fault, string][] = [
        [{ kind: 'status', status: 400, message: echo }, 'answered 400'],
        [{ kind: 'status', status: 401, html: echo }, 'answered 401'],
        [{ kind: 'status', status: 404, text: echo }, 'answered 404'],
        [{ kind: 'status', status: 500, message: echo }, 'answered 500'],
        [{ kind: 'dropSocket', when: 'beforeHeaders' }, 'connection failed'],
        [{ kind: 'redirect', location: elsewhere }, 'answered 302'],
        [{ kind: 'notJson' }, 'its body is not JSON'],
        [
          {
            kind: 'status',
            status: 429,
            message: echo,
            headers: { 'Retry-After': '120' },
          },
          noRequestsUntil(429, ''),
        ],
      ];
      world.simulator.faults.clear();
      for (const [answer, diagnosis] of answers) {
        const fault: Fault = { ...answer, endpoint: 'oauth' };
        await provoke(world, fault, diagnosis);
      }
      expect(leaksIn(await output(world))).toEqual([]);
    });
  });
});

describe('no secret is in what a backend says that does not start', () => {
  it.each<[string, JsonObject]>([
    ['a secret without its key', { clientSecret }],
    ['a key without its secret', { clientId, username, appPassword }],
    ['a misspelled key', { clientId, clientSecert: clientSecret }],
    ['an app password without a user name', { appPassword }],
    ['a token that breaks a header', { token: `${token}\n${token}` }],
    ['secrets of the wrong type', { token: [token], clientId: { clientId } }],
    ['a signing key in a list', { commitSigningKey: [commitSigningKey] }],
    [
      'a password in a URL',
      { apiBaseUrl: `https://${clientId}:${clientSecret}@example.com` },
    ],
  ])('%s', async (_, entry) => {
    const config = { integrations: { bitbucketCloud: [entry] } };
    const error = await TestBackend.start({ config }).catch(caught => caught);
    expect(error.message).toContain('integrations.bitbucketCloud[0].');
    expect(leaksIn(inspect(error, { depth: 10 }))).toEqual([]);
  });
});
