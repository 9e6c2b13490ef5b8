import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../freePort';

/** `npm start` in a process of its own, over a copy of `dev/workspace`. */
export class Demonstration {
  stdout = '';
  readonly #child: ChildProcess;

  private constructor(
    readonly port: number,
    readonly folder: string,
    args: string[],
  ) {
    const script = require.resolve('./startWith');
    this.#child = spawn(
      process.execPath,
      ['--import', 'tsx', script, folder, '--port', `${port}`, ...args],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child.stdout?.on('data', chunk => {
      this.stdout += chunk;
    });
  }

  /** @param args - options of `npm start`, other than the port */
  static async start(args: string[] = []): Promise<Demonstration> {
    const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
    await cp(resolve(__dirname, '../../workspace'), folder, {
      recursive: true,
    });
    const started = new Demonstration(await freePort(), folder, args);
    await started.shows('Ctrl-C ends it.');
    return started;
  }

  /** Waits until something is printed. */
  async shows(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.#child.exitCode !== null) {
        throw new Error(`Ended before "${text}":\n${this.stdout}`);
      }
      await sleep(100);
    }
  }

  /** Replaces a text in a file of the workspace. */
  async edit(path: string, wrong: string, right: string): Promise<void> {
    const file = join(this.folder, path);
    const before = await readFile(file, 'utf8');
    await writeFile(file, before.replace(wrong, right));
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    await exit;
    await rm(this.folder, { recursive: true });
  }
}

/** The content of a page, as soon as there is a text in it. */
export async function page(url: string, text: string | RegExp) {
  for (;;) {
    const shown = await (await fetch(url)).text();
    if (shown.search(text) !== -1) {
      return shown;
    }
    await sleep(100);
  }
}

/** Corrects the mistakes of the pull request. */
export async function correct(started: Demonstration): Promise<void> {
  for (const [path, wrong, right] of [
    ['positions/catalog-info.yaml', 'harbor', 'harbour'],
    ['tides/catalog-info.yaml', 'tide forecast', 'tide-forecast'],
    ['tides/catalog-info.yaml', 'openapi.yml', 'openapi.yaml'],
  ]) {
    const services = 'pull-requests/fleet/tides/services';
    await started.edit(`${services}/${path}`, wrong, right);
  }
}
