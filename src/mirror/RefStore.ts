import { Knex } from 'knex';
import {
  batches,
  batchReads,
  batchWrites,
  rowsByKey,
  unlocked,
} from '../lib/batching';
import {
  CachedFiles,
  CachedRef,
  FileRow,
  FILES,
  GLOB_RESULTS,
  GlobResultRow,
  refId,
  RefName,
  RefRow,
  REFS,
  toFileRow,
  toGlobResultRow,
  toRef,
} from './rows';

const DAY_MS = 24 * 3_600_000;

/**
 * Notes that refs are still used, at most once a day for each, so that those that
 * are not can be pruned. A ref that is being written is noted the next time.
 *
 * @param refs - as they were read just now
 * @param now - milliseconds since the epoch
 */
export async function noteUse(
  knex: Knex,
  refs: RefRow[],
  now: number,
): Promise<void> {
  const ids = refs
    // A time to come was noted before the clock was set back.
    .filter(ref => Math.abs(now - ref.used_at) >= DAY_MS)
    .map(({ id }) => id);
  for (const batch of batches(ids)) {
    const free = unlocked(knex, knex(REFS).select('id').whereIn('id', batch));
    await knex<RefRow>(REFS).whereIn('id', free).update({ used_at: now });
  }
}

/** Keeps what refs point at. */
export class RefStore {
  readonly #knex: Knex;
  readonly #now: () => number;

  /** @param now - milliseconds since the epoch */
  constructor(knex: Knex, now: () => number) {
    this.#knex = knex;
    this.#now = now;
  }

  async ref(name: RefName): Promise<CachedRef | undefined> {
    const row = await this.#row(refId(name));
    return row && toRef(row);
  }

  /** What is known of some refs of a repository, by name. */
  async refs(
    fullName: string,
    names: string[],
  ): Promise<Map<string, CachedRef>> {
    const refs = await Promise.all(
      names.map(async ref => ({
        ref,
        known: await this.ref({ fullName, ref }),
      })),
    );
    return new Map(
      refs.flatMap(({ ref, known }) => (known ? [[ref, known]] : [])),
    );
  }

  /** The names of the refs of a repository that are known to exist. */
  async names(fullName: string): Promise<string[]> {
    const rows = await this.#knex<RefRow>(REFS)
      .where({ full_name: fullName })
      .whereNotNull('commit')
      .select('ref');
    return rows.map(({ ref }) => ref);
  }

  /**
   * Notes what a ref points at. What was known at another commit of it is
   * forgotten, except for what `carried` says is the same at this one.
   */
  async point(
    name: RefName,
    to: CachedRef,
    now: number,
    carried?: Pick<CachedFiles, 'files' | 'globResults'>,
  ): Promise<void> {
    const row: RefRow = {
      id: refId(name),
      full_name: name.fullName,
      ref: name.ref,
      commit: to.commit ?? null,
      kind: to.kind ?? null,
      updated_on: to.updatedOn ?? null,
      used_at: now,
      checked_at: now,
      is_rechecked: false,
    };
    if (!(await this.#add(row))) {
      await this.#move(row, carried);
    }
  }

  readonly #row = batchReads(async (ids: readonly string[]) => {
    const rows = await this.#knex<RefRow>(REFS).whereIn('id', ids);
    await noteUse(this.#knex, rows, this.#now());
    const byId = new Map(rows.map(row => [row.id, row]));
    return ids.map(id => byId.get(id));
  });

  /** Gives whether nothing was known of it. */
  readonly #add = batchWrites(async (rows: readonly RefRow[]) => {
    const written = rowsByKey(rows, ({ id }) => id);
    const added = await this.#knex<RefRow>(REFS)
      .insert(written)
      .onConflict('id')
      .ignore()
      .returning('id');
    const ids = new Set(added.map(({ id }) => id));
    return rows.map(row => written.includes(row) && ids.has(row.id));
  });

  async #move(
    row: RefRow,
    carried?: Pick<CachedFiles, 'files' | 'globResults'>,
  ): Promise<void> {
    const { id, commit } = row;
    await this.#knex.transaction(async transaction => {
      const refs = () => transaction<RefRow>(REFS).where({ id });
      const before = await refs().forUpdate().first();
      await refs().update(row);
      if (before?.commit === commit) {
        return;
      }
      await transaction<FileRow>(FILES).where({ ref_id: id }).delete();
      await transaction<GlobResultRow>(GLOB_RESULTS)
        .where({ ref_id: id })
        .delete();
      const files = [...(carried?.files ?? [])].map(([path, file]) =>
        toFileRow(id, path, file),
      );
      for (const batch of batches(files)) {
        await transaction<FileRow>(FILES).insert(batch);
      }
      const globResults = [...(carried?.globResults ?? [])].map(
        ([pattern, paths]) => toGlobResultRow(id, pattern, paths, row.used_at),
      );
      for (const batch of batches(globResults)) {
        await transaction<GlobResultRow>(GLOB_RESULTS).insert(batch);
      }
    });
  }
}
