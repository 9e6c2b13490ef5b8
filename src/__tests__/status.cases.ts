import bitbucketCloud from '..';
import { TestBackend } from '../../testing/backend';
import { DATABASES, DatabaseServer } from '../../testing/databases';
import { ON_DEMAND } from '../../testing/schedule';
import { until } from '../../testing/until';
import {
  bitbucketCacheForgetPermission,
  bitbucketStatusReadPermission,
} from '../status/router';
import {
  allowAllBut,
  APPROVE,
  FORGET,
  ISO,
  messageOf,
  names,
  STATUS,
  statusOf,
  StatusWorld,
} from './StatusWorld';

describe.each(DATABASES)('the status endpoint on %s', (_, startServer) => {
  let databases: DatabaseServer;
  let world: StatusWorld;

  beforeAll(async () => {
    databases = await startServer();
  });
  beforeEach(async () => {
    world = await StatusWorld.create(databases);
  });
  afterEach(() => world.stop());
  afterAll(() => databases.stop());

  it('shows how the last walk went and when the next one is due', async () => {
    const catalog = await world.start({
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
              used: world.simulator.requests.count(),
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
    const clearFault = world.simulator.faults.add({
      kind: 'status',
      status: 401,
    });
    const catalog = await world.start();
    await catalog.walked();
    const refused = await statusOf(catalog);
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
    const granted = await statusOf(catalog);
    expect(granted).toMatchObject({
      access: { isGranted: true },
      lastWalk: { result: 'finished' },
    });
  });

  it('says at the start whether the workspace can be read', async () => {
    const catalog = await world.start();
    await expectLine(catalog, 'Workspace acme can be read (access token)');
    await catalog.walked();
    await catalog.stop();

    world.account.sees = () => false;
    const blind = await world.start();
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

  it('needs a permission of its own, and another one to forget what is cached', async () => {
    const catalog = await world.start({}, [
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
    world.simulator.requests.clear();
    await catalog.walk();
    expect(world.simulator.requests.count({ endpoint: 'src' })).toBe(0);
  });

  it('refuses requests without a token', async () => {
    const token = 'a-token-for-tests';
    const catalog = await world.start({}, [bitbucketCloud], {
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
