import '../dev/sqlite';
import { createFolder } from './folder';
import { BenchOptions, OptionsError, parseOptions, USAGE } from './options';
import { LimitedFills, measureLimited } from './limited';
import { Print } from './measure';
import { formatTables, writeLimited, writeResults } from './report';
import { run } from './run';

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  // Backends end when this process does.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));

  const folder = await createFolder();
  const { limitedMinutes } = options;
  const markdown = limitedMinutes
    ? await benchLimited(options.sizes, folder, limitedMinutes)
    : await bench(options, folder);
  process.stdout.write(`\n${markdown}`);
}

async function bench(options: BenchOptions, folder: string): Promise<string> {
  const results = await run(options, folder, print);
  return options.isWhole ? writeResults(results) : formatTables(results);
}

async function benchLimited(
  sizes: number[],
  folder: string,
  minutes: number,
): Promise<string> {
  const fills: LimitedFills[] = [];
  for (const size of sizes) {
    print(`${size} repositories, for ${minutes} minutes at most`);
    fills.push(await measureLimited(size, folder, minutes));
  }
  return writeLimited(fills, folder, minutes);
}

const print: Print = line => process.stdout.write(`${line}\n`);

main().then(
  () => process.exit(0),
  error => {
    const text = error instanceof OptionsError ? error.message : error.stack;
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
);
