import { JsonObject } from '@backstage/types';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../dev/simulator';
import { TestBackend } from './backend';
import { Database } from './backendConfig';
import { configFor } from './configFor';
import { DatabaseServer } from './databases';

/** What a test with a workspace `acme` and the backends that read it uses. */
type AcmeBackends = {
  /** Without any repository at first. */
  readonly acme: SimulatedWorkspace;
  readonly simulator: Simulator;
  /**
   * Starts a backend on the database of the test, where an earlier one has been
   * stopped. The last one is stopped with the test.
   *
   * @param provider - or a map of providers by id
   */
  start(provider: JsonObject): Promise<TestBackend>;
};

/**
 * Gives each test of a `describe` a workspace, a simulator and a database of its
 * own.
 *
 * @param serve - starts the server of the databases, which all tests share
 */
export function acmeBackends(
  serve: () => Promise<DatabaseServer>,
): AcmeBackends {
  let databases: DatabaseServer;
  let database: Database;
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend | undefined;

  beforeAll(async () => {
    databases = await serve();
  });
  beforeEach(async () => {
    database = databases.createDatabase();
    acme = new SimulatedWorkspace({ slug: 'acme' });
    simulator = await startSimulator({ workspaces: [acme] });
  });
  afterEach(async () => {
    await backend?.stop();
    backend = undefined;
    await simulator.stop();
  });
  afterAll(() => databases.stop());

  return {
    get acme() {
      return acme;
    },
    get simulator() {
      return simulator;
    },
    async start(provider) {
      const config = configFor(simulator, provider);
      backend = await TestBackend.start({ database, config });
      return backend;
    },
  };
}
