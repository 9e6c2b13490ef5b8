import { Knex } from 'knex';
import { Repository } from '../bitbucket';

/** What is remembered of a repository. */
export type KnownRepository = Pick<
  Repository,
  'uuid' | 'fullName' | 'isPrivate'
>;

type Row = {
  full_name: string;
  uuid: string;
  /** SQLite has numbers for booleans. */
  is_private: boolean | number;
};

/** Rows per statement: a statement of SQLite takes 32,766 values. */
const BATCH = 500;

/**
 * Remembers over restarts, in the catalog's database, which repository has, or
 * last had, a name, so that one that was renamed is known for the same.
 */
export class KnownRepositories {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Those that have, or last had, one of these full names; by full name. */
  async byFullName(fullNames: string[]): Promise<Map<string, KnownRepository>> {
    const known = new Map<string, KnownRepository>();
    for (const batch of batches([...new Set(fullNames)])) {
      const rows = await this.#knex<Row>(
        'bitbucket_cloud__repositories',
      ).whereIn('full_name', batch);
      for (const { full_name: fullName, uuid, is_private } of rows) {
        known.set(fullName, {
          fullName,
          uuid,
          isPrivate: Boolean(is_private),
        });
      }
    }
    return known;
  }

  async remember(repositories: KnownRepository[]): Promise<void> {
    for (const batch of batches(repositories)) {
      const rows = batch.map(({ fullName, uuid, isPrivate }) => ({
        full_name: fullName,
        uuid,
        is_private: isPrivate,
      }));
      await this.#knex<Row>('bitbucket_cloud__repositories')
        .insert(rows)
        .onConflict('full_name')
        .merge();
    }
  }
}

function* batches<T>(items: T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += BATCH) {
    yield items.slice(start, start + BATCH);
  }
}
