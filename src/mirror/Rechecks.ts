import { Knex } from 'knex';
import { isDeepStrictEqual } from 'node:util';
import { globOf } from '../lib/globs';
import { RepositorySelection, ScmHost } from '../scm/ScmHost';
import { isBitbucketError } from '../scm/errors';
import { RequestContext } from '../scm/types';
import { keepFile } from './ContentStore';
import { FileStores } from './FileStore';
import { selectionId } from './RepositoryStore';
import { refusesEveryRequest } from './failures';
import { FILES, fromRow, GLOB_RESULTS, REFS, RepositoryRow } from './rows';

const HOUR_MS = 3_600_000;

/**
 * What is re-checked, and how often:
 *
 * - `negatives`: what says that something does not exist, all of it within a day
 * - `heads`: of branches, one time each after a repository was updated, since a
 *   response may be older than the push; as many as all heads would be within a day
 * - `positives`: what says that something exists, which is wrong less often and does
 *   less harm
 */
const RECHECK_EVERY_MS = {
  negatives: 22 * HOUR_MS,
  heads: 22 * HOUR_MS,
  positives: 30 * 24 * HOUR_MS,
};

type RecheckGroup = keyof typeof RECHECK_EVERY_MS;

const GROUPS = Object.keys(RECHECK_EVERY_MS) as RecheckGroup[];

/** Per walk, however long ago the last one was. */
const MOST_AT_ONCE = 50;

/**
 * How many of some cached results to re-check now, so that all of them have their
 * turn within a period, evenly: a walk of an unchanged workspace stays cheap.
 *
 * @param last - when re-checks were last counted; undefined before the first time
 * @returns as of when the next ones are to be counted as well
 */
export function dueRechecks(
  total: number,
  everyMs: number,
  last: number | undefined,
  now: number,
): { count: number; at: number } {
  if (last === undefined || last > now || total === 0) {
    return { count: 0, at: now };
  }
  const count = Math.floor((total * (now - last)) / everyMs);
  return count > MOST_AT_ONCE
    ? { count: MOST_AT_ONCE, at: now }
    : { count, at: last + (count * everyMs) / total };
}

type SelectionRow = {
  id: string;
  negatives_at: number | null;
  heads_at: number | null;
  positives_at: number | null;
};

type CachedRow = RepositoryRow & {
  kind: 'file' | 'answer' | 'ref';
  id: string;
  ref: string;
  commit: string | null;
  subject: string;
  checked_at: number | null;
};

/** Whose head only one response has named since the repository was updated. */
const ASKED_ONCE = { 'checked.is_rechecked': false };

/**
 * Asks Bitbucket again, from spare budget, for what is cached: first of all for
 * files, branches and matches of globs that were not found. A single response that
 * was wrong is corrected so, without a push.
 */
export class Rechecks {
  readonly #host: ScmHost;
  readonly #knex: Knex;
  readonly #stores: FileStores;
  readonly #now: () => number;

  constructor(options: {
    host: ScmHost;
    knex: Knex;
    stores: FileStores;
    now: () => number;
  }) {
    this.#host = options.host;
    this.#knex = options.knex;
    this.#stores = options.stores;
    this.#now = options.now;
  }

  /**
   * Re-checks what is due of a selection. One request each, or what a listing costs.
   *
   * @returns uuids of the repositories of which a result was wrong
   */
  async run(
    selection: RepositorySelection,
    context: RequestContext,
  ): Promise<string[]> {
    const id = selectionId(selection);
    const row = () =>
      this.#knex<SelectionRow>('bitbucket__selections').where({ id });
    const last = await row().first('negatives_at', 'heads_at', 'positives_at');
    const counts = new Map<RecheckGroup, number>();
    const next: Partial<SelectionRow> = { ...last };
    for (const group of this.#groups) {
      const { count, at } = dueRechecks(
        await this.#count(id, group),
        RECHECK_EVERY_MS[group],
        last?.[`${group}_at`] ?? undefined,
        this.#now(),
      );
      counts.set(group, count);
      next[`${group}_at`] = at;
    }
    if (!isDeepStrictEqual({ ...last }, next)) {
      await row().update(next);
    }
    const rows: CachedRow[] = [];
    for (const [group, count] of counts) {
      rows.push(...(await this.#oldest(id, group, count)));
    }
    const corrected = new Set<string>();
    for (const one of rows) {
      try {
        if (await this.#recheck(one, { ...context, purpose: 'recheck' })) {
          corrected.add(one.uuid);
          // What else is cached of it may be wrong for the same reason, such as a
          // comparison of commits that lacked rows: all is looked at again, at once.
          const { fullName } = fromRow(one);
          await this.#stores.files.forgetAbsent({ fullName, ref: one.ref });
        }
      } catch (error) {
        if (refusesEveryRequest(error)) {
          break;
        }
        if (!isBitbucketError(error)) {
          throw error;
        }
        // It proves nothing, and has its turn again.
        await this.#touch(one);
      }
    }
    return [...corrected];
  }

  /** Where walks request heads one by one, those are re-checked anyway. */
  get #groups(): RecheckGroup[] {
    return GROUPS.filter(group => group !== 'heads' || !this.#host.heads);
  }

  async #count(id: string, group: RecheckGroup): Promise<number> {
    const counts = await Promise.all(
      this.#sources(id, group).map(source =>
        source.clone().clearSelect().count({ count: '*' }).first(),
      ),
    );
    return counts.reduce((sum, row) => sum + Number(row?.count), 0);
  }

