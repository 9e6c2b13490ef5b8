/**
 * A person's way through the catalog, in a real browser: builds a Backstage app
 * with the stock pages, serves it in front of a backend and the simulator, and
 * plays the scenarios in Chromium.
 */
import '../../dev/sqlite';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningBackend, startBackend } from './backend';
import { CHROMIUM, hasChromium, launchChromium } from './browser';
import { buildApp, install } from './build';
import { scenarios } from './scenarios';
import { Player } from './Player';
import { serveApp } from './server';

const USAGE = `Usage: npm run e2e [-- --screenshots]

Plays the scenarios of e2e/browser/scenarios in ${CHROMIUM}.

  --screenshots  take the pictures of docs/images again
`;

/** Pictures for the documentation, and of what failed. */
const IMAGES = join(__dirname, '../../docs/images');
const FAILURES = join(__dirname, 'dist/failures');

async function main(args: string[]): Promise<number> {
  const unknown = args.find(arg => arg !== '--screenshots');
  if (unknown) {
    process.stdout.write(USAGE);
    return unknown === '--help' ? 0 : 1;
  }
  if (!hasChromium()) {
    print(
      `There is no ${CHROMIUM} (apt-get install chromium): the scenarios are skipped.\n0 passed, 0 failed, ${scenarios.length} skipped`,
    );
    return 0;
  }
  await install(print);
  const app = await buildApp(print);
  const backend = await startBackend();
  return play(app, backend, args.includes('--screenshots'));
}

async function play(
  app: string,
  backend: RunningBackend,
  screenshots: boolean,
): Promise<number> {
  const server = await serveApp(app, backend.port);
  const browser = await launchChromium();
  await rm(FAILURES, { recursive: true, force: true });
  const images = screenshots ? IMAGES : undefined;
  const player = new Player({
    browser,
    backend,
    baseURL: server.url,
    failures: FAILURES,
    images,
    print,
  });
  for (const scenario of scenarios) {
    await player.play(scenario);
  }
  await browser.close();
  await server.stop();
  await backend.stop();
  if (player.failed > 0) {
    print(`The backend warned of:\n${backend.warnings() || 'nothing\n'}`);
  }
  print(`${player.passed} passed, ${player.failed} failed`);
  return player.failed > 0 ? 1 : 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
