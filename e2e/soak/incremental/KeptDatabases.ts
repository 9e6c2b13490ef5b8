import {
  BackendFeature,
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import createKnex, { Knex } from 'knex';
import { until } from '../../../testing';

/** SQLite databases in memory that outlive the backends that use them. */
export class KeptDatabases {
  private readonly databases = new Map<string, Knex>();

  /** The database of a plugin. */
  of(plugin: string): Knex {
    const database = this.databases.get(plugin) ?? openDatabase();
    this.databases.set(plugin, database);
    return database;
  }

  /** Gives a backend these databases in place of its own. */
  get feature(): BackendFeature {
    return createServiceFactory({
      service: coreServices.database,
      deps: { plugin: coreServices.pluginMetadata },
      factory: ({ plugin }) => ({
        getClient: async () => this.of(plugin.getId()),
      }),
    });
  }

  /** Waits until they are no longer used: what was being processed ends a little later. */
  async idle(): Promise<void> {
    const pools = [...this.databases.values()].map(({ client }) => client.pool);
    await until(
      async () =>
        pools.every(pool => pool.numUsed() + pool.numPendingAcquires() === 0),
      'the plugins to release their databases',
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.databases.values()].map(one => one.destroy()));
    this.databases.clear();
  }
}

/** One connection that is never given up, since the data goes with it. */
function openDatabase(): Knex {
  return createKnex({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      idleTimeoutMillis: 2 ** 31 - 1,
      afterCreate: (connection: Connection, done: () => void) => {
        // As Backstage opens SQLite: what belongs to an entity goes with it.
        connection.pragma('foreign_keys = ON');
        done();
      },
    },
  });
}

type Connection = { pragma(text: string): void };
