import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Timing } from '../src/http/retry';
import { ObservedBackend } from './ObservedBackend';
import { backendConfig, Database, TestConfig } from './backendConfig';
import { LogLine } from './logs';

/** How patient a backend's REST client is. */
export type Limits = Partial<
  Pick<Timing, 'attemptTimeoutMs' | 'maxAttempts' | 'baseDelayMs'>
>;

const LINES_OF_LOG = 30;

/** A real Backstage backend in a process of its own, which can be killed. */
export class BackendProcess extends ObservedBackend {
  readonly #child: ChildProcess;
  readonly #started: Promise<unknown>;
  readonly #ended: Promise<unknown>;

  private constructor(baseUrl: string, child: ChildProcess) {
    const logs: LogLine[] = [];
    super(baseUrl, logs);
    this.#child = child;
    for (const output of [child.stdout, child.stderr] as Readable[]) {
      createInterface(output).on('line', text => logs.push(toLogLine(text)));
    }
    this.#ended = once(child, 'close');
    this.#started = Promise.race([
      once(child, 'message'),
      this.#ended.then(() => this.#fail()),
    ]);
    // Callers need not wait for a start.
    this.#started.catch(() => {});
  }

  /** @returns at once; {@link BackendProcess.started} waits for the start */
  static async fork(options: {
    config: TestConfig;
    database: Database;
    limits?: Limits;
  }): Promise<BackendProcess> {
    const { config, database, limits = {} } = options;
    const { baseUrl, data } = await backendConfig(config, database);
    const child = fork(
      require.resolve('./backendServer'),
      [JSON.stringify({ data, limits })],
      {
        execArgv: ['--import', 'tsx'],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    return new BackendProcess(baseUrl, child);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** @throws Error with the end of the log when the process ends instead */
  async started(): Promise<void> {
    await this.#started;
  }

  /**
   * Ends the process and waits until it has ended.
   *
   * @returns its exit code; null where the signal ended it
   */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#child.kill(signal);
    await this.#ended;
    return this.#child.exitCode;
  }

  /** What the log ends with, for messages. */
  get tail(): string {
    const lines = this.logs.slice(-LINES_OF_LOG).map(({ text }) => text);
    return `The log ends with\n${lines.join('\n')}`;
  }

  #fail(): never {
    throw new Error(`The backend ended by itself. ${this.tail}`);
  }
}

/** A line that is not JSON comes from Node.js itself. */
function toLogLine(text: string): LogLine {
  try {
    const { level, message } = JSON.parse(text);
    return { level, message, text };
  } catch {
    return { level: 'output', message: text, text };
  }
}
