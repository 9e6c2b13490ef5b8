import { Knex } from 'knex';
import { batches } from '../workspace';

/** How far an entity provider has come. */
export type Progress = {
  /** A hash of the settings that its files were found by. */
  settings: string;
  /** Of its scope: what changed up to then has been looked into. */
  version: number;
  /** The full list of repositories that was compared last, by its start. */
  completeSince?: number;
};

/** A file that the catalog was told of. */
export type ToldFile = {
  target: string;
  /** SHA-256 of its content at that time, where that was known. */
  hash?: string;
};

type ProviderRow = {
  provider: string;
  settings: string;
  version: number;
  complete_since: number | null;
};
type ToldRow = { provider: string; uuid: string; files: string };

/**
 * What an entity provider remembers over restarts, so that a walk need only look
 * at what has changed since the one before, whichever replica ran that.
 */
export class ProviderMemory {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  async progress(): Promise<Progress | undefined> {
    const row = await this.#knex<ProviderRow>('bitbucket_cloud__providers')
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
    await this.#knex<ProviderRow>('bitbucket_cloud__providers')
      .insert({
        provider: this.#provider,
        settings: progress.settings,
        version: progress.version,
        complete_since: progress.completeSince ?? null,
      })
      .onConflict('provider')
      .merge();
  }

  /**
   * The files of some repositories that the catalog was told of, by uuid.
   */
  async told(uuids: string[]): Promise<Map<string, ToldFile[]>> {
    const told = new Map<string, ToldFile[]>();
    for (const batch of batches(uuids)) {
      const rows = await this.#knex<ToldRow>('bitbucket_cloud__told')
        .where({ provider: this.#provider })
        .whereIn('uuid', batch);
      rows.forEach(({ uuid, files }) => told.set(uuid, JSON.parse(files)));
    }
    return told;
  }

  /** @param told - by uuid */
  async saveTold(told: Map<string, ToldFile[]>): Promise<void> {
    const rows = [...told].map(([uuid, files]) => ({
      provider: this.#provider,
      uuid,
      files: JSON.stringify(files),
    }));
    for (const batch of batches(rows)) {
      await this.#knex<ToldRow>('bitbucket_cloud__told')
        .insert(batch)
        .onConflict(['provider', 'uuid'])
        .merge();
    }
  }
}

/** The targets of a repository that any provider has told the catalog of. */
export async function readToldTargets(
  knex: Knex,
  uuid: string,
): Promise<Set<string>> {
  const rows = await knex<ToldRow>('bitbucket_cloud__told').where({ uuid });
  const files: ToldFile[] = rows.flatMap(row => JSON.parse(row.files));
  return new Set(files.map(({ target }) => target));
}
