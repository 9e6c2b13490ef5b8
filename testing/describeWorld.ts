import { DATABASES, DatabaseServer } from './databases';

/**
 * Tests one world in each database, which starts before the first test and stops after
 * the last one.
 *
 * @param title - what the titles of the tests go on with
 */
export function describeWorld<World extends { stop(): Promise<void> }>(
  title: string,
  start: (databases: DatabaseServer) => Promise<World>,
  tests: (world: () => World) => void,
): void {
  describe.each(DATABASES)(`${title}, in %s`, (_, startServer) => {
    let databases: DatabaseServer;
    let world: World | undefined;

    beforeAll(async () => {
      databases = await startServer();
      world = await start(databases);
    });

    afterAll(async () => {
      await world?.stop();
      await databases.stop();
    });

    tests(() => world!);
  });
}
