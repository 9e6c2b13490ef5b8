import { SimulatedAccount } from '../../dev/simulator/accounts';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { providerConfig } from '../../testing/discovery/providerConfig';
import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { CredentialConfig, ProviderConfig } from '../config/types';
import { BitbucketCloudHost } from '../hosts/bitbucket-cloud/BitbucketCloudHost';
import { EVENTS, PULL_REQUEST_EVENTS } from '../hosts/bitbucket-cloud/delivery';
import { InstalledWebhooks } from './InstalledWebhooks';

const url = 'https://portal.example/api/events/http/bitbucketCloud';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const pullRequests: ProviderConfig['pullRequests'] = {
  buildStatus: 'failures',
  comment: false,
  references: 'warning',
  conflicts: 'error',
  removals: 'warning',
  drafts: true,
  forks: false,
  link: true,
  retentionMs: HOUR,
  requestsPerHour: 100,
};
const accessToken = { kind: 'accessToken', token: 't0ken' } as const;

describe('InstalledWebhooks', () => {
  let acme: SimulatedWorkspace;
  let other: SimulatedWorkspace;
  let accounts: SimulatedAccount[];
  let simulator: Simulator;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    other = new SimulatedWorkspace({ slug: 'other' });
    accounts = [{ ...accessToken, name: 'robot' }];
    simulator = await startSimulator({ workspaces: [acme, other], accounts });
  });
  afterEach(() => simulator.stop());

  function setUp(
    configs: ProviderConfig[] = [providerConfig({ webhooks: { url } })],
    credential: CredentialConfig = accessToken,
  ) {
    const logger = recordingLogger();
    let now = Date.parse('2026-11-22T12:00:00Z');
    const webhooks = new InstalledWebhooks({
      host: new BitbucketCloudHost(clientOf(simulator, { credential })),
      taskId: 'webhooks',
      open: memoryDatabase(),
      configs,
      secrets: ['hush-hush', 'old'],
      logger,
      now: () => now,
    });
    return {
      webhooks,
      check: () => webhooks.check(new AbortController().signal),
      advance: (ms: number) => {
        now += ms;
      },
      /** What was logged at a level since the last time. */
      messages: (...levels: string[]) =>
        logger.lines
          .splice(0)
          .filter(({ level }) => levels.includes(level))
          .map(({ level, message }) => `${level}: ${message}`),
    };
  }

  const HOOKS = { endpoint: 'hooks' } as const;

  it('says in one line what was done, and nothing where nothing is new', async () => {
    const { check, advance, messages } = setUp();
    const at = `Webhook ${url} of workspace acme`;
    await check();
    expect(messages('info', 'warn')).toEqual([`info: ${at} was installed.`]);
    for (const expected of [[`info: ${at} is set up correctly.`], []]) {
      advance(6 * HOUR);
      await check();
      expect(messages('info', 'warn')).toEqual(expected);
    }
    acme.hooks.update(acme.hooks.all[0], { active: false });
    advance(6 * HOUR);
    await check();
    expect(messages('info', 'warn')).toEqual([
      `info: ${at} was repaired: it was disabled.`,
    ]);
    expect(acme.hooks.all[0].active).toBe(true);
  });

  it('looks every six hours, or sooner after something went wrong', async () => {
    const { check, advance } = setUp();
    const clearFault = simulator.faults.add({
      ...HOOKS,
      kind: 'status',
      status: 400,
    });
    const lists = () => simulator.requests.count({ ...HOOKS, method: 'GET' });
    await check();
    advance(30 * MINUTE);
    await check();
    expect(lists()).toBe(2);
    clearFault();
    advance(30 * MINUTE);
    await check();
    expect(lists()).toBe(3);
    for (let hour = 1; hour <= 5; hour += 1) {
      advance(HOUR);
      await check();
    }
    expect(lists()).toBe(3);
    advance(HOUR);
    await check();
    expect(lists()).toBe(4);
  });

  it('warns once of what goes wrong, until something else happens', async () => {
    const { check, messages } = setUp();
    const fault = { ...HOOKS, kind: 'status' } as const;
    let clearFault = simulator.faults.add({ ...fault, status: 400 });
    await check();
    await check();
    expect(messages('info', 'warn')).toEqual([
      expect.stringMatching(
        /^warn: Webhook .* cannot be installed or checked .* 400/,
      ),
    ]);
    clearFault();
    clearFault = simulator.faults.add({ ...fault, status: 404 });
    await check();
    expect(messages('info', 'warn')).toEqual([expect.stringContaining('404')]);
    clearFault();
    await check();
    expect(messages('info', 'warn')).toEqual([
      expect.stringContaining('was installed'),
    ]);
  });

  it('installs one webhook for providers that share workspace and URL', async () => {
    const elsewhere = `${url}2`;
    const configs = [
      providerConfig({ id: 'one', webhooks: { url } }),
      providerConfig({ id: 'two', webhooks: { url } }),
      providerConfig({ id: 'three', webhooks: { url: elsewhere } }),
      providerConfig({ id: 'four' }),
      providerConfig({ id: 'five', workspace: 'other', webhooks: { url } }),
      providerConfig({ id: 'six', workspace: acme.uuid, webhooks: { url } }),
    ];
    const { webhooks, check, messages } = setUp(configs);
    expect(configs.map(config => webhooks.statusOf(config)?.state)).toEqual([
      'unchecked',
      'unchecked',
      'unchecked',
      undefined,
      'unchecked',
      'unchecked',
    ]);
    await check();
    expect(acme.hooks.all).toMatchObject([{ url }, { url: elsewhere }]);
    expect(other.hooks.all).toMatchObject([{ url }]);
    expect(messages('info')).toHaveLength(4);
    expect(configs.map(config => webhooks.statusOf(config))).toEqual([
      expect.objectContaining({ url, state: 'created' }),
      expect.objectContaining({ url, state: 'created' }),
      expect.objectContaining({ url: elsewhere, state: 'created' }),
      undefined,
      expect.objectContaining({ url, state: 'created' }),
      expect.objectContaining({ url, state: 'installed' }),
    ]);
  });

  it('has pull requests delivered where a provider of the workspace checks them', async () => {
    const { check } = setUp([
      providerConfig({ webhooks: { url } }),
      providerConfig({ id: 'checking', pullRequests }),
      providerConfig({ workspace: 'other', webhooks: { url } }),
    ]);
    await check();
    expect(acme.hooks.all).toMatchObject([
      { events: [...EVENTS, ...PULL_REQUEST_EVENTS] },
    ]);
    expect(other.hooks.all).toMatchObject([{ events: EVENTS }]);
  });

  it('shows the status, without the secret', async () => {
    const { webhooks, check } = setUp();
    await check();
    const status = webhooks.statusOf(providerConfig({ webhooks: { url } }));
    expect(status).toEqual({
      url,
      state: 'created',
      message: `Webhook ${url} of workspace acme was installed.`,
      checkedAt: '2026-11-22T12:00:00.000Z',
    });
    expect(acme.hooks.all[0].secret).toBe('hush-hush');
  });

  it('says nothing of a check that the end of the backend cuts short', async () => {
    const { webhooks, messages } = setUp();
    const ended = new AbortController();
    simulator.faults.add({ ...HOOKS, kind: 'hang', when: 'beforeHeaders' });
    const checking = webhooks.check(ended.signal);
    ended.abort();
    await checking;
    expect(messages('info', 'warn')).toEqual([]);
  });

  describe('a warning says what is missing, with', () => {
    const apiToken = {
      kind: 'apiToken',
      username: 'jane@example.com',
      token: 't0ken',
    } as const;
    const oauth = {
      kind: 'oauth',
      clientId: 'key',
      clientSecret: 's3cret',
    } as const;
    const BY_HAND =
      ', or create the webhook manually, as docs/webhooks.md describes, and remove webhooks.url.';

    it.each<
      [
        string,
        CredentialConfig,
        Pick<SimulatedAccount, 'scopes' | 'administers'>,
        string,
      ]
    >([
      [
        'an API token that reads',
        apiToken,
        { scopes: ['read:repository:bitbucket'] },
        '(API token of jane@example.com): the credential lacks read:webhook:bitbucket and write:webhook:bitbucket. Create an API token with these scopes too, ',
      ],
      [
        'an API token that sees webhooks',
        apiToken,
        { scopes: ['read:repository:bitbucket', 'read:webhook:bitbucket'] },
        '(API token of jane@example.com): the credential lacks write:webhook:bitbucket. ',
      ],
      [
        'an API token that sees no projects',
        apiToken,
        {
          scopes: [
            'read:repository:bitbucket',
            'read:webhook:bitbucket',
            'write:webhook:bitbucket',
          ],
        },
        '(API token of jane@example.com): the credential lacks read:project:bitbucket. ',
      ],
      [
        'an access token',
        accessToken,
        { scopes: ['repository', 'project'] },
        '(access token): the credential lacks webhook. Create an access token of the workspace ',
      ],
      [
        'an OAuth consumer',
        oauth,
        { scopes: ['repository', 'project'] },
        '(OAuth consumer): the credential lacks webhook. Tick these permissions of the consumer ',
      ],
      [
        'an API token of a user',
        apiToken,
        { administers: false },
        '(API token of jane@example.com): only administrators of the workspace can manage webhooks. Make the account of the API token an administrator',
      ],
      [
        'an access token of a repository',
        accessToken,
        { administers: false },
        '(access token): only administrators of the workspace can manage webhooks. Create an access token in the settings of the workspace',
      ],
    ])('%s', async (_, credential, account, expected) => {
      accounts[0] = {
        ...credential,
        name: 'robot',
        ...account,
      } as SimulatedAccount;
      const { check, messages, webhooks } = setUp(undefined, credential);
      await check();
      await check();
      const lines = messages('info', 'warn');
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(
        `warn: Webhook ${url} of workspace acme cannot be installed or checked ${expected}`,
      );
      expect(lines[0].endsWith(BY_HAND)).toBe(true);
      expect(acme.hooks.all).toEqual([]);
      const status = webhooks.statusOf(providerConfig({ webhooks: { url } }));
      expect(status).toMatchObject({ state: 'refused' });
    });

    it.each<[CredentialConfig, string[], string]>([
      [
        apiToken,
        [
          'read:repository:bitbucket',
          'read:project:bitbucket',
          'read:webhook:bitbucket',
          'write:webhook:bitbucket',
        ],
        'the credential lacks read:pullrequest:bitbucket. pullRequests in catalog.providers.bitbucketCloud needs read:pullrequest:bitbucket. Create an API token ',
      ],
      [
        accessToken,
        ['repository', 'project'],
        'the credential lacks webhook and pullrequest. pullRequests in catalog.providers.bitbucketCloud needs pullrequest. Create an access token ',
      ],
      [
        accessToken,
        ['repository', 'project', 'pullrequest:write'],
        'the credential lacks webhook. Create an access token ',
      ],
    ])('%j with %j, for pull requests', async (credential, scopes, why) => {
      accounts[0] = {
        ...credential,
        name: 'robot',
        scopes,
      } as SimulatedAccount;
      const { check, messages } = setUp(
        [providerConfig({ webhooks: { url }, pullRequests })],
        credential,
      );
      await check();
      expect(messages('warn')).toEqual([expect.stringContaining(why)]);
    });

    it('a token that Bitbucket does not take', async () => {
      accounts[0].revoked = true;
      const { check, messages } = setUp();
      await check();
      expect(messages('warn')).toEqual([
        expect.stringMatching(
          /answered 401 Unauthorized\. .* docs\/webhooks\.md/,
        ),
      ]);
    });

    it('no credential, without a request', async () => {
      const { check, messages } = setUp(undefined, { kind: 'anonymous' });
      await check();
      expect(messages('warn')).toEqual([
        `warn: Webhook ${url} of workspace acme cannot be installed or checked (anonymous): no credential is configured. Configure one in integrations.bitbucketCloud${BY_HAND}`,
      ]);
      expect(simulator.requests.count()).toBe(0);
    });
  });
});
