import { WinstonLogger } from '@backstage/backend-defaults/rootLogger';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { format, transports } from 'winston';
import { freePort } from '../../dev/freePort';
import {
  generateWorkspace,
  loadWorkspaceFolder,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import { createDemoBackend } from '../../dev/start/backend';
import { CLOUD } from '../../dev/start/source';

/** What a provider walks. What is registered by hand is of another workspace. */
export const WALKED = {
  slug: 'northwind',
  repositories: 240,
  /** One in each repository with a catalog file. */
  components: 192,
};

const TOKEN = 'access-token-of-the-browser';

/** Half of the repositories of {@link WALKED} are read at once, the others slowly. */
const SLOW = {
  endpoint: 'src',
  path: `/${WALKED.slug}/`,
  skip: 110,
  kind: 'delay',
  milliseconds: 5_000,
} as const;

export type RunningBackend = {
  port: number;
  /** How many repositories the walk has asked for files so far. */
  lookedInto(): number;
  /** Lets the walk go on as fast as it can. */
  hurry(): void;
  /** What it warned of so far. */
  warnings(): string;
  stop(): Promise<void>;
};

/**
 * Starts the backend of `npm start`, and the simulator with two workspaces: one
 * that a provider walks, slowly until the delay is removed, and `skerry-lines`,
 * which it knows nothing of.
 */
export async function startBackend(): Promise<RunningBackend> {
  const simulator = await startSimulator({
    workspaces: [
      generateWorkspace({
        slug: WALKED.slug,
        repositories: WALKED.repositories,
        withCatalogFile: WALKED.components,
      }),
      loadWorkspaceFolder(join(__dirname, '../../dev/workspace')),
    ],
    accounts: [
      {
        name: 'browser',
        kind: 'accessToken',
        token: TOKEN,
        scopes: ['repository'],
      },
    ],
  });
  const hurry = simulator.faults.add(SLOW);
  const lines: string[] = [];
  const port = await freePort();
  const backend = await createDemoBackend({
    port,
    product: CLOUD,
    integration: [{ token: TOKEN, apiBaseUrl: simulator.apiBaseUrl }],
    provider: { workspace: WALKED.slug },
    webhookSecret: randomUUID(),
    logger: createLogger(lines),
  });
  await backend.start();
  return {
    port,
    lookedInto: () => lookedInto(simulator),
    hurry,
    warnings: () => lines.join(''),
    stop: async () => {
      await backend.stop();
      await simulator.stop();
    },
  };
}

function lookedInto({ requests }: Simulator): number {
  const paths = requests.entries
    .filter(({ endpoint }) => endpoint === 'src')
    .map(({ path }) => path.split('/').slice(3, 5).join('/'))
    .filter(name => name.startsWith(`${WALKED.slug}/`));
  return new Set(paths).size;
}

function createLogger(lines: string[]): WinstonLogger {
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(line.toString());
      done();
    },
  });
  return WinstonLogger.create({
    level: 'warn',
    format: format.printf(
      ({ level, plugin, message }) => `${level} ${plugin}: ${message}`,
    ),
    transports: [new transports.Stream({ stream })],
  });
}
