import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonObject } from '@backstage/types';
import knexFactory from 'knex';
import { Database } from './backendConfig';

/** Makes databases that outlive the backends that use them. */
export type DatabaseServer = {
  /** A new database, empty, as `backend.database` of the configuration. */
  createDatabase(): Database;
  /** Removes every database. Open connections are closed. */
  stop(): Promise<void>;
};

/** A database server that can be out of reach for a while. */
export type PostgresServer = DatabaseServer & {
  /** Shuts the server down, which closes all connections. */
  pause(): Promise<void>;
  /** Starts it again, with all that it holds, at the same address. */
  resume(): Promise<void>;
};

/** For `describe.each`. */
type DatabaseKind = [name: string, startServer: () => Promise<DatabaseServer>];

/** What Backstage keeps its data in: for what takes long, or differs between them. */
export const BOTH_DATABASES: DatabaseKind[] = [
  ['SQLite', startSqlite],
  ['PostgreSQL', sharedPostgres],
];

/** The same, of which `npm test` tries the first and `npm run test:rest` the second. */
export const DATABASES = BOTH_DATABASES.filter(
  ([name]) => name === (process.env.TEST_DATABASE ?? 'SQLite'),
);

/** Database files in a temporary folder. */
export async function startSqlite(): Promise<DatabaseServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-'));
  let count = 0;
  return {
    createDatabase() {
      count += 1;
      const directory = join(folder, `${count}`);
      return { client: 'better-sqlite3', connection: { directory } };
    },
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

declare global {
  // Of `environment.js`.
  // eslint-disable-next-line no-var
  var connectToPostgres: () => Promise<JsonObject>;
}

/** Databases in the PostgreSQL server that the tests of a worker share. */
export async function sharedPostgres(): Promise<DatabaseServer> {
  const connection = await globalThis.connectToPostgres();
  const run = randomBytes(4).toString('hex');
  let count = 0;
  return {
    createDatabase() {
      count += 1;
      return { client: 'pg', connection, prefix: `test_${run}_${count}_` };
    },
    async stop() {
      const server = knexFactory({
        client: 'pg',
        connection: { ...connection, database: 'postgres' },
      });
      const names = await server('pg_database')
        .where('datname', 'like', `test\\_${run}\\_%`)
        .pluck('datname');
      for (const name of names) {
        await server.raw('DROP DATABASE ?? WITH (FORCE)', [name]);
      }
      await server.destroy();
    },
  };
}

/**
 * A PostgreSQL server of one's own, in a process that ends with this one.
 *
 * @throws Error when there is no PostgreSQL for this platform or it does not
 * start; what it said is on the standard error output
 */
export async function startPostgres(): Promise<PostgresServer> {
  const server = fork(require.resolve('./postgresServer'), {
    execArgv: ['--import', 'tsx'],
    // Out of the terminal's reach, since Ctrl-C would take the server away
    // before it can be stopped in order.
    detached: true,
  });
  const connection = await new Promise<JsonObject>((resolve, reject) => {
    server.once('message', resolve);
    server.once('exit', code =>
      reject(
        new Error(
          `PostgreSQL did not start (exit code ${code}); the reason is on the standard error output`,
        ),
      ),
    );
  });
  const order = async (what: 'pause' | 'resume') => {
    const done = once(server, 'message');
    server.send(what);
    await done;
  };
  let count = 0;
  return {
    createDatabase() {
      count += 1;
      return { client: 'pg', connection, prefix: `test_${count}_` };
    },
    pause: () => order('pause'),
    resume: () => order('resume'),
    async stop() {
      const exit = once(server, 'exit');
      server.disconnect();
      await exit;
    },
  };
}
