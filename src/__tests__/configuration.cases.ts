import { JsonObject, JsonValue } from '@backstage/types';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { parse } from 'yaml';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { componentFile, ON_DEMAND, TestBackend } from '../../testing';

const INTEGRATION = 'integrations.bitbucketCloud[0]';
const PROVIDER = 'catalog.providers.bitbucketCloud';

let simulator: Simulator;

beforeAll(async () => {
  const workspaces = ['acme', 'workspace-name'].map(
    slug => new SimulatedWorkspace({ slug }),
  );
  for (const workspace of workspaces) {
    for (const slug of ['service-pay', 'library-money']) {
      const files = { 'catalog-info.yaml': componentFile(slug) };
      workspace.addRepository({ slug, project: 'apis-shop', files });
    }
  }
  simulator = await startSimulator({
    workspaces,
    accounts: [
      {
        kind: 'apiToken',
        name: 'user@domain.com',
        username: 'user@domain.com',
        token: 'my-token',
      },
      { kind: 'accessToken', name: 'Bearer my-token', token: 'my-token' },
      {
        kind: 'appPassword',
        name: 'my-user',
        username: 'my-user',
        appPassword: 'my-password',
      },
      {
        kind: 'oauth',
        name: 'client-id',
        clientId: 'client-id',
        clientSecret: 'client-secret',
      },
    ],
    appPasswords: true,
  });
});

afterAll(() => simulator.stop());

