import {
  DataCenterAccount,
  SimulatedInstance,
} from '../../dev/simulator/data-center';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { dataCenterClientOf, startDataCenter } from '../../testing/dataCenter';
import { providerConfig } from '../../testing/discovery/providerConfig';
import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { projectWebhooks } from '../hosts/bitbucket-data-center/webhookApi';
import { InstalledWebhooks } from './InstalledWebhooks';

const url = 'https://portal.example/api/events/http/bitbucketServer';

describe('InstalledWebhooks of Bitbucket Data Center', () => {
  const account: DataCenterAccount = {
    name: 'robot',
    kind: 'userToken',
    token: 't0ken',
    projectPermission: 'ADMIN',
    repositoryPermission: 'ADMIN',
  };

  async function start(options: {
    secretsShown: boolean;
    projectPermission: 'READ' | 'ADMIN';
  }) {
    const { secretsShown, projectPermission } = options;
    const instance = new SimulatedInstance();
    ['PAY', 'SHOP', 'IT'].forEach(key => instance.addProject(key));
    const simulator = await startDataCenter({
      instance,
      accounts: [{ ...account, projectPermission }],
      quirks: { secretsShown },
    });
    const client = dataCenterClientOf(simulator, {
      credential: { kind: 'httpAccessToken', token: 't0ken' },
    });
    const logger = recordingLogger();
    const config = providerConfig({ webhooks: { url } });
    let now = Date.parse('2026-11-26T12:00:00Z');
    const webhooks = new InstalledWebhooks({
      host: {
        credential: client.credential,
        webhooks: projectWebhooks(client.api, client),
      },
      taskId: 'webhooks',
      open: memoryDatabase(),
      configs: [config],
      secrets: ['hush-hush'],
      projects: async () => ['PAY', 'SHOP', 'IT', '~JANE'],
      logger,
      now: () => now,
    });
    return {
      instance,
      simulator,
      status: () => webhooks.statusOf(config),
      isPending: (more: { webhooks?: { url: string } } = {}) =>
        webhooks.isPending({ ...config, ...more }),
      /** Checks as if it were six hours later, and gives what was logged. */
      async check() {
        now += 6 * 3_600_000;
        await webhooks.check(new AbortController().signal);
        return logger.lines
          .splice(0)
          .filter(({ level }) => level !== 'debug')
          .map(({ level, message }) => `${level}: ${message}`);
      },
    };
  }

  it.each([true, false])(
    'makes one in each project and repairs it, whether secrets are shown (%s)',
    async secretsShown => {
      const { instance, check, simulator, status } = await start({
        secretsShown,
        projectPermission: 'ADMIN',
      });
      expect(await check()).toEqual([
        `info: Webhook ${url} of projects IT, PAY, SHOP was installed.`,
      ]);
      expect(instance.hooks.all).toHaveLength(3);
      simulator.requests.clear();
      expect(await check()).toEqual([
        `info: Webhook ${url} of projects IT, PAY, SHOP is set up correctly.`,
      ]);
      expect(simulator.requests.count()).toBe(3);

      const [hook] = instance.hooks.of(instance.project('PAY'));
      instance.hooks.update(hook, { active: false });
      expect(await check()).toEqual([
        `info: Webhook ${url} of project PAY was repaired: it was disabled.`,
      ]);
      expect(hook).toMatchObject({ active: true, secret: 'hush-hush' });
      expect(status()?.message).toBe(
        `Webhook ${url} is set up correctly in 3 of 3 projects.`,
      );
    },
  );

  it('waits for the first check since the start, where there are to be any', async () => {
    const { check, isPending } = await start({
      secretsShown: false,
      projectPermission: 'ADMIN',
    });
    expect(isPending()).toBe(true);
    expect(isPending({ webhooks: undefined })).toBe(false);
    await check();
    expect(isPending()).toBe(false);
  });

  it('says in one line that it is refused, and how to do without', async () => {
    const { check, status, simulator } = await start({
      secretsShown: false,
      projectPermission: 'READ',
    });
    const refused = expect.stringMatching(
      /Webhook \S+ of projects IT, PAY, SHOP cannot be installed or checked \(HTTP access token\): only administrators of a project .*\(PROJECT_ADMIN\).* manually .*docs\/webhooks\.md/,
    );
    expect(await check()).toEqual([refused]);
    expect(simulator.requests.count()).toBe(3);
    expect(await check()).toEqual([]);
    expect(status()).toMatchObject({ state: 'refused', message: refused });
  });
});
