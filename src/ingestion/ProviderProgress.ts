import { Knex } from 'knex';
import { ProviderConfig } from '../config/types';
import { hashOf } from '../lib/text';

/**
 * A hash of the settings that decide which files a provider finds and may
 * remove. Under other ones everything is compared again, with what the mirror
 * knows.
 */
export function settingsOf(config: ProviderConfig): string {
  const { workspace, catalogPaths, branch, fallbackToDefaultBranch } = config;
  const { filters, removals } = config;
  const settings = {
    workspace,
    catalogPaths,
    branch,
    fallbackToDefaultBranch,
    filters,
    removals,
  };
  return hashOf(JSON.stringify(settings));
}

/** How far an entity provider has come. */
export type Progress = {
  /** A hash of the settings that its files were found by. */
  settings: string;
  /** Of its selection: what changed up to then has been searched. */
  version: number;
  /** The full list of repositories that was compared last, by its start. */
  completeSince?: number;
};

type ProviderRow = {
  provider: string;
  settings: string;
  version: number;
  complete_since: number | null;
};

/**
 * What an entity provider remembers over restarts, so that a walk need only look
 * at what has changed since the one before, whichever replica ran that.
 */
export class ProviderProgress {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  async progress(): Promise<Progress | undefined> {
    const row = await this.#knex<ProviderRow>('bitbucket__providers')
      .where({ provider: this.#provider })
      .first();
    return (
      row && {
        settings: row.settings,
        version: row.version,
        completeSince: row.complete_since ?? undefined,
      }
    );
  }

  async saveProgress(progress: Progress): Promise<void> {
    await this.#knex<ProviderRow>('bitbucket__providers')
      .insert({
        provider: this.#provider,
        settings: progress.settings,
        version: progress.version,
        complete_since: progress.completeSince ?? null,
      })
      .onConflict('provider')
      .merge();
  }
}