  async #oldest(
    id: string,
    group: RecheckGroup,
    count: number,
  ): Promise<CachedRow[]> {
    if (count === 0) {
      return [];
    }
    const rows: CachedRow[] = [];
    for (const source of this.#sources(id, group)) {
      rows.push(
        ...((await source
          .clone()
          .modify(query => group === 'heads' && query.where(ASKED_ONCE))
          .orderByRaw('coalesce(checked.checked_at, 0)')
          .limit(count)) as CachedRow[]),
      );
    }
    return rows
      .sort((a, b) => (a.checked_at ?? 0) - (b.checked_at ?? 0))
      .slice(0, count);
  }

  /** What is cached of the repositories of a selection: files, matches of globs, branches. */
  #sources(id: string, group: RecheckGroup): Knex.QueryBuilder[] {
    const at = (table: string) =>
      this.#knex(`${table} as checked`)
        .join(`${REFS} as ref`, 'ref.id', 'checked.ref_id')
        .join('bitbucket__repositories as repository', {
          'repository.full_name': 'ref.full_name',
        })
        .where('repository.selection_id', id)
        .whereNotNull('ref.commit');
    const columns = ['repository.*', 'ref.id', 'ref.ref', 'ref.commit'];
    const files = at(FILES)
      .where('checked.exists', group === 'positives')
      .select(...columns, 'checked.checked_at', { subject: 'checked.path' })
      .select(this.#knex.raw("'file' as kind"));
    const globResults = at(GLOB_RESULTS)
      .select(...columns, 'checked.checked_at', { subject: 'checked.pattern' })
      .select(this.#knex.raw("'answer' as kind"));
    const refs = this.#knex(`${REFS} as checked`)
      .join('bitbucket__repositories as repository', {
        'repository.full_name': 'checked.full_name',
      })
      .where('repository.selection_id', id)
      .select('repository.*', 'checked.id', 'checked.ref', 'checked.commit')
      .select('checked.checked_at', { subject: 'checked.ref' })
      .select(this.#knex.raw("'ref' as kind"));
    // The head of a main branch comes with the list of repositories.
    const heads = refs
      .clone()
      .where('checked.kind', 'branch')
      .whereNotNull('checked.commit')
      .whereRaw("?? <> coalesce(??, '')", [
        'checked.ref',
        'repository.main_branch',
      ]);
    switch (group) {
      case 'negatives':
        return [files, globResults, refs.whereNull('checked.commit')];
      case 'heads':
        return [heads];
      case 'positives':
        return [
          files.whereNotNull('checked.content_hash'),
          heads.whereNot(ASKED_ONCE),
        ];
    }
  }

  /**
   * What is missing by now is only cached as such: its removal from the catalog
   * takes another request that agrees.
   *
   * @returns whether the cached result was wrong; it is corrected then
   */
  async #recheck(row: CachedRow, context: RequestContext): Promise<boolean> {
    const repository = fromRow(row);
    const name = { fullName: repository.fullName, ref: row.ref };
    if (row.kind === 'ref') {
      const hash = await this.#host.branch(repository, row.ref, context);
      const isSame = hash === (row.commit ?? undefined);
      // Where the two differ, a third response decides when the ref is next opened.
      await this.#knex(REFS)
        .where({ id: row.id, checked_at: row.checked_at })
        .update({
          checked_at: this.#now(),
          is_rechecked: true,
          ...(isSame ? {} : { updated_on: null }),
        });
      return !isSame;
    }
    const commit = { fullName: repository.fullName, hash: row.commit! };
    if (row.kind === 'answer') {
      const before = await this.#stores.files.globResult(
        name,
        row.commit!,
        row.subject,
      );
      const glob = globOf(row.subject);
      const found = await this.#host.findFiles(commit, glob, context);
      const paths = found.sort();
      await this.#stores.files.saveGlobResult(
        name,
        row.commit!,
        row.subject,
        paths,
      );
      return JSON.stringify(before) !== JSON.stringify(paths);
    }
    const before = await this.#stores.files.file(
      name,
      row.commit!,
      row.subject,
    );
    const { contents } = this.#stores;
    const file = await keepFile(
      this.#host,
      contents,
      commit,
      row.subject,
      context,
    );
    await this.#stores.files.saveFile(name, row.commit!, row.subject, file);
    return before?.exists !== file.exists || before?.hash !== file.hash;
  }

  async #touch({ kind, id, subject }: CachedRow): Promise<void> {
    const checked = { checked_at: this.#now() };
    if (kind === 'ref') {
      await this.#knex(REFS).where({ id }).update(checked);
    } else if (kind === 'file') {
      await this.#knex(FILES)
        .where({ ref_id: id, path: subject })
        .update(checked);
    } else {
      await this.#knex(GLOB_RESULTS)
        .where({ ref_id: id, pattern: subject })
        .update(checked);
    }
  }
}
