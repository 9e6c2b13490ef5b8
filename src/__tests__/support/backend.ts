import { createBackend } from '@backstage/backend-defaults';
import { BackendFeature, DatabaseService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '../..';
import { captureDatabase } from './captureDatabase';
import { freePort } from '../../../dev/freePort';
import { LogLine, recordLogs } from './logs';
import { until } from './until';

/** Where a backend keeps its data. */
export type Database = JsonObject;

const SQLITE_IN_MEMORY: Database = {
  client: 'better-sqlite3',
  connection: ':memory:',
};

const ALL_KINDS = [
  'API',
  'Component',
  'Domain',
  'Group',
  'Location',
  'Resource',
  'System',
  'User',
];

/** Said whenever the catalog tells of an error, since there is no events backend. */
const NO_EVENTS_BACKEND = /^Event publish request failed/;

/** Said of an entity that was removed while the catalog was processing it. */
const REMOVED_MEANWHILE = /Conflicting write of processing result/;

/** A real Backstage backend with the catalog in it, and what a test asks of it. */
export class TestBackend {
  private constructor(
    private readonly baseUrl: string,
    readonly logs: LogLine[],
    readonly stop: () => Promise<void>,
  ) {}

  /**
   * Starts a backend whose walks run when {@link TestBackend.walk} is called,
   * and once at the start.
   */
  static async start(options: {
    /** `integrations`, and parts of `catalog` other than its rules. */
    config: JsonObject & { catalog?: JsonObject };
    database?: Database;
    /** What is installed beside the catalog; this module where nothing is given. */
    features?: BackendFeature[];
  }): Promise<TestBackend> {
    const port = await freePort();
    const baseUrl = `http://127.0.0.1:${port}`;
    const logs: LogLine[] = [];
    const data = {
      app: { baseUrl },
      ...options.config,
      catalog: {
        rules: [{ allow: ALL_KINDS }],
        processingInterval: { seconds: 1 },
        ...options.config.catalog,
      },
      backend: {
        baseUrl,
        listen: { host: '127.0.0.1', port },
        database: options.database ?? SQLITE_IN_MEMORY,
        auth: { dangerouslyDisableDefaultAuthPolicy: true },
      },
    };
    const backend = createBackend();
    backend.add(mockServices.rootConfig.factory({ data }));
    backend.add(recordLogs(logs));
    backend.add(catalogPlugin);
    for (const feature of options.features ?? [bitbucketCloud]) {
      backend.add(feature);
    }
    let database: DatabaseService | undefined;
    backend.add(
      captureDatabase(captured => {
        database = captured;
      }),
    );
    await backend.start();
    return new TestBackend(baseUrl, logs, async () => {
      await backend.stop();
      const knex = await database?.getClient();
      const { pool } = knex?.client ?? {};
      // What the catalog was processing ends a little later.
      await until(
        async () => !pool || pool.numUsed() + pool.numPendingAcquires() === 0,
        'the catalog to let go of its database',
      );
      await knex?.destroy();
    });
  }

  /** The entities of a kind, sorted by name. */
  async entities(kind: string): Promise<Entity[]> {
    const answer = await this.get(`entities?filter=kind=${kind}`);
    const entities = (await answer.json()) as Entity[];
    return entities.sort((a, b) =>
      a.metadata.name.localeCompare(b.metadata.name),
    );
  }

  /** The names of the entities of a kind, sorted. */
  async names(kind = 'component'): Promise<string[]> {
    const entities = await this.entities(kind);
    return entities.map(entity => entity.metadata.name);
  }

  /** The targets of the Locations that are in the catalog, sorted. */
  async targets(): Promise<string[]> {
    const locations = await this.entities('location');
    return locations.map(({ spec }) => String(spec?.target)).sort();
  }

  /** Waits until the catalog holds exactly these components. */
  async hasComponents(names: string[]): Promise<void> {
    const expected = [...names].sort().join();
    await until(
      async () => (await this.names()).sort().join() === expected,
      async () =>
        `the components ${expected}; there are ${(await this.names()).join()}. Logged: ${this.messages().join('; ')}`,
    );
  }

  /** Runs a walk of a provider and waits for its end, good or bad. */
  async walk(providerId = 'default'): Promise<void> {
    const id = `bitbucketCloud-provider:${providerId}:refresh`;
    const previous = await this.walked(providerId);
    await this.post(`.backstage/scheduler/v1/tasks/${id}/trigger`);
    await this.walked(providerId, previous);
  }

  /**
   * Waits until no walk of a provider is under way and one has ended.
   *
   * @param previous - a walk that ended before, which does not count
   * @returns when the walk ended
   */
  async walked(providerId = 'default', previous?: string): Promise<string> {
    const id = `bitbucketCloud-provider:${providerId}:refresh`;
    let ended: string | undefined;
    await until(async () => {
      const answer = await this.get('.backstage/scheduler/v1/tasks');
      const { tasks } = (await answer.json()) as { tasks: Task[] };
      const state = tasks.find(task => task.taskId === id)?.taskState;
      ended = state?.status === 'idle' ? state.lastRunEndedAt : undefined;
      return ended !== undefined && ended !== previous;
    }, `the walk of provider ${providerId} to end`);
    return String(ended);
  }

  /** The messages logged at a level or above: warnings and errors by default. */
  messages(...levels: string[]): string[] {
    const wanted = levels.length > 0 ? levels : ['warn', 'error'];
    return this.logs
      .filter(({ level }) => wanted.includes(level))
      .filter(({ text }) => !REMOVED_MEANWHILE.test(text))
      .map(({ message }) => message)
      .filter(message => !NO_EVENTS_BACKEND.test(message));
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.baseUrl}/api/catalog/${path}`);
  }

  async post(path: string, body?: JsonObject): Promise<Response> {
    return fetch(`${this.baseUrl}/api/catalog/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
  }
}

type Task = {
  taskId: string;
  taskState: { status: string; lastRunEndedAt?: string } | null;
};
