import { parseOptions, USAGE, UsageError } from './probe/options';
import { probe } from './probe/probe';

async function run(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (!options) {
    process.stdout.write(USAGE);
    return;
  }
  await probe(options, line => process.stdout.write(`${line}\n`));
}

run().catch(error => {
  process.stderr.write(
    error instanceof UsageError
      ? `${error.message}\n--help lists the options.\n`
      : `${error.stack}\n`,
  );
  process.exitCode = 1;
});
