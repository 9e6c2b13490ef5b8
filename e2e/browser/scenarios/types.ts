import type { Page } from 'playwright-core';
import type { RunningBackend } from '../backend';

/** What a scenario has to work with. */
export type Stage = {
  /** A new page, at no address yet. Relative addresses are those of the app. */
  page: Page;
  backend: RunningBackend;
  /**
   * Keeps a picture of the page, if pictures are wanted.
   *
   * @param of - another page that was opened on the way
   */
  picture(name: string, of?: Page): Promise<void>;
};

/** Something that a person does and sees. */
export type Scenario = {
  /** What holds. */
  name: string;
  /** @throws Error when it does not */
  play(stage: Stage): Promise<void>;
};
