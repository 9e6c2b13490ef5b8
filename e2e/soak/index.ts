/**
 * Shakes a simulated workspace and the backend that is filled from it, with
 * pushes, renames, deletions, faults and restarts, and compares the catalog with
 * the workspace whenever they have come to rest. Everything random follows from
 * a seed.
 */
import '../../dev/sqlite';
import { randomInt } from 'node:crypto';
import { JsonObject } from '@backstage/types';
import { createFolder } from '../../bench/folder';
import { startPostgres } from '../../testing/databases';
import { CloudWorld } from './CloudWorld';
import { ForgottenStitches } from './ForgottenStitches';
import { soakSeeds } from './incremental/seeds';
import { OptionsError, parseOptions, SoakOptions, USAGE } from './options';
import { Plan } from './plan';
import { report, reportFailure } from './report';
import { RestartableBackend } from './RestartableBackend';
import { Soak } from './Soak';

const NEW_SEEDS = 1_000_000;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), randomInt(NEW_SEEDS));
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  // Backends and databases end when this process does.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return options.incremental ? soakSeeds(options, print) : soakOnce(options);
}

async function soakOnce(options: SoakOptions): Promise<number> {
  const command = commandFor(options);
  print(command);

  const world = await CloudWorld.start(options);
  const database = await createDatabase(options);
  const backend = await RestartableBackend.start(world, database);
  const plan = new Plan(options.seed, world);
  const stitches = new ForgottenStitches(database);
  const soak = new Soak(world, backend, stitches, plan, print);
  const result = await soak.run(options.minutes).catch(error => {
    throw new Error(`${error.message}\nThe same again: ${command}`);
  });
  if (result.differences.length > 0) {
    print(`${backend.tail}\n${reportFailure(result, command)}`);
  }
  await stitches.close();
  await backend.end('SIGTERM');
  print(report(result));
  return result.differences.length > 0 ? 1 : 0;
}

function commandFor(options: SoakOptions): string {
  const { seed, minutes, repositories, database } = options;
  return `npm run soak -- --seed ${seed} --minutes ${minutes} --repositories ${repositories} --database ${database}`;
}

async function createDatabase({ database }: SoakOptions): Promise<JsonObject> {
  if (database === 'postgres') {
    return (await startPostgres()).createDatabase();
  }
  const directory = await createFolder();
  return { client: 'better-sqlite3', connection: { directory } };
}

function print(text: string): void {
  const seconds = performance.now() / 1000;
  process.stdout.write(`${seconds.toFixed(0).padStart(5)} s  ${text}\n`);
}

main().then(
  code => process.exit(code),
  error => {
    const text = error instanceof OptionsError ? error.message : error.stack;
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
);
