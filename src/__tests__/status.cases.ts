import { mockServices } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  BasicPermission,
} from '@backstage/plugin-permission-common';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '..';
import { SimulatedAccount } from '../../dev/simulator/accounts';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { TestBackend } from '../../testing/backend';
import { Database } from '../../testing/backendConfig';
import { configFor, withoutRereads } from '../../testing/configFor';
import { DATABASES, DatabaseServer } from '../../testing/databases';
import { componentFile } from '../../testing/entities';
import { identities } from '../../testing/identities';
import { ON_DEMAND } from '../../testing/schedule';
import { until } from '../../testing/until';
import { ProviderStatus } from '../ingestion/providerStatus';
import {
  bitbucketCacheForgetPermission,
  bitbucketRemovalsApprovePermission,
  bitbucketStatusReadPermission,
} from '../status/router';
import { allAreKept, someAreKept } from '../ingestion/removalPolicy';

const STATUS = 'bitbucket/status';
const APPROVE = 'bitbucket/removals/approve';
const FORGET = 'bitbucket/forget';
const ISO = expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/);

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `c${100 + from + index}`);

describe.each(DATABASES)('the status endpoint on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let account: SimulatedAccount;
  let simulator: Simulator;
  let backend: TestBackend | undefined;

  beforeAll(async () => {
    databases = await startServer();
  });
  beforeEach(async () => {
    database = databases.createDatabase();
    acme = new SimulatedWorkspace({ slug: 'acme' });
    names(0, 20).forEach((slug, index) =>
      acme.addRepository({
        slug,
        isPrivate: index >= 5,
        files: { 'catalog-info.yaml': componentFile(slug) },
      }),
    );
    account = { name: 'token', kind: 'accessToken', token: 't0p-s3cret' };
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [account],
    });
  });
  afterEach(async () => {
    await backend?.stop();
    await simulator.stop();
    backend = undefined;
  });
  afterAll(() => databases.stop());

  async function start(
    provider: JsonObject = {},
    features = [bitbucketCloud],
    backendPart?: JsonObject,
  ): Promise<TestBackend> {
    const config = configFor(
      simulator,
      { workspace: 'acme', ...ON_DEMAND, ...provider },
      { token: 't0p-s3cret' },
    );
    backend = await TestBackend.start({
      database,
      config: {
        ...withoutRereads(config),
        ...(backendPart && { backend: backendPart }),
      },
      features,
    });
    return backend;
  }

  /** All twenty components are there, and then fifteen repositories are hidden. */
  async function startAndHold(
    features = [bitbucketCloud],
  ): Promise<TestBackend> {
    const catalog = await start({}, features);
    await catalog.hasComponents(names(0, 20));
    account.sees = repository => !repository.isPrivate;
    await catalog.walk();
    return catalog;
  }

  /** The status of the only provider. */
  async function read(catalog: TestBackend): Promise<ProviderStatus> {
    const answer = await catalog.get(STATUS);
    const status = (await answer.json()) as { providers: ProviderStatus[] };
    return status.providers[0];
  }

  async function approve(
    catalog: TestBackend,
    body: JsonObject = { provider: 'default' },
  ) {
    const answer = await catalog.post(APPROVE, body);
    return { status: answer.status, body: await answer.json() };
  }

  it('shows how the last walk went and when the next one is due', async () => {
    const catalog = await start({
      schedule: { ...ON_DEMAND.schedule, frequency: { hours: 24 } },
    });
    await catalog.hasComponents(names(0, 20));
    await catalog.walked();
    const text = await (await catalog.get(STATUS)).text();
    expect(text).not.toContain('s3cret');
    const status = JSON.parse(text);
    expect(status).toEqual({
      hosts: [
        {
          id: 'bitbucket.org',
          product: 'Bitbucket Cloud',
          credential: { kind: 'accessToken', label: 'access token' },
          budget: [
            expect.objectContaining({
              costClass: 'repositories',
              limit: 100_000,
              used: simulator.requests.count(),
              moreAt: ISO,
            }),
            expect.objectContaining({ costClass: 'archives', used: 0 }),
            expect.objectContaining({ costClass: 'webhooks', used: 0 }),
          ],
          deliveries: {
            accepted: 0,
            ignored: 0,
            repeated: 0,
            malformed: 0,
            refused: 0,
            deferred: 0,
            failed: 0,
          },
        },
      ],
      providers: [
        {
          host: 'bitbucket.org',
          id: 'default',
          workspace: 'acme',
          access: {
            checkedAt: ISO,
            isGranted: true,
            message: 'Workspace acme can be read (access token)',
          },
          lastWalk: {
            startedAt: ISO,
            endedAt: ISO,
            seconds: expect.any(Number),
            result: 'finished',
            message: expect.stringMatching(/^Walked workspace acme: 20 repos/),
            requests: 22,
          },
          nextWalkAt: ISO,
          repositories: 20,
          locations: 20,
        },
      ],
    });
    const [{ lastWalk, nextWalkAt }] = status.providers;
    expect(Date.parse(nextWalkAt) - Date.parse(lastWalk.startedAt)).toBe(
      24 * 3_600_000,
    );
  });

  it('says what to change while the credential is refused, and that it works again', async () => {
    const clearFault = simulator.faults.add({ kind: 'status', status: 401 });
    const catalog = await start();
    await catalog.walked();
    const refused = await read(catalog);
    expect(refused.access).toMatchObject({
      isGranted: false,
      message: expect.stringMatching(/^Workspace acme cannot be read \(access/),
    });
    expect(refused.lastWalk).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/answered 401 .*access token/),
    });
    clearFault();
    await catalog.walk();
    const granted = await read(catalog);
    expect(granted).toMatchObject({
      access: { isGranted: true },
      lastWalk: { result: 'finished' },
    });
  });

  it('says at the start whether the workspace can be read', async () => {
    const catalog = await start();
    await expectLine(catalog, 'Workspace acme can be read (access token)');
    await catalog.walked();
    await catalog.stop();

    account.sees = () => false;
    const blind = await start();
    await expectLine(
      blind,
      'Workspace acme cannot be read (access token): the credential sees no repository in it. Give it access to the repositories, unless there are none',
    );
  });

  async function expectLine(catalog: TestBackend, line: string): Promise<void> {
    await until(
      async () => catalog.logs.some(({ message }) => message === line),
      `the line ${line}`,
    );
  }

  describe('while a removal is held', () => {
    it('applies it once, when it is approved', async () => {
      const catalog = await startAndHold();
      const { held, locations } = await read(catalog);
      expect(locations).toBe(20);
      expect(held).toEqual({
        since: ISO,
        reason: expect.stringContaining(someAreKept(15, 20)),
        locations: 15,
        isApproved: false,
      });

      expect(await approve(catalog)).toEqual({
        status: 200,
        body: { provider: 'default', locations: 15, reason: held?.reason },
      });
      await catalog.hasComponents(names(0, 5));
      await catalog.walked();
      const after = await read(catalog);
      expect(after).toMatchObject({ locations: 5, repositories: 5 });
      expect(after.held).toBeUndefined();
      expect(catalog.logs.map(({ text }) => text).join()).toMatch(
        /bitbucket-removals-approve/,
      );
    });

    it('does not apply removals that were found after the approval', async () => {
      const catalog = await startAndHold();
      const clearFault = simulator.faults.add({ kind: 'status', status: 503 });
      expect((await approve(catalog, {})).status).toBe(200);
      await catalog.walked();
      account.sees = () => false;
      clearFault();
      await catalog.walk();
      await catalog.hasComponents(names(0, 5));
      const { held } = await read(catalog);
      expect(held).toMatchObject({
        reason: expect.stringContaining(allAreKept(5)),
        isApproved: false,
      });
    });

    it('is remembered over a restart, logged as a warning once, and ends when the repositories are back', async () => {
      const first = await startAndHold();
      const { held } = await read(first);
      await first.stop();

      const second = await start();
      await second.walked();
      await second.walk();
      expect((await read(second)).held).toEqual(held);
      expect(second.messages()).toEqual([]);
      expect(await second.names()).toEqual(names(0, 20));

      account.sees = undefined;
      await second.walk();
      expect((await read(second)).held).toBeUndefined();
    });

    it('can only be approved with the permission', async () => {
      const allButThis = allowAllBut(bitbucketRemovalsApprovePermission);
      const catalog = await startAndHold([bitbucketCloud, allButThis]);
      expect(await approve(catalog)).toMatchObject({
        status: 403,
        body: {
          error: {
            message:
              'Approving removals requires the permission catalog.bitbucket.removals.approve',
          },
        },
      });
      expect((await read(catalog)).held?.isApproved).toBe(false);
    });
  });

  it('needs a permission of its own, and another one to forget what is cached', async () => {
    const catalog = await start({}, [
      bitbucketCloud,
      allowAllBut(
        bitbucketStatusReadPermission,
        bitbucketCacheForgetPermission,
      ),
    ]);
    await catalog.hasComponents(names(0, 20));
    const answers = await Promise.all([
      catalog.get(STATUS),
      catalog.post(FORGET, { workspace: 'acme' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    const bodies = await Promise.all(answers.map(answer => answer.json()));
    expect(bodies).toEqual([
      messageOf(
        'Reading the status requires the permission catalog.bitbucket.status.read',
      ),
      messageOf(
        'Clearing the cache requires the permission catalog.bitbucket.cache.forget',
      ),
    ]);
    // Nothing was forgotten.
    simulator.requests.clear();
    await catalog.walk();
    expect(simulator.requests.count({ endpoint: 'src' })).toBe(0);
  });

  describe('when asked to forget', () => {
    it('drops what is cached, so that the next walk fetches all of it and removes nothing', async () => {
      // At the default interval of full lists.
      const catalog = await start({ fullWalk: undefined });
      await catalog.hasComponents(names(0, 20));
      await catalog.walked();
      const before = await identities(catalog);
      await catalog.walk();
      const forgotten = await catalog.post(FORGET, { workspace: 'acme' });
      expect(forgotten.status).toBe(200);
      expect(await forgotten.json()).toEqual({
        workspace: 'acme',
        forgotten: {
          repositories: 20,
          refs: 20,
          files: expect.any(Number),
          globResults: expect.any(Number),
          folders: 0,
          failures: 0,
          repositoryLists: 1,
        },
      });
      expect(catalog.logs.map(({ text }) => text).join()).toMatch(
        /bitbucket-forget/,
      );
      simulator.requests.clear();
      await catalog.walk();
      const { lastWalk } = await read(catalog);
      expect(lastWalk?.message).toMatch(
        /^Walked workspace acme: 20 repositories, .*20 catalog files, 0 added, .*0 removed/,
      );
      expect(simulator.requests.count({ endpoint: 'src' })).toBe(20);

      expect(
        await (
          await catalog.post(FORGET, { workspace: 'acme', repository: 'c105' })
        ).json(),
      ).toMatchObject({
        repository: 'c105',
        forgotten: { repositories: 1, refs: 1, repositoryLists: 1 },
      });
      simulator.requests.clear();
      await catalog.walk();
      expect(simulator.requests.count({ endpoint: 'src' })).toBe(1);
      expect(await identities(catalog)).toEqual(before);
    });
  });

  it('refuses what it cannot approve or forget, and says what to do', async () => {
    const catalog = await start();
    const refused: [path: string, JsonObject, status: number, string][] = [
      [
        APPROVE,
        { provider: 'other' },
        404,
        'There is no provider other in catalog.providers.bitbucketCloud. The providers are: default',
      ],
      [
        APPROVE,
        { provider: 5 },
        400,
        'The body must be JSON such as { "provider": "default" }. The providers are: default',
      ],
      [
        APPROVE,
        { provider: 'default' },
        409,
        'Provider default holds no removals, so there is nothing to approve',
      ],
      [
        FORGET,
        { workspace: 'acmee' },
        404,
        'Nothing is cached for workspace acmee. Workspaces in catalog.providers.bitbucketCloud: acme',
      ],
      [
        FORGET,
        { workspace: 'acme\nx' },
        400,
        'The body must be JSON such as { "workspace": "acme", "repository": "shop" }, with the names from the URL of the repository, or { "workspace": "acme" } for the whole workspace',
      ],
    ];
    for (const [path, body, status, message] of refused) {
      const answer = await catalog.post(path, body);
      expect(answer.status).toBe(status);
      expect(await answer.json()).toEqual(messageOf(message));
    }
  });

  it('refuses requests without a token', async () => {
    const token = 'a-token-for-tests';
    const catalog = await start({}, [bitbucketCloud], {
      auth: {
        externalAccess: [
          { type: 'static', options: { token, subject: 'tests' } },
        ],
      },
    });
    expect((await catalog.get(STATUS)).status).toBe(401);
    expect((await catalog.post(APPROVE)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await catalog.get(STATUS, { headers })).status).toBe(200);
  });
});

/** The body of an answer that says what is wrong. */
const messageOf = (message: string) =>
  expect.objectContaining({ error: expect.objectContaining({ message }) });

function allowAllBut(...denied: BasicPermission[]) {
  const { factory } = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(({ permission }) => ({
        result: denied.some(({ name }) => name === permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      })),
    authorizeConditional: async requests =>
      requests.map(() => ({ result: AuthorizeResult.ALLOW })),
  });
  return factory;
}
