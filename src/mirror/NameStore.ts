import { Knex } from 'knex';
import { batches, rowsByKey } from '../lib/batching';
import { Repository } from '../scm/types';

/** Which repository has, or last had, a full name. */
export type CachedName = { uuid: string; isPrivate: boolean };

type NameRow = { full_name: string; uuid: string; is_private: boolean };

export const NAMES = 'bitbucket__repository_names';

/** Keeps the full names that repositories have, and had, in lower case. */
export class NameStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** The repositories that have, or last had, some full names, whatever their case. */
  async uuids(fullNames: string[]): Promise<Map<string, CachedName>> {
    const rows = new Map<string, NameRow>();
    const lower = fullNames.map(name => name.toLowerCase());
    for (const batch of batches([...new Set(lower)])) {
      for (const row of await this.#knex<NameRow>(NAMES).whereIn(
        'full_name',
        batch,
      )) {
        rows.set(row.full_name, row);
      }
    }
    return new Map(
      fullNames.flatMap(name => {
        const row = rows.get(name.toLowerCase());
        return row
          ? [[name, { uuid: row.uuid, isPrivate: Boolean(row.is_private) }]]
          : [];
      }),
    );
  }

  /** The full names that a repository has, or had, in lower case. */
  async namesOf(uuid: string): Promise<string[]> {
    const rows = await this.#knex<NameRow>(NAMES).where({ uuid });
    return rows.map(row => row.full_name);
  }

  /** Saves that a repository has another full name, too. */
  async save(fullName: string, repository: Repository): Promise<void> {
    await saveNames(this.#knex, [{ ...repository, fullName }]);
  }
}

/**
 * Notes the full names that repositories have now, in one order, since several
 * selections may note the same ones at once.
 */
export async function saveNames(
  knex: Knex,
  repositories: Repository[],
): Promise<void> {
  const rows = repositories.map(({ fullName, uuid, isPrivate }) => ({
    full_name: fullName.toLowerCase(),
    uuid,
    is_private: isPrivate,
  }));
  if (rows.length > 0) {
    await knex<NameRow>(NAMES)
      .insert(rowsByKey(rows, row => row.full_name))
      .onConflict('full_name')
      .merge();
  }
}
