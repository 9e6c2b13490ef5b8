import { createHash } from 'node:crypto';
import { Knex } from 'knex';
import { CatalogFile } from '../discovery';
import { toTarget } from './locations';

/** Rows per statement: a statement of SQLite takes 32,766 values. */
const BATCH = 500;

type Row = {
  provider: string;
  target_hash: string;
  repository_uuid: string;
  full_name: string;
  /** SQLite has numbers for booleans. */
  is_private: boolean | number;
  branch: string;
  path: string;
};

/** What is known of the Locations that a provider has in the catalog. */
export type Known = {
  files: CatalogFile[];
  /**
   * Whether that is all of them. It is not before a first walk has read every
   * repository: another module may have filled the catalog before.
   */
  complete: boolean;
};

/**
 * Remembers over restarts, in the catalog's database, which files an entity
 * provider has handed to the catalog.
 *
 * A file is remembered before the catalog hears of it and forgotten after, so
 * that whatever breaks in between, the catalog has no Location that is not
 * known here.
 */
export class KnownFiles {
  readonly #knex: Knex;
  readonly #provider: string;

  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  async load(): Promise<Known> {
    const provider = this.#provider;
    const [state] = await this.#knex('bitbucket_cloud__providers').where({
      provider,
    });
    const rows = await this.#knex<Row>('bitbucket_cloud__known_files').where({
      provider,
    });
    return { complete: state !== undefined, files: rows.map(toFile) };
  }

  async remember(files: CatalogFile[]): Promise<void> {
    for (const batch of batches(files)) {
      await this.#knex<Row>('bitbucket_cloud__known_files')
        .insert(batch.map(file => toRow(this.#provider, file)))
        .onConflict(['provider', 'target_hash'])
        .merge();
    }
  }

  async forget(files: CatalogFile[]): Promise<void> {
    for (const batch of batches(files)) {
      await this.#knex<Row>('bitbucket_cloud__known_files')
        .where({ provider: this.#provider })
        .whereIn('target_hash', batch.map(toTargetHash))
        .delete();
    }
  }

  /** From now on, what is remembered is all that the catalog has. */
  async markComplete(): Promise<void> {
    await this.#knex('bitbucket_cloud__providers')
      .insert({ provider: this.#provider })
      .onConflict('provider')
      .ignore();
  }
}

function toRow(provider: string, file: CatalogFile): Row {
  const { repository, branch, path } = file;
  return {
    provider,
    target_hash: toTargetHash(file),
    repository_uuid: repository.uuid,
    full_name: repository.fullName,
    is_private: repository.isPrivate,
    branch,
    path,
  };
}

function toFile(row: Row): CatalogFile {
  const repository = {
    uuid: row.repository_uuid,
    fullName: row.full_name,
    isPrivate: Boolean(row.is_private),
  };
  return { repository, branch: row.branch, path: row.path };
}

function toTargetHash(file: CatalogFile): string {
  return createHash('sha1').update(toTarget(file)).digest('hex');
}

function* batches<T>(items: T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += BATCH) {
    yield items.slice(start, start + BATCH);
  }
}
