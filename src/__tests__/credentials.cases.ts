import { JsonObject } from '@backstage/types';
import {
  NewRepository,
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import {
  clientWithTiming,
  componentFile,
  configFor,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';
import { walkFailed } from '../ingestion/WalkReporter';

const KEY = 'integrations.bitbucketCloud[0]';

const email = { username: 'jane@example.com' };
const nickname = { username: 'jane' };
const apiToken = { token: 'ATATT-1' };
const accessToken = { token: 'ATCTT-2' };
const appPassword = { appPassword: 'ATBB-3' };
const consumer = { clientId: 'key-4', clientSecret: 'secret-5' };

type Account<K> = Extract<SimulatedAccount, { kind: K }>;

const API_TOKEN: Account<'apiToken'> = {
  kind: 'apiToken',
  name: 'API token',
  ...email,
  ...apiToken,
};
const ACCESS_TOKEN: Account<'accessToken'> = {
  kind: 'accessToken',
  name: 'access token',
  ...accessToken,
};
const APP_PASSWORD: Account<'appPassword'> = {
  kind: 'appPassword',
  name: 'app password',
  ...nickname,
  ...appPassword,
};
const CONSUMER: Account<'oauth'> = {
  kind: 'oauth',
  name: 'OAuth consumer',
  ...consumer,
};

type World = {
  simulator: Simulator;
  acme: SimulatedWorkspace;
  backend: TestBackend;
  /** Sets the clock forward. */
  advance(ms: number): void;
};

/** More than the two minutes, and some grace, that what is known counts. */
const STALE = 3 * 60_000;

/** Runs a test with a workspace of a private and a public repository, and a backend that reads it. */
async function withBackend(
  entry: JsonObject,
  accounts: SimulatedAccount[],
  test: (world: World) => Promise<void>,
): Promise<void> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  acme.addRepository({ ...withFile('private'), isPrivate: true });
  acme.addRepository(withFile('public'));
  const simulator = await startSimulator({
    workspaces: [acme],
    accounts,
    appPasswords: true,
  });
  const backend = await TestBackend.start({
    features: [bitbucketCloud, clientWithTiming({ now })],
    config: configFor(simulator, { workspace: 'acme', ...ON_DEMAND }, entry),
  });
  try {
    const advance = (ms: number) => {
      ahead += ms;
    };
    await test({ simulator, acme, backend, advance });
  } finally {
    await backend.stop();
    await simulator.stop();
  }
}

function withFile(slug: string): NewRepository {
  return { slug, files: { 'catalog-info.yaml': componentFile(slug) } };
}

/** Every test has a backend of its own and mostly waits for it, so they run side by side. */
describe('a catalog is filled with', () => {
  it.concurrent.each<[string, JsonObject, string, string[]]>([
    [
      'an API token',
      { ...email, ...apiToken },
      'API token',
      ['private', 'public'],
    ],
    ['an access token', accessToken, 'access token', ['private', 'public']],
    [
      'an app password, where Bitbucket still takes it',
      { ...nickname, ...appPassword },
      'app password',
      ['private', 'public'],
    ],
    ['an OAuth consumer', consumer, 'OAuth consumer', ['private', 'public']],
    [
      'the OAuth consumer rather than anything beside it',
      { ...email, ...apiToken, ...appPassword, ...consumer },
      'OAuth consumer',
      ['private', 'public'],
    ],
    [
      'the token rather than the app password',
      { ...email, ...apiToken, ...appPassword },
      'API token',
      ['private', 'public'],
    ],
    ['public repositories, anonymously', {}, 'anonymous', ['public']],
  ])('%s', async (_, entry, credential, components) => {
    const accounts = [API_TOKEN, ACCESS_TOKEN, APP_PASSWORD, CONSUMER];
    await withBackend(entry, accounts, async ({ simulator, backend }) => {
      await backend.hasComponents(components);
      const signed = simulator.requests.entries.filter(
        ({ endpoint }) => endpoint !== 'oauth',
      );
      expect([...new Set(signed.map(request => request.credential))]).toEqual([
        credential,
      ]);
    });
  });
});

describe('an OAuth token', () => {
  it.concurrent('is fetched once for all, and again when it is revoked', () =>
    withBackend(consumer, [CONSUMER], async ({ simulator, acme, backend }) => {
      await backend.hasComponents(['private', 'public']);
      expect(simulator.requests.count({ endpoint: 'oauth' })).toBe(1);

      simulator.revokeTokens();
      acme.addRepository(withFile('new'));
      await backend.walk();
      await backend.hasComponents(['new', 'private', 'public']);
      expect(simulator.requests.count({ endpoint: 'oauth' })).toBe(2);
      expect(walkErrors(backend)).toEqual([]);
    }),
  );

  it.concurrent('is renewed when its life ends', () => {
    const shortLived = { ...CONSUMER, expiresIn: 2 };
    return withBackend(consumer, [shortLived], async world => {
      const { simulator, acme, backend } = world;
      await backend.hasComponents(['private', 'public']);
      const fetched = simulator.requests.count({ endpoint: 'oauth' });
      await until(async () => {
        await backend.walk();
        return simulator.requests.count({ endpoint: 'oauth' }) > fetched;
      }, 'a second token');

      acme.addRepository(withFile('new'));
      await backend.walk();
      await backend.hasComponents(['new', 'private', 'public']);
      expect(walkErrors(backend)).toEqual([]);
    });
  });
});

describe('a refusal is explained, removes no entities and can be fixed:', () => {
  it.concurrent.each<
    [
      string,
      {
        entry: JsonObject;
        accepted: SimulatedAccount;
        refused: SimulatedAccount;
        diagnosis: string;
      },
    ]
  >([
    [
      'a user name where an e-mail belongs',
      {
        entry: { ...nickname, ...apiToken },
        accepted: { ...API_TOKEN, ...nickname },
        refused: API_TOKEN,
        diagnosis: `answered 401 Unauthorized. ${KEY}.username is not an e-mail address, and an API token needs the e-mail of its Atlassian account, not a Bitbucket user name. Set it to that e-mail`,
      },
    ],
    [
      'a removed app password',
      {
        entry: { ...nickname, ...appPassword },
        accepted: APP_PASSWORD,
        refused: { ...APP_PASSWORD, revoked: true },
        diagnosis: `answered 401 Unauthorized. ${KEY}.appPassword is refused, since Atlassian removed app passwords on 28 July 2026. Set an API token with scopes in ${KEY}.token`,
      },
    ],
    [
      'a revoked API token',
      {
        entry: { ...email, ...apiToken },
        accepted: API_TOKEN,
        refused: { ...API_TOKEN, revoked: true },
        diagnosis: `answered 401 Unauthorized. The API token in ${KEY}.token has expired (each does within a year), was revoked, belongs to another account than jane@example.com`,
      },
    ],
    [
      'a revoked access token',
      {
        entry: accessToken,
        accepted: ACCESS_TOKEN,
        refused: { ...ACCESS_TOKEN, revoked: true },
        diagnosis: `answered 401 Unauthorized. The access token in ${KEY}.token has expired, was revoked, or is not an access token. Create a new one`,
      },
    ],
    [
      'a consumer that is not private',
      {
        entry: consumer,
        accepted: CONSUMER,
        refused: { ...CONSUMER, isPrivate: false },
        diagnosis: `/site/oauth2/access_token answered 400 invalid_grant. The consumer of ${KEY}.clientId and ${KEY}.clientSecret is not private: edit it`,
      },
    ],
    [
      'a wrong OAuth secret',
      {
        entry: consumer,
        accepted: CONSUMER,
        refused: { ...CONSUMER, clientSecret: 'another' },
        diagnosis: `/site/oauth2/access_token answered 400 unauthorized_client. ${KEY}.clientId and ${KEY}.clientSecret are not the key and secret of a consumer: copy both again`,
      },
    ],
    [
      'an API token without the scope',
      {
        entry: { ...email, ...apiToken },
        accepted: API_TOKEN,
        refused: { ...API_TOKEN, scopes: ['read:workspace:bitbucket'] },
        diagnosis: `answered 403 Forbidden. The API token in ${KEY}.token lacks a scope (required: read:repository:bitbucket; granted: read:workspace:bitbucket). Create an API token with these scopes`,
      },
    ],
    [
      'a forbidden workspace',
      {
        entry: { ...email, ...apiToken },
        accepted: API_TOKEN,
        refused: { ...API_TOKEN, workspaces: ['elsewhere'] },
        diagnosis: `answered 403 Forbidden. The API token in ${KEY}.token is valid, but has no access to this. Give the account ${KEY}.username access to the workspace`,
      },
    ],
  ])('%s', async (_, { entry, accepted, refused, diagnosis }) => {
    const accounts = [accepted];
    await withBackend(entry, accounts, async world => {
      const change = (account: SimulatedAccount) => {
        accounts[0] = account;
        world.simulator.revokeTokens();
      };
      await world.backend.hasComponents(['private', 'public']);
      change(refused);
      expect(await whatIsSeen(world)).toEqual({
        ofTheWalk: [expect.stringContaining(diagnosis)],
        ofTheFiles: expect.stringContaining(diagnosis),
        components: ['private', 'public'],
      });

      change(accepted);
      await world.backend.walk();
      await world.backend.hasComponents(['new', 'private', 'public']);
    });
  });

  it.concurrent(
    'an OAuth consumer without the scope, until a token has it',
    () => {
      const accounts = [{ ...CONSUMER, scopes: ['account', 'webhook'] }];
      return withBackend(consumer, accounts, async ({ backend, advance }) => {
        await backend.walked();
        expect(walkErrors(backend)).toEqual([
          expect.stringContaining(
            `answered 403 Forbidden. The OAuth consumer in ${KEY}.clientId and ${KEY}.clientSecret lacks a scope (required: repository; granted: account, webhook). Tick the permissions`,
          ),
        ]);

        accounts[0] = { ...CONSUMER, scopes: ['repository'] };
        advance(2 * 60_000);
        await backend.walk();
        await backend.hasComponents(['private', 'public']);
      });
    },
  );

  it.concurrent('a workspace that does not exist', () =>
    withBackend(accessToken, [ACCESS_TOKEN], async world => {
      const { acme, backend } = world;
      await backend.hasComponents(['private', 'public']);
      acme.rename('acme-corp');
      const diagnosis = "No workspace with identifier 'acme'.";
      expect(await whatIsSeen(world)).toEqual({
        ofTheWalk: [expect.stringContaining(diagnosis)],
        ofTheFiles: expect.stringContaining(diagnosis),
        components: ['private', 'public'],
      });

      acme.rename('acme');
      await backend.walk();
      await backend.hasComponents(['new', 'private', 'public']);
    }),
  );
});

/** What a person sees once a walk, and the reading of a file, were refused. */
async function whatIsSeen({ acme, backend, advance }: World) {
  acme.addRepository(withFile('new'));
  advance(STALE);
  await backend.walk();
  let ofTheFiles = '';
  await until(async () => {
    ofTheFiles = JSON.stringify(await backend.entities('location'));
    return ofTheFiles.includes('"level":"error"');
  }, 'the catalog to be refused a file that it has read before');
  const ofTheWalk = walkErrors(backend);
  return { ofTheWalk, ofTheFiles, components: await backend.names() };
}

function walkErrors(backend: TestBackend): string[] {
  return backend
    .messages('error')
    .filter(message => message.startsWith(walkFailed('acme')));
}
