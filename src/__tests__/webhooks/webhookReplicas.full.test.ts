import { freePort } from '../../../dev/freePort';
import { DatabaseServer, ON_DEMAND, sharedPostgres } from '../../../testing';
import { InstallationWorld, messages } from './InstallationWorld';

describe('the webhook of two replicas on one PostgreSQL', () => {
  let databases: DatabaseServer;
  let world: InstallationWorld;

  beforeAll(async () => {
    databases = await sharedPostgres();
  });
  beforeEach(async () => {
    world = new InstallationWorld(databases.createDatabase());
    await world.open();
    // The catalog's own tables are there.
    await world.start({ providers: { workspace: 'acme', ...ON_DEMAND } });
    await world.stop();
  });
  afterEach(() => world.close());
  afterAll(() => databases.stop());

  it('is one, although they start together', async () => {
    // Both would ask before either has installed it, if they did not take turns.
    world.simulator.faults.add({
      endpoint: 'hooks',
      kind: 'delay',
      milliseconds: 500,
    });
    const replicas = await Promise.all([
      world.start(),
      world.start({ port: await freePort() }),
    ]);
    expect(world.hooks).toHaveLength(1);
    expect(replicas.flatMap(messages).sort()).toEqual([
      `Webhook ${world.url} of workspace acme is set up correctly.`,
      `Webhook ${world.url} of workspace acme was installed.`,
    ]);
    expect(world.sent().sort()).toEqual(['GET', 'GET', 'POST']);
  });
});
