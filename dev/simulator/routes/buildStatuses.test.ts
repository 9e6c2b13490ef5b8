import { ask, send, startShop } from '../../../testing/simulator';

const STATUS = {
  key: 'catalog',
  state: 'FAILED',
  url: 'https://backstage.example.com/run/1',
};

async function startAcme() {
  const { simulator, hash, commit } = await startShop();
  const statuses = `${commit}/statuses`;
  const post = (body: object, path = `${statuses}/build`) =>
    send(simulator, 'POST', path, body);
  const list = async (parameters = '') =>
    (await ask(simulator, `${statuses}${parameters}`)).json;
  return { simulator, commit, statuses, hash, post, list };
}

describe('build statuses of a commit', () => {
  it('are made, read, listed and changed', async () => {
    const { simulator, statuses, hash, post, list } = await startAcme();
    const made = await post({ ...STATUS, description: '2 errors' });
    const path = `${statuses}/build/catalog`;
    expect(made).toMatchObject({
      status: 201,
      json: {
        type: 'build',
        ...STATUS,
        name: 'catalog',
        description: '2 errors',
        refname: null,
        commit: { hash },
      },
    });
    expect(made.headers.get('location')).toBe(`${simulator.origin}${path}`);
    expect((await ask(simulator, path)).json).toEqual(made.json);

    const change = { state: 'SUCCESSFUL', description: 'Fixed' };
    const changed = await send(simulator, 'PUT', path, change);
    expect(changed).toMatchObject({
      status: 200,
      json: { ...STATUS, ...change },
    });
    expect(await list()).toMatchObject({ size: 1, values: [changed.json] });
  });

  it('overwrite the one of the same key', async () => {
    const { post, list } = await startAcme();
    await post(STATUS);
    await post({ ...STATUS, key: 'other' });
    await post({ ...STATUS, state: 'SUCCESSFUL' });
    expect(await list()).toMatchObject({
      size: 2,
      values: [{ state: 'SUCCESSFUL' }, { key: 'other' }],
    });
  });

  it('take a hash of 12 digits', async () => {
    const { hash, commit, post, list } = await startAcme();
    const short = commit.replace(hash, hash.slice(0, 12));
    expect((await post(STATUS, `${short}/statuses/build`)).status).toBe(201);
    expect(await list()).toMatchObject({ values: [{ commit: { hash } }] });
  });

  it('have one row for each refname, of which none can be updated then', async () => {
    const { simulator, statuses, post, list } = await startAcme();
    for (const refname of ['one', 'two']) {
      expect((await post({ ...STATUS, refname })).status).toBe(201);
    }
    expect(await list()).toMatchObject({
      values: [{ refname: 'one' }, { refname: 'two' }],
    });
    expect(await list('?refname=one')).toMatchObject({ size: 1 });
    expect((await post({ ...STATUS, refname: 'one' })).status).toBe(500);
    const path = `${statuses}/build/catalog`;
    const change = { state: 'SUCCESSFUL' };
    expect((await send(simulator, 'PUT', path, change)).status).toBe(500);
  });

  it('keep a refname that they once had', async () => {
    const { post, list } = await startAcme();
    await post({ ...STATUS, refname: 'one' });
    await post({ ...STATUS, state: 'SUCCESSFUL', refname: null });
    expect(await list()).toMatchObject({
      size: 1,
      values: [{ state: 'SUCCESSFUL', refname: 'one' }],
    });
  });

  it.each([
    [
      'key',
      { key: 'x'.repeat(53) },
      'Ensure this value has at most 40 characters (it has 53).',
    ],
    ['url', { url: 'http://localhost:7007/run/1' }, 'Enter a valid URL.'],
    ['url', { url: 'https://backstage/run/1' }, 'Enter a valid URL.'],
    ['url', { url: undefined }, 'This field is required.'],
    ['state', { state: 'PASSED' }, 'Select a valid choice.'],
  ])('are refused for the %s of %j', async (field, change, fault) => {
    const { post, list } = await startAcme();
    expect(await post({ ...STATUS, ...change })).toMatchObject({
      status: 400,
      json: {
        type: 'error',
        error: { message: `${field}: ${fault}`, fields: { [field]: [fault] } },
      },
    });
    expect(await list()).toMatchObject({ size: 0 });
    expect((await post({ ...STATUS, key: 'x'.repeat(40) })).status).toBe(201);
  });

  it('are not found where there are none', async () => {
    const { simulator, statuses, post } = await startAcme();
    const path = `${statuses}/build/none`;
    for (const method of ['GET', 'PUT']) {
      expect((await send(simulator, method, path)).status).toBe(404);
    }
    const none = '/2.0/repositories/acme/shop/commit/0123456/statuses/build';
    expect((await post(STATUS, none)).status).toBe(404);
  });

  it('are made by those only who say who they are', async () => {
    const { simulator, statuses } = await startAcme();
    const path = `${statuses}/build`;
    expect((await ask(simulator, path, { method: 'POST' })).status).toBe(401);
  });
});
