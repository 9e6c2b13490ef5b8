import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { providerConfig } from '../../testing/discovery/providerConfig';
import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { ProviderConfig } from '../config/types';
import {
  ForbiddenError,
  RateLimitedError,
  UnauthorizedError,
  UnavailableError,
} from '../scm/errors';
import { ScmWebhooks, Webhook } from '../scm/webhooks';
import { InstalledWebhooks } from './InstalledWebhooks';

const url = 'https://portal.example/api/events/http/bitbucketServer';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const details = { method: 'GET', url: 'https://git.example/', status: 401 };

/** A host with a webhook for each project, which notes what is asked of it. */
class Projects implements ScmWebhooks {
  readonly placeKind = 'project';
  readonly events = {
    repositories: ['repo:refs_changed'],
    pullRequests: ['pr:opened'],
  };
  readonly hooks = new Map<string, Webhook[]>();
  readonly asked: string[] = [];
  fail: (key: string) => Error | undefined = () => undefined;

  placesOf: ScmWebhooks['placesOf'] = (_, keys) =>
    keys.map(name => ({ key: `git.example/${name}`, name }));

  async *list({ name }: { name: string }) {
    this.note(`GET ${name}`, name);
    yield* this.hooks.get(name) ?? [];
  }

  create: ScmWebhooks['create'] = async ({ name }, settings) => {
    this.note(`POST ${name}`, name);
    return this.save(name, `${name}#1`, settings);
  };

  update: ScmWebhooks['update'] = async ({ name }, uuid, settings) => {
    this.note(`PUT ${name}`, name);
    return this.save(name, uuid, settings);
  };

  explainRefusal = () => 'it lacks PROJECT_ADMIN.';

  private note(request: string, name: string) {
    this.asked.push(request);
    const error = this.fail(name);
    if (error) {
      throw error;
    }
  }

  private save(
    name: string,
    uuid: string,
    settings: { url: string; description: string; events: string[] },
  ): Webhook {
    const hook = { ...settings, uuid, isActive: true, hasSecret: true };
    this.hooks.set(name, [hook]);
    return hook;
  }
}

