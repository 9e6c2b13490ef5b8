import {
  DataCenterAccount,
  DataCenterSimulator,
  SimulatedInstance,
} from '../../../dev/simulator/data-center';
import { collect } from '../../../testing/bitbucket/collect';
import {
  dataCenterClientOf,
  startDataCenter,
} from '../../../testing/dataCenter';
import { ForbiddenError, UnauthorizedError } from '../../scm/errors';
import { ScmWebhooks } from '../../scm/webhooks';
import { projectWebhooks } from './webhookApi';

const SETTINGS = {
  url: 'https://portal.example/api/events/http/bitbucketServer',
  description: 'Backstage catalog',
  events: ['repo:refs_changed'],
  secret: 'hush-hush',
};
const details = { method: 'GET', url: 'https://git.example/', status: 401 };

describe('the webhooks of projects', () => {
  let instance: SimulatedInstance;
  let simulator: DataCenterSimulator;
  let account: DataCenterAccount;
  let webhooks: ScmWebhooks;
  let host: string;

  beforeEach(() => {
    instance = new SimulatedInstance();
    instance.addProject('PAY');
    account = {
      name: 'robot',
      kind: 'userToken',
      token: 't0ken',
      projectPermission: 'ADMIN',
      repositoryPermission: 'ADMIN',
    };
  });

  async function start(secretsShown = false): Promise<void> {
    simulator = await startDataCenter({
      instance,
      accounts: [account],
      contextPath: '/bitbucket',
      quirks: { secretsShown },
    });
    const client = dataCenterClientOf(simulator, {
      credential: { kind: 'httpAccessToken', token: 't0ken' },
    });
    webhooks = projectWebhooks(client.api, client);
    host = client.api.host;
  }

  const pay = () => webhooks.placesOf(host, ['PAY'])[0];
  const hooks = () => instance.hooks.all;

  it('are those of all projects but personal ones', async () => {
    await start();
    expect(webhooks.placesOf(host, ['SHOP', '~JANE', 'PAY', 'SHOP'])).toEqual([
      { key: `${host}/PAY`, name: 'PAY' },
      { key: `${host}/SHOP`, name: 'SHOP' },
    ]);
    expect(webhooks.placesOf(host, [])).toEqual([]);
  });

  it.each([false, true])(
    'are made and listed, whether their secrets are shown (%s), and show none',
    async secretsShown => {
      await start(secretsShown);
      const made = await webhooks.create(pay(), SETTINGS, {});
      expect(made).toEqual({
        uuid: `${host}#${hooks()[0].id}`,
        url: SETTINGS.url,
        description: 'Backstage catalog',
        isActive: true,
        events: ['repo:refs_changed'],
        hasSecret: true,
      });
      expect(await collect(webhooks.list(pay(), {}))).toEqual([made]);
      expect(hooks()).toMatchObject([
        { secret: 'hush-hush', sslVerificationRequired: true },
      ]);
    },
  );

  it('are changed with all that a person has set besides', async () => {
    await start();
    const { uuid } = await webhooks.create(pay(), SETTINGS, {});
    instance.hooks.update(hooks()[0], {
      active: false,
      sslVerificationRequired: false,
    });
    const events = ['repo:refs_changed', 'pr:opened'];
    const settings = { ...SETTINGS, events, secret: 'new' };
    const changed = await webhooks.update(pay(), uuid, settings, {});
    expect(changed).toMatchObject({ uuid, isActive: true, events });
    expect(hooks()).toMatchObject([
      { active: true, secret: 'new', sslVerificationRequired: false, events },
    ]);
  });

  it('take events that an instance takes', async () => {
    await start();
    const { repositories, pullRequests } = webhooks.events;
    // An instance refuses it: https://github.com/vriesdemichael/bitbucket-data-center-cli
    expect(pullRequests).not.toContain('pr:to_ref_updated');
    const events = [...repositories, ...pullRequests];
    await webhooks.create(pay(), { ...SETTINGS, events }, {});
    expect(hooks()).toMatchObject([{ events }]);
  });

  it('are refused to who does not administer the project', async () => {
    account.projectPermission = 'WRITE';
    await start();
    for (const call of [
      collect(webhooks.list(pay(), {})),
      webhooks.create(pay(), SETTINGS, {}),
    ]) {
      await expect(call).rejects.toThrow(ForbiddenError);
    }
    expect(hooks()).toEqual([]);
  });

  it('are made once only, and no error shows the secret', async () => {
    await start();
    simulator.faults.add({
      kind: 'status',
      method: 'POST',
      status: 503,
      text: JSON.stringify({ errors: [{ message: 'hush-hush' }] }),
    });
    const error = await webhooks.create(pay(), SETTINGS, {}).catch(e => e);
    expect(error.name).toBe('UnavailableError');
    expect(error.message).not.toContain('hush-hush');
    expect(simulator.requests.count({ method: 'POST' })).toBe(1);
  });

  it.each<[string, ForbiddenError | UnauthorizedError | undefined, RegExp]>([
    [
      'no credential',
      undefined,
      /^no credential is configured\. .*\.token, or/,
    ],
    [
      'a refusal',
      new ForbiddenError('no', details),
      /^only administrators of a project .*"Project admin" \(PROJECT_ADMIN\)/,
    ],
    [
      'a wrong credential',
      new UnauthorizedError('It has expired.', details),
      /It has expired\. Webhooks need .*\(PROJECT_ADMIN\)/,
    ],
  ])('come with an advice after %s', async (_, error, expected) => {
    await start();
    const advice = webhooks.explainRefusal([], error);
    expect(advice).toMatch(expected);
    expect(advice).toMatch(
      /or create the webhook manually in the settings of each project, as docs\/webhooks\.md describes, and remove webhooks\.url\.$/,
    );
  });
});
