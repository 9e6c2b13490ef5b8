import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { RunningBackend } from './backend';
import type { Scenario } from './scenarios';

/** Of pages, and of pictures. */
const VIEWPORT = { width: 1280, height: 800 };

/** How long the page may take to show what is waited for, on a busy machine. */
const PATIENCE_MS = 60_000;

/** Until what folds has folded. */
const SETTLED_AFTER_MS = 1_000;

type PlayerOptions = {
  browser: Browser;
  backend: RunningBackend;
  /** Of the app. */
  baseURL: string;
  /** Folder for pictures of pages as they were when a scenario failed. */
  failures: string;
  /** Folder for the pictures that scenarios take. Without it, they take none. */
  images?: string;
  print(text: string): void;
};

/** Plays scenarios, one after the other, each in a browser profile of its own. */
export class Player {
  readonly #options: PlayerOptions;
  passed = 0;
  failed = 0;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  /** Says how it went; never throws for what the scenario found wrong. */
  async play(scenario: Scenario): Promise<void> {
    const { browser, backend, baseURL, print } = this.#options;
    const context = await browser.newContext({ baseURL, viewport: VIEWPORT });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(error.message));
    const started = performance.now();
    const seconds = () => ((performance.now() - started) / 1_000).toFixed(0);
    try {
      await scenario.play({
        page,
        backend,
        picture: (name, of = page) => this.#takePicture(of, name),
      });
      this.passed += 1;
      print(`ok      ${scenario.name} (${seconds()} s)`);
    } catch (error) {
      this.failed += 1;
      const path = join(this.#options.failures, `${this.failed}.png`);
      await page.screenshot({ path });
      print(`FAILED  ${scenario.name} (${seconds()} s)`);
      print(
        [
          error instanceof Error ? error.stack : error,
          ...errors.map(message => `The page threw: ${message}`),
          `At ${page.url()}, see ${path}`,
        ].join('\n'),
      );
    }
    await context.close();
  }

  async #takePicture(page: Page, name: string): Promise<void> {
    const { images } = this.#options;
    if (images) {
      await sleep(SETTLED_AFTER_MS);
      await page.screenshot({ path: join(images, `${name}.png`) });
    }
  }
}
