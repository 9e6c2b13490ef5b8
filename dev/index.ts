import './sqlite';
import { StartError } from './start/errors';
import { parseOptions, USAGE } from './start/options';
import { assertPortIsFree } from './start/ports';
import { Screen } from './start/screen';

const screen = new Screen(process.stdout);

async function start(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  await assertPortIsFree(options.port, '--port');
  if (options.simulatorPort) {
    await assertPortIsFree(options.simulatorPort, '--simulator-port');
  }
  screen.status('Starting …');
  // As `backstage-cli package start` has it: open connections do not hold up the end.
  process.env.NODE_ENV ??= 'development';
  // Loaded late, so that help and a mistyped option need not wait for Backstage.
  const { run } = await import('./start/run');
  await run(options, screen);
}

start().catch(error => {
  screen.clearStatus();
  process.stderr.write(
    `${error instanceof StartError ? error.message : error.stack}\n`,
  );
  process.exit(1);
});
