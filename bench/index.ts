import { createFolder } from './folder';
import { OptionsError, parseOptions, USAGE } from './options';
import { writeResults } from './report';
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

  const results = await run(options, await createFolder(), line =>
    process.stdout.write(`${line}\n`),
  );
  process.stdout.write(`\n${await writeResults(results)}`);
}

main().then(
  () => process.exit(0),
  error => {
    const text = error instanceof OptionsError ? error.message : error.stack;
    process.stderr.write(`${text}\n`);
    process.exit(1);
  },
);
