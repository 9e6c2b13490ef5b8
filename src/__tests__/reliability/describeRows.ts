import { BOTH_DATABASES, DatabaseServer, TestBackend } from '../../../testing';
import { Row } from './row';

/** Runs each row of a part of the fault table, one after the other in one world for each kind of database: both by default. */
export function describeRows<
  World extends {
    backend: TestBackend;
    isReady(): Promise<void>;
    stop(): Promise<void>;
  },
>(
  { title, rows }: { title: string; rows: Row<World>[] },
  start: (databases: DatabaseServer) => Promise<World>,
  kinds = BOTH_DATABASES,
): void {
  describe.each(kinds)(`${title}, in %s:`, (_, startServer) => {
    let databases: DatabaseServer;
    let world: World | undefined;

    beforeAll(async () => {
      databases = await startServer();
      world = await start(databases);
      await world.isReady();
    });
    afterAll(async () => {
      await world?.stop();
      await databases.stop();
    });

    it.each(rows)('$fault: $strikes', async row => {
      await row.run(world!);
      const { ok } = await world!.backend.get('entities');
      expect(ok).toBe(true);
    });
  });
}
