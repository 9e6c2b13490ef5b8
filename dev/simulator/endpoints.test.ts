import { ask, basic, start } from '../../testing/simulator';
import { Endpoint, SimulatedAccount, SimulatedWorkspace } from '.';

const SHOP = '/2.0/repositories/acme/shop';
const COMMIT = `${SHOP}/commit/0123456`;
const PULL_REQUEST = `${SHOP}/pullrequests/1`;

const REPOSITORY = ['read:repository:bitbucket', 'repository'];
const READ = ['read:pullrequest:bitbucket', 'pullrequest'];
const WRITE = ['write:pullrequest:bitbucket', 'pullrequest:write'];

const REQUESTS: [
  method: string,
  path: string,
  endpoint: Endpoint,
  scopes: string[],
][] = [
  ['GET', `${SHOP}/pullrequests`, 'pullrequests', READ],
  ['GET', PULL_REQUEST, 'pullrequest', READ],
  ['GET', `${PULL_REQUEST}/diffstat`, 'pullrequestDiffstat', READ],
  ['GET', `${PULL_REQUEST}/conflicts`, 'pullrequestConflicts', READ],
  ['GET', `${SHOP}/file-conflicts/a..b`, 'fileConflicts', REPOSITORY],
  ['GET', `${PULL_REQUEST}/comments`, 'comments', READ],
  ['POST', `${PULL_REQUEST}/comments`, 'comments', WRITE],
  ['GET', `${PULL_REQUEST}/comments/1`, 'comment', READ],
  ['PUT', `${PULL_REQUEST}/comments/1`, 'comment', WRITE],
  ['DELETE', `${PULL_REQUEST}/comments/1`, 'comment', WRITE],
  ['GET', `${COMMIT}/reports`, 'reports', REPOSITORY],
  ['GET', `${COMMIT}/reports/x`, 'report', REPOSITORY],
  ['PUT', `${COMMIT}/reports/x`, 'report', REPOSITORY],
  ['DELETE', `${COMMIT}/reports/x`, 'report', REPOSITORY],
  ['GET', `${COMMIT}/reports/x/annotations`, 'annotations', REPOSITORY],
  ['POST', `${COMMIT}/reports/x/annotations`, 'annotations', REPOSITORY],
  ['GET', `${COMMIT}/statuses`, 'statuses', REPOSITORY],
  ['POST', `${COMMIT}/statuses/build`, 'statuses', REPOSITORY],
  ['GET', `${COMMIT}/statuses/build/x`, 'status', REPOSITORY],
  ['PUT', `${COMMIT}/statuses/build/x`, 'status', REPOSITORY],
];

async function startWith(account: SimulatedAccount) {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  acme.addRepository({ slug: 'shop', files: { a: 'a' } });
  acme.pullRequests.open('shop', { source: 'main' });
  return start({
    workspaces: [acme],
    accounts: [account],
    rateLimit: { headers: ['X-RateLimit-Resource'] },
  });
}

describe.each(REQUESTS)('%s %s', (method, path, endpoint, scopes) => {
  it(`needs ${scopes[0]} of an API token, and counts as ${endpoint}`, async () => {
    const credential = basic('jane@example.com', 't');
    const account = {
      kind: 'apiToken' as const,
      name: 'jane',
      username: 'jane@example.com',
      token: 't',
      scopes: ['read:project:bitbucket'],
    };
    const simulator = await startWith(account);
    const refused = await ask(simulator, path, { method, ...credential });
    expect(refused).toMatchObject({
      status: 403,
      json: { error: { detail: { required: [scopes[0]] } } },
    });
    account.scopes = [scopes[0]];
    simulator.faults.add({ kind: 'status', status: 555, endpoint, skip: 1 });
    const { status, headers } = await ask(simulator, path, {
      method,
      ...credential,
    });
    expect(status).not.toBe(403);
    expect(headers.get('X-RateLimit-Resource')).toBe('repositories');
    expect((await ask(simulator, path, { method })).status).toBe(555);
    expect(simulator.requests.count({ endpoint, method })).toBe(3);
  });

  it(`needs ${scopes[1]} of an access token`, async () => {
    const account: SimulatedAccount = {
      kind: 'accessToken',
      name: 'robot',
      token: 't',
      scopes: ['webhook'],
    };
    const simulator = await startWith(account);
    const init = { method, headers: { Authorization: 'Bearer t' } };
    expect(await ask(simulator, path, init)).toMatchObject({
      status: 403,
      json: { error: { detail: { required: [scopes[1]] } } },
    });
    // It brings the others along.
    account.scopes = ['pullrequest:write'];
    expect((await ask(simulator, path, init)).status).not.toBe(403);
  });
});
