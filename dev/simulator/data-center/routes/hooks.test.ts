import { bearer, send, startReceiver } from '../../../../testing/simulator';
import {
  ADMIN,
  API,
  refusal,
  REST,
  startPay,
} from '../../../../testing/simulator/pay';

const PROJECT = `${REST}/projects/PAY/webhooks`;

const HOOK = {
  name: 'catalog',
  url: 'https://portal.example.com/hook',
  events: ['repo:refs_changed'],
  configuration: { secret: 's' },
};

async function startHooks(options: Parameters<typeof startPay>[0] = {}) {
  const world = await startPay({ accounts: [ADMIN], ...options });
  const ask = (method: string, path: string, body?: object, token = 'admin') =>
    send(world.simulator, method, path, body, bearer(token));
  return { ...world, ask };
}

describe('webhooks', () => {
  it.each([
    ['project', PROJECT],
    ['repository', `${API}/webhooks`],
  ])('of a %s are made, changed and removed', async (scopeType, path) => {
    const { ask, instance } = await startHooks();
    const made = await ask('POST', path, HOOK);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      id: 1,
      name: 'catalog',
      active: true,
      configuration: {},
      scopeType,
      sslVerificationRequired: true,
    });
    const changed = { ...HOOK, active: false, configuration: undefined };
    const put = await ask('PUT', `${path}/1`, changed);
    expect(put.json).toMatchObject({ active: false });
    expect(instance.hooks.all[0].secret).toBe('s');
    await ask('PUT', `${path}/1`, { ...HOOK, configuration: {} });
    expect(instance.hooks.all[0].secret).toBeUndefined();
    expect((await ask('GET', path)).json).toMatchObject({ size: 1 });
    expect((await ask('GET', `${path}/1`)).json).toMatchObject({ id: 1 });
    expect((await ask('DELETE', `${path}/1`)).status).toBe(204);
    expect((await ask('GET', `${path}/1`)).status).toBe(404);
  });

  it('shows secrets only where it is set to', async () => {
    const { ask } = await startHooks({ quirks: { secretsShown: true } });
    const { json } = await ask('POST', PROJECT, HOOK);
    expect(json).toMatchObject({ configuration: { secret: 's' } });
  });

  it('finds those of the project by the repository, too', async () => {
    const { ask } = await startHooks();
    await ask('POST', PROJECT, HOOK);
    await ask('POST', `${API}/webhooks`, HOOK);
    const { json } = await ask('GET', `${API}/webhooks/search`);
    expect(json).toMatchObject({
      values: [{ scopeType: 'project' }, { scopeType: 'repository' }],
    });
  });

  it('tests a connection', async () => {
    const { ask } = await startHooks();
    const { url, answers } = await startReceiver();
    answers.push(200, 500);
    const path = `${PROJECT}/test?${new URLSearchParams({ url })}`;
    expect((await ask('POST', path)).json).toMatchObject({
      response: { outcome: 'SUCCESS', statusCode: 200 },
    });
    expect((await ask('POST', path)).json).toMatchObject({
      response: { outcome: 'FAILURE', statusCode: 500 },
    });
  });

  it.each([
    { url: 'nothing' },
    { events: ['repo:created'] },
    { events: [] },
    { name: '' },
  ])('refuses %j', async change => {
    const { ask } = await startHooks();
    const { status } = await ask('POST', PROJECT, { ...HOOK, ...change });
    expect(status).toBe(400);
  });

  it('are for administrators', async () => {
    const { ask } = await startHooks({
      accounts: [
        { kind: 'userToken', name: 'r', token: 'r' },
        {
          kind: 'userToken',
          name: 'a',
          token: 'a',
          repositoryPermission: 'ADMIN',
        },
      ],
    });
    expect(await ask('GET', PROJECT, undefined, 'r')).toMatchObject(
      refusal(401, 'AuthorisationException'),
    );
    expect((await ask('GET', PROJECT, undefined, 'a')).status).toBe(401);
    const path = `${API}/webhooks`;
    expect((await ask('GET', path, undefined, 'a')).status).toBe(200);
    expect((await ask('GET', path, undefined, 'r')).status).toBe(401);
  });

  it('of an archived repository stay as they are', async () => {
    const { ask, instance, api } = await startHooks();
    instance.setArchived(api);
    const { status } = await ask('POST', `${API}/webhooks`, HOOK);
    expect(status).toBe(409);
    expect((await ask('GET', `${API}/webhooks`)).status).toBe(200);
  });
});
