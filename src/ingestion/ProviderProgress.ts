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

/** A single delivery may be lost, and may come a little after the walk. */
const ENOUGH_MISSES = 2;
const PATIENCE_MS = 10 * 60_000;

/** So that a burst of deliveries is not one of writes. */
const NOTED_EVERY_MS = 60_000;

type Row = {
  provider: string;
  heard_at: number | null;
  missed_at: number | null;
  misses: number;
};

/** What is known of the deliveries that an entity provider gets, over all replicas. */
type Hearing = {
  /** When the last one came, to the minute. Milliseconds since the epoch. */
  heardAt?: number;
  /**
   * Since when walks find what deliveries should have announced, while none comes at
   * all. Absent while all is well.
   */
  silentSince?: number;
};

/** Notices when the webhook of an entity provider's workspace has gone silent. */
export class WebhookHealth {
  readonly #knex: Knex;
  readonly #provider: string;
  readonly #now: () => number;

  /**
   * @param provider - its name
   * @param now - milliseconds since the epoch. Default: now.
   */
  constructor(knex: Knex, provider: string, now: () => number = Date.now) {
    this.#knex = knex;
    this.#provider = provider;
    this.#now = now;
  }

  /** A delivery has come. */
  async hear(): Promise<void> {
    const row = await this.#row();
    const age = this.#now() - (row?.heard_at ?? -Infinity);
    if (row?.misses || Math.abs(age) > NOTED_EVERY_MS) {
      await this.#save({ heard_at: this.#now(), missed_at: null, misses: 0 });
    }
  }

  /** A walk has found what a delivery should have announced. */
  async miss(): Promise<void> {
    const row = await this.#row();
    await this.#save({
      heard_at: row?.heard_at ?? null,
      missed_at: row?.missed_at ?? this.#now(),
      misses: (row?.misses ?? 0) + 1,
    });
  }

  async read(): Promise<Hearing> {
    const row = await this.#row();
    const { missed_at: missedAt = null, misses = 0 } = row ?? {};
    const isSilent =
      missedAt !== null &&
      misses >= ENOUGH_MISSES &&
      this.#now() - missedAt >= PATIENCE_MS;
    return {
      heardAt: row?.heard_at ?? undefined,
      silentSince: isSilent ? missedAt : undefined,
    };
  }

  async #row(): Promise<Row | undefined> {
    return this.#knex<Row>('bitbucket__deliveries')
      .where({ provider: this.#provider })
      .first();
  }

  async #save(row: Omit<Row, 'provider'>): Promise<void> {
    await this.#knex<Row>('bitbucket__deliveries')
      .insert({ provider: this.#provider, ...row })
      .onConflict('provider')
      .merge();
  }
}