describe('a backend does not start with', () => {
  /** Raised before any plugin starts, and so before any other reader. */
  const RAISED_BY_THE_LOADER =
    /^ConfigurationError: Feature loader created at .* failed; caused by ConfigurationError: The Bitbucket configuration cannot be used:\n- /;

  /** The problems that the start fails with. */
  async function problemsWith(config: JsonObject): Promise<string[]> {
    const start = TestBackend.start({ config });
    const reason = await start.then(() => 'It has started', String);
    expect(reason).toMatch(RAISED_BY_THE_LOADER);
    return reason.replace(RAISED_BY_THE_LOADER, '').split('\n- ');
  }

  it.each<[string, JsonValue, string[]]>([
    [
      'a user name alone',
      [{ username: 'jane@example.com' }],
      [
        `${INTEGRATION}.token is missing: username needs it. Add an API token with scopes, or remove username.`,
      ],
    ],
    [
      'a clientId alone',
      [{ clientId: 'key' }],
      [
        `${INTEGRATION}.clientSecret is missing: clientId needs it. Add the secret of the OAuth consumer, or remove clientId.`,
      ],
    ],
    [
      'a clientSecret alone',
      [{ clientSecret: 'secret' }],
      [
        `${INTEGRATION}.clientId is missing: clientSecret needs it. Add the key of the OAuth consumer, or remove clientSecret.`,
      ],
    ],
    [
      'an app password alone',
      [{ appPassword: 'secret' }],
      [`${INTEGRATION}.username is missing: appPassword needs it.`],
    ],
    [
      'blanks',
      [{ username: 'jane@example.com', token: '' }],
      [
        `${INTEGRATION}.token is blank. Give it a value or remove the key; if it refers to an environment variable, that variable is set but empty.`,
      ],
    ],
    [
      'wrong types',
      [{ username: 12, token: ['secret'] }],
      [
        `${INTEGRATION}.username must be text, but is a number. Put quotes around it.`,
        `${INTEGRATION}.token must be text, but is a list.`,
      ],
    ],
    [
      'a blank signing key, which is left alone otherwise',
      [{ token: 'secret', commitSigningKey: '' }],
      [`${INTEGRATION}.commitSigningKey is blank.`],
    ],
    [
      'a proxy that would get the token in the clear',
      [{ token: 'secret', apiBaseUrl: 'http://proxy.example.com' }],
      [`${INTEGRATION}.apiBaseUrl must begin with https://.`],
    ],
    [
      'two entries',
      [{ token: 'secret' }, {}],
      [
        'integrations.bitbucketCloud has 2 entries, but takes one at most, since bitbucket.org is one host. Put what differs into one entry.',
      ],
    ],
    [
      'an entry without anything',
      [null],
      [
        `${INTEGRATION} must be a map, but is empty. Write {} for anonymous access, or remove the entry.`,
      ],
    ],
    [
      'no list',
      { token: 'secret' },
      [
        'integrations.bitbucketCloud must be a list, but is a map. Begin the entry with "- ", or remove the key for anonymous access.',
      ],
    ],
  ])('credentials: %s', async (_, bitbucketCloud, problems) => {
    const config = { integrations: { bitbucketCloud } };
    expect(await problemsWith(config)).toEqual(
      problems.map(problem => expect.stringContaining(problem)),
    );
  });

  it.each<[string, JsonValue, string[]]>([
    [
      'an empty workspace',
      { workspace: '' },
      [`${PROVIDER}.workspace is blank.`],
    ],
    [
      'no workspace',
      { one: { workspace: 'acme' }, two: { catalogPath: '/a.yaml' } },
      [
        `${PROVIDER}.two.workspace is missing. Write the slug of the workspace, which is the "acme" of https://bitbucket.org/acme.`,
      ],
    ],
    [
      'bad expressions',
      {
        workspace: 'acme',
        filters: { projectKey: '(', exclude: { repoSlug: '[' } },
      },
      [
        `${PROVIDER}.filters.projectKey is not a regular expression:`,
        `${PROVIDER}.filters.exclude.repoSlug is not a regular expression:`,
      ],
    ],
    [
      'what would silently find nothing',
      {
        workspace: 'acme',
        catalogPath: '**/catalog-info.y?ml',
        filters: { repoSlug: '/^service-.*$/i' },
      },
      [
        `${PROVIDER}.catalogPath cannot be '**/catalog-info.y?ml', which has "?", "[" or "]" in it, which is not supported. Write a list of paths, such as ['/catalog-info.yaml', '/catalog-info.yml']`,
        `${PROVIDER}.filters.repoSlug is '/^service-.*$/i', which would match nothing, since slashes and flags are not part of an expression. Write '^service-.*$'.`,
      ],
    ],
    [
      'wrong types',
      { acme: { workspace: 7, branch: true, filters: [], catalogPath: {} } },
      [
        `${PROVIDER}.acme.workspace must be text, but is a number.`,
        `${PROVIDER}.acme.catalogPath must be text, but is a map.`,
        `${PROVIDER}.acme.branch must be text, but is true or false.`,
        `${PROVIDER}.acme.filters must be a map,`,
      ],
    ],
    [
      'a visibility that there is not',
      { workspace: 'acme', filters: { visibility: 'internal' } },
      [
        `${PROVIDER}.filters.visibility must be public or private, but is 'internal'.`,
      ],
    ],
    [
      'a schedule that cannot be read',
      { workspace: 'acme', schedule: { frequency: 'soon' } },
      [`${PROVIDER}.schedule.frequency cannot be read. Write for example`],
    ],
    [
      'pages that are too long',
      { workspace: 'acme', pagelen: 101 },
      [
        `${PROVIDER}.pagelen must be at most 100, which is Bitbucket's limit, but is 101.`,
      ],
    ],
    [
      'a list of providers',
      [{ workspace: 'acme' }],
      [`${PROVIDER} must be a map, but is a list.`],
    ],
  ])('providers: %s', async (_, bitbucketCloud, problems) => {
    const config = { catalog: { providers: { bitbucketCloud } } };
    expect(await problemsWith(config)).toEqual(
      problems.map(problem => expect.stringContaining(problem)),
    );
  });
});

async function withBackend(
  config: JsonObject & { catalog: JsonObject },
  test: (backend: TestBackend) => Promise<void>,
): Promise<void> {
  const backend = await TestBackend.start({ config });
  try {
    await test(backend);
  } finally {
    await backend.stop();
  }
}

/** Of all warnings, those about the configuration. */
function configWarnings(backend: TestBackend): string[] {
  return backend
    .messages('warn')
    .filter(message => /^(?:integrations|catalog)\./.test(message));
}