describe('InstalledWebhooks of projects', () => {
  let projects: Projects;
  let keys: Record<string, string[]>;
  let now: number;
  let open: ReturnType<typeof memoryDatabase>;

  beforeEach(() => {
    projects = new Projects();
    keys = { default: ['PAY', 'SHOP'] };
    now = Date.parse('2026-11-26T12:00:00Z');
    open = memoryDatabase();
  });

  function start(
    configs: ProviderConfig[] = [
      providerConfig({ id: 'default', webhooks: { url } }),
    ],
    secret = 'hush-hush',
  ) {
    const logger = recordingLogger();
    const webhooks = new InstalledWebhooks({
      host: {
        credential: { kind: 'httpAccessToken', label: 'HTTP access token' },
        webhooks: projects,
      },
      taskId: 'webhooks',
      open,
      configs,
      secrets: [secret],
      projects: async ({ id }) => keys[id],
      logger,
      now: () => now,
    });
    return {
      check: () => webhooks.check(new AbortController().signal),
      status: (index = 0) => webhooks.statusOf(configs[index]),
      /** What was logged since the last time, but for details. */
      messages: () =>
        logger.lines
          .splice(0)
          .filter(({ level }) => level !== 'debug')
          .map(({ level, message }) => `${level}: ${message}`),
    };
  }

  const asked = () => projects.asked.splice(0);

  it('installs one in each project, and says so in one line', async () => {
    const { check, messages, status } = start();
    expect(status()).toEqual({ url, state: 'unchecked' });
    await check();
    expect(asked()).toEqual(['GET PAY', 'POST PAY', 'GET SHOP', 'POST SHOP']);
    expect(messages()).toEqual([
      `info: Webhook ${url} of projects PAY, SHOP was installed.`,
    ]);
    expect(status()).toEqual({
      url,
      state: 'created',
      message: `Webhook ${url} is set up correctly in 2 of 2 projects.`,
      checkedAt: '2026-11-26T12:00:00.000Z',
    });
  });

  it('looks at each project once in six hours, and at a new one with the next check', async () => {
    const { check, messages } = start();
    await check();
    asked();
    messages();
    now += 5 * MINUTE;
    keys.default.push('NEW');
    await check();
    expect(asked()).toEqual(['GET NEW', 'POST NEW']);
    expect(messages()).toEqual([
      `info: Webhook ${url} of project NEW was installed.`,
    ]);
    now += 6 * HOUR - 5 * MINUTE;
    await check();
    expect(asked()).toEqual(['GET PAY', 'GET SHOP']);
  });

  it('learns from the database what was found before a restart, or by another replica', async () => {
    await start().check();
    asked();
    now += HOUR;
    const again = start();
    await again.check();
    expect(asked()).toEqual([]);
    expect(again.messages()).toEqual([]);
    expect(again.status()).toMatchObject({
      state: 'installed',
      checkedAt: '2026-11-26T12:00:00.000Z',
    });
    now += 5 * HOUR;
    await again.check();
    expect(asked()).toEqual(['GET PAY', 'GET SHOP']);
  });

  it('looks again after a restart with another secret, or with pull requests', async () => {
    await start().check();
    asked();
    await start(undefined, 'new').check();
    expect(asked()).toEqual(['GET PAY', 'PUT PAY', 'GET SHOP', 'PUT SHOP']);
    const pullRequests = {} as ProviderConfig['pullRequests'];
    await start(
      [providerConfig({ id: 'default', webhooks: { url }, pullRequests })],
      'new',
    ).check();
    expect(asked()).toEqual(['GET PAY', 'PUT PAY', 'GET SHOP', 'PUT SHOP']);
    expect(projects.hooks.get('PAY')).toMatchObject([
      { events: ['repo:refs_changed', 'pr:opened'] },
    ]);
  });

  it('says in one line where it is refused, and does not ask again for six hours', async () => {
    keys.default = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'OK'];
    projects.fail = name =>
      name === 'OK' ? undefined : new ForbiddenError('no', details);
    const { check, messages, status } = start();
    await check();
    const refused = `Webhook ${url} of projects A, B, C, D, E and 2 others cannot be installed or checked (HTTP access token): it lacks PROJECT_ADMIN.`;
    expect(messages()).toEqual([
      `warn: ${refused}`,
      `info: Webhook ${url} of project OK was installed.`,
    ]);
    expect(status()).toMatchObject({
      state: 'refused',
      message: `Webhook ${url} is set up correctly in 1 of 8 projects. ${refused}`,
    });
    asked();
    now += HOUR;
    await check();
    expect(asked()).toEqual([]);
    now += 5 * HOUR;
    await check();
    expect(asked()).toHaveLength(8);
    expect(messages()).toEqual([
      `info: Webhook ${url} of project OK is set up correctly.`,
    ]);
  });

  it.each<[string, Error]>([
    ['a 401', new UnauthorizedError('no', details)],
    ['a 503', new UnavailableError('no', details)],
    ['a 429', new RateLimitedError('no', { ...details, retryAt: new Date() })],
  ])('does not ask for every project after %s', async (_, error) => {
    projects.fail = () => error;
    const { check, messages } = start();
    await check();
    expect(asked()).toEqual(['GET PAY']);
    expect(messages()).toEqual([
      expect.stringMatching(/^warn: Webhook \S+ of projects PAY, SHOP cannot/),
    ]);
  });

  it('tries again half an hour after a failure', async () => {
    projects.fail = name => (name === 'PAY' ? new Error('odd') : undefined);
    const { check } = start();
    await check();
    asked();
    now += 29 * MINUTE;
    await check();
    expect(asked()).toEqual([]);
    projects.fail = () => undefined;
    now += MINUTE;
    await check();
    expect(asked()).toEqual(['GET PAY', 'POST PAY']);
  });

  it('looks at some of many projects at once, the others with the next check', async () => {
    keys.default = Array.from({ length: 250 }, (_, index) => `P${index}`);
    const { check, status } = start();
    await check();
    expect(asked()).toHaveLength(400);
    expect(status()?.message).toContain(
      'set up correctly in 200 of 250 projects',
    );
    now += 5 * MINUTE;
    await check();
    expect(asked()).toHaveLength(100);
  });

  it('counts the projects of each provider, and asks once for those of two', async () => {
    keys = { default: ['PAY', 'SHOP'], other: ['SHOP'] };
    const configs = ['default', 'other'].map(id =>
      providerConfig({ id, webhooks: { url } }),
    );
    const { check, status } = start(configs);
    await check();
    expect(asked()).toHaveLength(4);
    expect(status(0)?.message).toContain('set up correctly in 2 of 2 projects');
    expect(status(1)?.message).toBe(
      `Webhook ${url} of project SHOP was installed.`,
    );
  });

  it('waits until a project is known', async () => {
    keys.default = [];
    const { check, status, messages } = start();
    await check();
    expect(asked()).toEqual([]);
    expect(messages()).toEqual([]);
    expect(status()).toEqual({ url, state: 'unchecked' });
  });

  it('forgets a project that has no repository any more', async () => {
    const { check, status } = start();
    await check();
    keys.default = ['SHOP'];
    await check();
    expect(status()?.message).toBe(
      `Webhook ${url} of project SHOP was installed.`,
    );
  });
});
