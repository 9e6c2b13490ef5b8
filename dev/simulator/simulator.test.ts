import { ask, start } from '../../testing/simulator';
import { SimulatedWorkspace, startSimulator } from '.';

const acme = () => {
  const workspace = new SimulatedWorkspace({ slug: 'acme' });
  workspace.addRepository({ slug: 'shop', files: { 'a.txt': 'a' } });
  return workspace;
};

describe('startSimulator', () => {
  it('refuses a port that is taken', async () => {
    const { origin } = await start({ workspaces: [] });
    const port = Number(new URL(origin).port);
    await expect(startSimulator({ port, workspaces: [] })).rejects.toThrow(
      expect.objectContaining({ code: 'EADDRINUSE' }),
    );
  });

  it('stops at once, whatever is still being answered', async () => {
    const simulator = await startSimulator({ workspaces: [acme()] });
    simulator.faults.add({ kind: 'hang', when: 'beforeHeaders' });
    const hanging = ask(simulator, '/2.0/repositories/acme');
    while (simulator.requests.count() === 0) {
      await new Promise(setImmediate);
    }
    const [outcome] = await Promise.allSettled([hanging, simulator.stop()]);
    expect(outcome.status).toBe('rejected');
  });

  it('answers an unknown URL as Bitbucket does', async () => {
    const simulator = await start({ workspaces: [] });
    expect(await ask(simulator, '/2.0/nothing')).toMatchObject({
      status: 404,
      json: { type: 'error', error: { message: 'Resource not found' } },
    });
  });

  it.each(['/2.0/repositories', '/2.0/workspaces'])(
    'answers the removed %s',
    async path => {
      const simulator = await start({ workspaces: [] });
      const { status, json } = await ask(simulator, path);
      expect(status).toBe(410);
      expect(json).toMatchObject({
        error: { message: expect.stringContaining('CHANGE-2770') },
      });
    },
  );

  it('logs every request, and who sent it, but no secret', async () => {
    const simulator = await start({
      workspaces: [acme()],
      accounts: [{ kind: 'accessToken', name: 'robot', token: 'canary' }],
      now: () => 1_700_000_000_000,
    });
    const headers = { Authorization: 'Bearer canary', 'User-Agent': 'test' };
    await ask(simulator, '/2.0/repositories/acme?pagelen=5', { headers });
    await ask(simulator, '/2.0/repositories/acme/shop/src/main/a.txt');
    await ask(simulator, '/2.0/user', {
      headers: { Authorization: 'Bearer x' },
    });

    expect(simulator.requests.entries).toEqual([
      {
        at: 1_700_000_000_000,
        method: 'GET',
        path: '/2.0/repositories/acme',
        query: { pagelen: '5' },
        endpoint: 'repositories',
        status: 200,
        credential: 'robot',
        authorization: true,
        userAgent: 'test',
      },
      expect.objectContaining({
        endpoint: 'src',
        credential: 'anonymous',
        authorization: false,
      }),
      expect.objectContaining({ endpoint: 'user', status: 401 }),
    ]);
    expect(simulator.requests.entries[2].credential).toBeUndefined();
    expect(JSON.stringify(simulator.requests.entries)).not.toContain('canary');
    expect(simulator.requests.count()).toBe(3);
    expect(simulator.requests.count({ endpoint: 'src', status: 200 })).toBe(1);
    simulator.requests.clear();
    expect(simulator.requests.count()).toBe(0);
  });
});
