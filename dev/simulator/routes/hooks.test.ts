import { ask, basic, send, start } from '../../../testing/simulator';
import { SimulatedAccount, SimulatedWorkspace, Simulator } from '..';

const HOOKS = '/2.0/workspaces/acme/hooks';
const URL_OF_HOOK = 'https://portal.example/hook';

const startAcme = (accounts?: SimulatedAccount[]) =>
  start({ workspaces: [new SimulatedWorkspace({ slug: 'acme' })], accounts });

async function create(simulator: Simulator, extra: object = {}) {
  const { status, json, headers } = await send(simulator, 'POST', HOOKS, {
    url: URL_OF_HOOK,
    events: ['repo:push'],
    ...extra,
  });
  const hook = json as { uuid: string; secret_set: boolean };
  const path = `${HOOKS}/${encodeURIComponent(hook.uuid)}`;
  return { status, hook, path, location: headers.get('location') };
}

describe('webhooks', () => {
  it('are made, read, changed and deleted', async () => {
    const simulator = await startAcme();
    const { status, hook, path, location } = await create(simulator, {
      description: 'Catalog',
    });
    expect(status).toBe(201);
    expect(location).toBe(`${simulator.origin}${path}`);
    expect(hook).toMatchObject({
      type: 'webhook_subscription',
      url: URL_OF_HOOK,
      description: 'Catalog',
      active: true,
      events: ['repo:push'],
      secret_set: false,
      subject_type: 'workspace',
      subject: { slug: 'acme' },
    });
    expect((await send(simulator, 'GET', path)).json).toEqual(hook);

    const change = { active: false, events: ['repo:push', 'repo:deleted'] };
    const changed = await send(simulator, 'PUT', path, change);
    expect(changed).toMatchObject({
      status: 200,
      json: { ...hook, ...change },
    });

    expect((await send(simulator, 'DELETE', path)).status).toBe(204);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status: gone } = await send(simulator, method, path, undefined);
      expect(gone).toBe(404);
    }
    expect(simulator.requests.count({ endpoint: 'hooks' })).toBe(1);
    expect(
      simulator.requests.count({ endpoint: 'hook', method: 'DELETE' }),
    ).toBe(2);
  });

  it('are listed by the page', async () => {
    const simulator = await startAcme();
    await create(simulator, { description: 'one' });
    await create(simulator, { description: 'two' });
    const page = await send(simulator, 'GET', `${HOOKS}?pagelen=1`);
    expect(page.json).toMatchObject({
      size: 2,
      values: [{ description: 'one' }],
      next: expect.stringContaining('page=2'),
    });
  });

  it('keep their secret to themselves', async () => {
    const simulator = await startAcme();
    const { hook, path } = await create(simulator, { secret: 'hush' });
    expect(hook.secret_set).toBe(true);
    const { hooks } = simulator.workspace('acme');
    const secret = () => hooks.find(hook.uuid)?.secret;

    await send(simulator, 'PUT', path, { description: 'other' });
    expect(secret()).toBe('hush');
    const list = await send(simulator, 'GET', HOOKS);
    expect(list.text).toContain('"secret_set":true');
    expect(list.text).not.toContain('hush');

    const { json } = await send(simulator, 'PUT', path, { secret: null });
    expect(json).toMatchObject({ secret_set: false });
    expect(secret()).toBeUndefined();
  });

  it.each([
    ['url', { url: 'nowhere' }],
    ['events', { events: [] }],
    ['events', { events: ['repo:exploded'] }],
    ['secret', { secret: 'x'.repeat(129) }],
  ])('are refused when wrong: %s', async (field, extra) => {
    const simulator = await startAcme();
    const body = { url: URL_OF_HOOK, events: ['repo:push'], ...extra };
    expect(await send(simulator, 'POST', HOOKS, body)).toMatchObject({
      status: 400,
      json: { error: { fields: { [field]: [expect.any(String)] } } },
    });
    expect(simulator.workspace('acme').hooks.all).toEqual([]);
  });

  it('are for those only who say who they are', async () => {
    const simulator = await startAcme([]);
    expect((await ask(simulator, HOOKS)).status).toBe(401);
  });
});

describe('scopes of webhooks', () => {
  const HOOK = `${HOOKS}/{none}`;

  it.each([
    ['GET', HOOKS, 'read:webhook:bitbucket'],
    ['POST', HOOKS, 'write:webhook:bitbucket'],
    ['GET', HOOK, 'read:webhook:bitbucket'],
    ['PUT', HOOK, 'write:webhook:bitbucket'],
    ['DELETE', HOOK, 'delete:webhook:bitbucket'],
  ])('%s %s needs %s', async (method, path, scope) => {
    const account = {
      kind: 'apiToken' as const,
      name: 'jane',
      username: 'jane@example.com',
      token: 't',
      scopes: ['read:repository:bitbucket'],
    };
    const simulator = await startAcme([account]);
    const credential = basic('jane@example.com', 't');
    const refused = await send(simulator, method, path, undefined, credential);
    expect(refused).toMatchObject({
      status: 403,
      json: { error: { detail: { required: [scope] } } },
    });
    account.scopes.push(scope);
    const { status } = await send(
      simulator,
      method,
      path,
      undefined,
      credential,
    );
    expect(status).not.toBe(403);
  });

  it.each([
    [['webhook'], 200],
    [['repository'], 403],
  ])('of an access token: %j', async (scopes, expected) => {
    const simulator = await startAcme([
      { kind: 'accessToken', name: 'robot', token: 't', scopes },
    ]);
    expect((await send(simulator, 'GET', HOOKS)).status).toBe(expected);
  });

  it.each([
    ['repo:push', 'repository'],
    ['project:updated', 'project'],
    ['issue:created', 'issue'],
    ['pullrequest:created', 'pullrequest'],
    ['pipeline:span_created', 'pipeline'],
  ])('for %s include the scope of its events: %s', async (event, scope) => {
    const account = {
      kind: 'accessToken' as const,
      name: 'robot',
      token: 't',
      scopes: ['webhook'],
    };
    const simulator = await startAcme([account]);
    const { hooks } = simulator.workspace('acme');
    const body = { url: URL_OF_HOOK, events: [event] };
    const { uuid } = hooks.add({ url: URL_OF_HOOK, events: ['repo:push'] });
    const path = `${HOOKS}/${encodeURIComponent(uuid)}`;
    for (const [method, of] of [
      ['POST', HOOKS],
      ['PUT', path],
    ]) {
      expect(await send(simulator, method, of, body)).toMatchObject({
        status: 403,
        json: { error: { detail: { required: [scope] } } },
      });
    }
    expect(hooks.all).toHaveLength(1);
    expect(hooks.all[0].events).toEqual(['repo:push']);

    account.scopes.push(scope);
    expect((await send(simulator, 'PUT', path, body)).status).toBe(200);
  });

  it('do not make an administrator', async () => {
    const simulator = await startAcme([
      { kind: 'accessToken', name: 'robot', token: 't', administers: false },
    ]);
    for (const method of ['GET', 'POST']) {
      const body = { url: URL_OF_HOOK, events: ['repo:push'] };
      const sent = method === 'POST' ? body : undefined;
      const answer = await send(simulator, method, HOOKS, sent);
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain('required');
    }
  });
});