describe('a backend starts and works, and warns once of', () => {
  it.concurrent.each<[string, JsonObject, JsonObject, string[]]>([
    [
      'an app password',
      { username: 'my-user', appPassword: 'my-password' },
      { workspace: 'acme' },
      [
        `${INTEGRATION}.appPassword is sent, but Atlassian removed app passwords on 28 July 2026 and refuses them. Replace it: create an API token`,
      ],
    ],
    [
      'a token beside an app password, and unknown keys',
      {
        username: 'user@domain.com',
        token: 'my-token',
        appPassword: 'my-password',
        concurency: 2,
      },
      {
        workspace: 'acme',
        branches: 'main',
        filters: { projectkey: 'X' },
        fallbackToDefaultBranch: true,
      },
      [
        `${INTEGRATION}.appPassword has no effect: token takes precedence.`,
        `${INTEGRATION}.concurency is unknown and has no effect. Did you mean concurrency?`,
        `${PROVIDER}.branches is unknown and has no effect. Did you mean branch?`,
        `${PROVIDER}.filters.projectkey is unknown and has no effect. Did you mean projectKey?`,
        `${PROVIDER}.fallbackToDefaultBranch has no effect without branch`,
      ],
    ],
    [
      'what stands beside an OAuth consumer, and ids that mean the same',
      {
        token: 'my-token',
        clientId: 'client-id',
        clientSecret: 'client-secret',
      },
      {
        one: { workspace: 'acme', ...ON_DEMAND },
        two: { workspace: 'Acme', ...ON_DEMAND },
      },
      [
        `${INTEGRATION}.token has no effect: clientId and clientSecret take precedence.`,
        `${PROVIDER}.two reads /catalog-info.yaml of workspace Acme, and so does ${PROVIDER}.one`,
      ],
    ],
  ])('%s', async (_, entry, bitbucketCloud, warnings) => {
    const { apiBaseUrl } = simulator;
    const config = {
      integrations: { bitbucketCloud: [{ ...entry, apiBaseUrl }] },
      catalog: { providers: { bitbucketCloud } },
    };
    await withBackend(config, async backend => {
      await backend.hasComponents(['library-money', 'service-pay']);
      expect(configWarnings(backend)).toEqual(
        warnings.map(warning => expect.stringContaining(warning)),
      );
    });
  });
});

describe('what is documented for the stock module works as it is:', () => {
  const server = setupServer(
    http.all(/^https:\/\/(?:api\.)?bitbucket\.org\//, async ({ request }) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === 'GET' ? undefined : await request.text();
      const url = `${simulator.origin}${pathname}${search}`;
      return fetch(url, { method, headers, body });
    }),
  );
  beforeAll(() => server.listen({ onUnhandledRequest: 'bypass' }));
  afterAll(() => server.close());

  // https://backstage.io/docs/integrations/bitbucketCloud/locations
  // https://backstage.io/docs/integrations/bitbucketCloud/discovery
  it.each([
    [
      'an API token, and a provider with an id',
      `
integrations:
  bitbucketCloud:
    - username: user@domain.com # username -> user email
      token: my-token

catalog:
  providers:
    bitbucketCloud:
      yourProviderId: # identifies your ingested dataset
        catalogPath: /catalog-info.yaml # default value
        filters: # optional
          projectKey: '^apis-.*$' # optional; RegExp
          repoSlug: '^service-.*$' # optional; RegExp
        schedule: # same options as in SchedulerServiceTaskScheduleDefinition
          # supports cron, ISO duration, "human duration" as used in code
          frequency: { minutes: 30 }
          # supports ISO duration, "human duration" as used in code
          timeout: { minutes: 3 }
        workspace: workspace-name
`,
      'user@domain.com',
      ['service-pay'],
    ],
    [
      'Bearer authentication, and a provider without an id',
      `
integrations:
  bitbucketCloud:
    - token: my-token

catalog:
  providers:
    bitbucketCloud:
      workspace: workspace-name
`,
      'Bearer my-token',
      ['library-money', 'service-pay'],
    ],
    [
      'OAuth',
      `
integrations:
  bitbucketCloud:
    - clientId: client-id
      clientSecret: client-secret

catalog:
  providers:
    bitbucketCloud:
      workspace: workspace-name
`,
      'client-id',
      ['library-money', 'service-pay'],
    ],
    [
      'no credentials, as a public provider is added automatically',
      `
catalog:
  providers:
    bitbucketCloud:
      workspace: workspace-name
`,
      'anonymous',
      ['library-money', 'service-pay'],
    ],
  ])('%s', async (_, yaml, credential, components) => {
    simulator.requests.clear();
    await withBackend(parse(yaml), async backend => {
      await backend.hasComponents(components);
      expect(configWarnings(backend)).toEqual([]);
      expect(simulator.requests.count({ credential })).toBeGreaterThan(0);
    });
  });
});
