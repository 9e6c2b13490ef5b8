import { ask, bearer, start } from '../../../testing/simulator';
import { SimulatedWorkspace } from '..';

async function startAcme() {
  const acme = new SimulatedWorkspace({
    slug: 'acme',
    name: 'Acme',
    projects: [
      { key: 'PAY', name: 'Payments' },
      { key: 'LAB', name: 'Lab' },
    ],
  });
  const simulator = await start({ workspaces: [acme] });
  return { acme, simulator };
}

describe('workspaces', () => {
  it('are found by slug and by uuid', async () => {
    const { acme, simulator } = await startAcme();
    for (const id of ['acme', encodeURIComponent(acme.uuid)]) {
      expect(await ask(simulator, `/2.0/workspaces/${id}`)).toMatchObject({
        status: 200,
        json: {
          type: 'workspace',
          slug: 'acme',
          name: 'Acme',
          uuid: acme.uuid,
        },
      });
    }
  });

  it('are not found by an old slug', async () => {
    const { acme, simulator } = await startAcme();
    acme.rename('acme-inc');
    expect(await ask(simulator, '/2.0/workspaces/acme')).toMatchObject({
      status: 404,
      json: { error: { message: "No workspace with identifier 'acme'." } },
    });
    expect((await ask(simulator, '/2.0/workspaces/acme-inc')).status).toBe(200);
  });

  it('list their projects', async () => {
    const { simulator } = await startAcme();
    expect(
      (await ask(simulator, '/2.0/workspaces/acme/projects?sort=key')).json,
    ).toMatchObject({ size: 2, values: [{ key: 'LAB' }, { key: 'PAY' }] });
    expect(
      (await ask(simulator, '/2.0/workspaces/acme/projects/PAY')).json,
    ).toMatchObject({ type: 'project', name: 'Payments' });
    expect(
      (await ask(simulator, '/2.0/workspaces/acme/projects/NO')).status,
    ).toBe(404);
  });

  it('are listed for their user', async () => {
    const { simulator } = await startAcme();
    expect((await ask(simulator, '/2.0/user', bearer('t'))).json).toMatchObject(
      { type: 'user' },
    );
    expect(
      (await ask(simulator, '/2.0/user/workspaces', bearer('t'))).json,
    ).toMatchObject({ values: [{ workspace: { slug: 'acme' } }] });
    expect((await ask(simulator, '/2.0/user/workspaces')).status).toBe(401);
  });
});
