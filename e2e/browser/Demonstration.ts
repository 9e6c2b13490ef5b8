import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../dev/freePort';

const DEV = resolve(__dirname, '../../dev');

/** How long it may take until everything is there, on a busy machine. */
const PATIENCE_MS = 120_000;

/** What `npm start` runs, with a copy of `dev/workspace` whose files may be changed. */
export class Demonstration {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #printed = '';

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    const script = join(DEV, 'start/__testUtils__/startWith.ts');
    this.#child = spawn(
      process.execPath,
      ['--import', 'tsx', script, folder, '--port', `${port}`],
      { cwd: resolve(DEV, '..'), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child.stdout?.on('data', data => (this.#printed += data));
  }

  static async start(): Promise<Demonstration> {
    const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
    await cp(join(DEV, 'workspace'), folder, { recursive: true });
    const started = new Demonstration(folder, await freePort());
    await started.#prints('Ctrl-C ends it.');
    return started;
  }

  /** The page of its pull request. */
  get pullRequestUrl(): string {
    const [url] = /http\S+\/pull-requests\/\d+/.exec(this.#printed) ?? [];
    if (url === undefined) {
      throw new Error(`No address of a pull request:\n${this.#printed}`);
    }
    return url;
  }

  /** Saves a file with a part of it replaced. */
  async correct(path: string, wrong: string, right: string): Promise<void> {
    const file = join(this.#folder, path);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(wrong, right));
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGINT');
      await exit;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #prints(text: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!this.#printed.includes(text)) {
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        await this.stop();
        throw new Error(`npm start did not print "${text}":\n${this.#printed}`);
      }
      await sleep(100);
    }
  }
}
