import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../dev/freePort';
import { until } from '../wait';
import {
  BackendSettings,
  FromBackend,
  Product,
  SECTIONS,
  ToBackend,
  Usage,
} from './settings';

const START_LIMIT_MS = 120_000;
const ANSWER_LIMIT_MS = 20_000;
const LINES_OF_LOG = 30;

/** The scheduler's name for the walk, the same in both modules. */
export const walkTaskOf = (product: Product) =>
  `${SECTIONS[product]}-provider:default:refresh`;

/** A backend that runs in a process of its own. */
export class BackendProcess {
  /** As `performance.now()` has it: everything was loaded, and nothing started. */
  readonly loadedAt = performance.now();

  private constructor(
    private readonly child: ChildProcess,
    private readonly baseUrl: string,
    private readonly logFile: string,
    private readonly loaded: Usage,
    private readonly product: Product,
  ) {}

  /** @returns as soon as the backend begins to start */
  static async start(
    settings: Omit<BackendSettings, 'port'>,
  ): Promise<BackendProcess> {
    const port = await freePort();
    const logFile = join(settings.databaseFolder, 'backend.log');
    const log = openSync(logFile, 'a');
    const child = fork(
      require.resolve('./process'),
      [JSON.stringify({ ...settings, port })],
      {
        execArgv: ['--expose-gc', '--import', 'tsx'],
        stdio: ['ignore', log, log, 'ipc'],
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    // Before the folder of its database is removed.
    const kill = () => child.kill('SIGKILL');
    process.prependOnceListener('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const loaded = await messageFrom(child, 'loaded', START_LIMIT_MS, logFile);
    return new BackendProcess(
      child,
      `http://127.0.0.1:${port}`,
      logFile,
      loaded.usage,
      settings.product,
    );
  }

  /** Where webhooks are delivered to. */
  get webhookUrl(): string {
    return `${this.baseUrl}/api/events/http/${SECTIONS[this.product]}`;
  }

  private get statusUrl(): string {
    return `${this.baseUrl}/api/catalog/bitbucket/status`;
  }

  /** How many pull requests it is checking. */
  async runsUnderWay(): Promise<number> {
    const response = await fetch(this.statusUrl);
    const { hosts } = (await response.json()) as {
      hosts: { pullRequests: { runs: { running?: number } } }[];
    };
    const [{ pullRequests }] = hosts;
    return pullRequests.runs.running ?? 0;
  }

  /** Waits until it accepts deliveries, and the catalog module is subscribed to them. */
  async takesDeliveries(): Promise<void> {
    const unsigned = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    };
    const isReady = async () =>
      (await fetch(this.statusUrl)).ok &&
      (await fetch(this.webhookUrl, unsigned)).status === 403;
    const isReadyNow = () => isReady().catch(() => false);
    if (!(await until(isReadyNow, { limitMs: START_LIMIT_MS, everyMs: 100 }))) {
      throw new Error('The backend does not accept deliveries');
    }
  }

  /** What it has used since everything was loaded; the peak is of all its life. */
  async usage(): Promise<Usage> {
    const { usage } = await this.ask('usage', 'usage');
    return {
      ...usage,
      cpuSeconds: usage.cpuSeconds - this.loaded.cpuSeconds,
    };
  }

  /** What is on the heap and in buffers after everything unused was given up. */
  async heldBytes(): Promise<number> {
    const { bytes } = await this.ask('held', 'held');
    return bytes;
  }

  /** Lets the next walk begin now. */
  async triggerWalk(): Promise<void> {
    const task = `${this.baseUrl}/api/catalog/.backstage/scheduler/v1/tasks/${walkTaskOf(this.product)}`;
    const { ok, status } = await fetch(`${task}/trigger`, { method: 'POST' });
    if (!ok) {
      throw new Error(`The walk could not be triggered: HTTP ${status}`);
    }
  }

  /** Ends it in order or, where that takes too long, at once. */
  async stop(): Promise<void> {
    const exit = once(this.child, 'exit');
    await this.ask('stop', 'stopped').catch(() => {});
    this.child.kill('SIGKILL');
    await exit;
  }

  private async ask<K extends FromBackend['kind']>(
    message: ToBackend,
    answerKind: K,
  ) {
    const answer = messageFrom(
      this.child,
      answerKind,
      ANSWER_LIMIT_MS,
      this.logFile,
    );
    this.child.send(message);
    return answer;
  }
}

/** @throws Error with the end of the log when the process ends or stays silent */
async function messageFrom<K extends FromBackend['kind']>(
  child: ChildProcess,
  kind: K,
  limitMs: number,
  logFile: string,
): Promise<FromBackend & { kind: K }> {
  const done = new AbortController();
  const { signal } = done;
  const messages = async () => {
    for (;;) {
      const [message] = await once(child, 'message', { signal });
      if (message.kind === kind) {
        return message;
      }
    }
  };
  const fail = (what: string): never => {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
    throw new Error(
      `The backend ${what}. Its log ends with\n${lines.slice(-LINES_OF_LOG).join('\n')}`,
    );
  };
  try {
    return await Promise.race([
      messages(),
      once(child, 'exit', { signal }).then(() => fail('ended by itself')),
      sleep(limitMs, undefined, { signal }).then(() =>
        fail(`was silent for ${limitMs / 1000} s`),
      ),
    ]);
  } finally {
    done.abort();
  }
}
