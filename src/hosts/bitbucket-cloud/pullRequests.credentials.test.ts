import { SimulatedAccount } from '../../../dev/simulator/accounts';
import { SimulatedWorkspace } from '../../../dev/simulator/world/workspace';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { start } from '../../../testing/simulator';
import { CredentialConfig } from '../../config/types';

const LINK = 'https://backstage.example.com/runs/1';

const shop = { fullName: 'acme/shop' };

const report = {
  id: 'catalog',
  title: 'Catalog',
  details: 'Fine.',
  isPassed: true,
  reporter: 'Backstage',
  values: [],
};
const status = {
  key: 'catalog',
  isPassed: true,
  name: 'Catalog',
  description: 'Fixed',
  url: LINK,
  branch: 'feature/x',
};

describe('pull requests at the simulator', () => {
  async function startAcme(account: SimulatedAccount & CredentialConfig) {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'shop', files: { a: 'a' } });
    acme.push('shop', { a: 'b' }, { branch: 'feature' });
    const { source } = acme.pullRequests.open('shop', { source: 'feature' });
    const simulator = await start({ workspaces: [acme], accounts: [account] });
    const client = clientOf(simulator, { credential: account });
    const head = { fullName: 'acme/shop', hash: source.commit.hash };
    return { client, head };
  }

  it.each<[SimulatedAccount & CredentialConfig, string, string]>([
    [
      {
        name: 'robot',
        kind: 'apiToken',
        username: 'jane@example.com',
        token: 't',
        scopes: ['read:repository:bitbucket', 'read:pullrequest:bitbucket'],
      },
      'read:repository:bitbucket and read:pullrequest:bitbucket',
      'write:pullrequest:bitbucket',
    ],
    [
      {
        name: 'robot',
        kind: 'accessToken',
        token: 't',
        scopes: ['repository', 'pullrequest'],
      },
      'repository and pullrequest',
      'pullrequest:write',
    ],
    [
      {
        name: 'robot',
        kind: 'oauth',
        clientId: 'key',
        clientSecret: 's',
        scopes: ['repository', 'pullrequest'],
      },
      'repository and pullrequest',
      'pullrequest:write',
    ],
  ])(
    'are reported to with %j, and not commented on',
    async (account, ...scopes) => {
      const { client, head } = await startAcme(account);
      const { pullRequests } = client;
      expect(Object.values(pullRequests.scopes)).toEqual(scopes);
      const pullRequest = await pullRequests.read(shop, 1, {});
      await pullRequests.listFiles(shop, pullRequest, {});
      await pullRequests.putReport(head, report, {});
      await pullRequests.putStatus(head, status, {});
      await expect(
        pullRequests.createComment(shop, 1, 'A', {}),
      ).rejects.toMatchObject({ required: [scopes[1]] });
    },
  );

  it('count as requests about repositories', async () => {
    const { client, head } = await startAcme({
      name: 'robot',
      kind: 'accessToken',
      token: 't',
    });
    await client.pullRequests.putReport(head, report, {});
    await client.pullRequests.putStatus(head, status, {});
    await client.pullRequests.deleteReport(head, report.id, {});
    await client.pullRequests.createComment(shop, 1, 'A', {});
    const used = client.budget
      .snapshot()
      .map(({ costClass, used: count }) => [costClass, count]);
    expect(Object.fromEntries(used)).toEqual({
      repositories: 4,
      archives: 0,
      webhooks: 0,
    });
  });
});
