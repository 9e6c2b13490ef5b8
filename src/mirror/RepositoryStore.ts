import { Knex } from 'knex';
import { batches, batchReads, rowsByKey } from '../lib/batching';
import { hashOf } from '../lib/text';
import { RepositorySelection } from '../scm/ScmHost';
import { Repository } from '../scm/types';
import { NAMES, saveNames } from './NameStore';
import {
  fromRow,
  IndexedRepository,
  isSame,
  RepositoryRow,
  toRow,
  withKnownMainBranch,
} from './rows';

/** The name of a selection in the database. */
export function selectionId({ workspace, query }: RepositorySelection): string {
  const name = workspace.toLowerCase();
  return query ? `${name}?${hashOf(query).slice(0, 16)}` : name;
}

/** How far a selection is known. */
type SelectionState = {
  /** Counts the changes that were seen. */
  version: number;
  /** The latest `updated_on` that was seen; absent before the first look. */
  cursor?: string;
  /** When it was last asked what changed. Milliseconds since the epoch. */
  refreshedAt?: number;
};

type SelectionRow = {
  id: string;
  host: string;
  workspace: string;
  query: string | null;
  version: number;
  cursor: string | null;
  refreshed_at: number | null;
};
/** A repository by one of its names. */
type NamedRow = RepositoryRow & Omit<SelectionRow, 'id'> & { name: string };

/** A repository, and the selection that keeps it up to date. */
export type FoundRepository = {
  selection: RepositorySelection;
  /** When the selection was last asked what changed. Milliseconds since the epoch. */
  refreshedAt?: number;
  repository: IndexedRepository;
};

export const REPOSITORIES = 'bitbucket__repositories';
export const SELECTIONS = 'bitbucket__selections';

/** Keeps the repositories of a host as Bitbucket last described them, by selection. */
export class RepositoryStore {
  readonly #knex: Knex;
  readonly #host: string;
  readonly #hasStamps: boolean;

  /**
   * @param options.host - its id; the tables hold the repositories of other hosts too
   * @param options.hasStamps - whether the host says when a repository was updated.
   * Otherwise `updatedOn` says since when its heads are known. Default true.
   */
  constructor(
    knex: Knex,
    { host, hasStamps = true }: { host: string; hasStamps?: boolean },
  ) {
    this.#knex = knex;
    this.#host = host;
    this.#hasStamps = hasStamps;
  }

  async state(selection: RepositorySelection): Promise<SelectionState> {
    const row = await this.#knex<SelectionRow>(SELECTIONS)
      .where({ id: selectionId(selection) })
      .first();
    return {
      version: row?.version ?? 0,
      cursor: row?.cursor ?? undefined,
      refreshedAt: row?.refreshed_at ?? undefined,
    };
  }

  async markRefreshed(
    selection: RepositorySelection,
    { cursor, refreshedAt }: Omit<SelectionState, 'version'>,
  ): Promise<void> {
    await this.#knex<SelectionRow>(SELECTIONS)
      .insert({
        ...this.#newRow(selection),
        cursor: cursor ?? null,
        refreshed_at: refreshedAt ?? null,
      })
      .onConflict('id')
      .merge(['cursor', 'refreshed_at']);
  }

  /**
   * Remembers repositories as they are now. Those that differ from what was
   * known get the next version of the selection.
   *
   * @param askedAt - when they were asked for. Milliseconds since the epoch.
   * @returns `updatedOn` of each as it is kept, by uuid
   */
  async save(
    selection: RepositorySelection,
    repositories: readonly Repository[],
    askedAt: number,
  ): Promise<Map<string, string | undefined>> {
    const id = selectionId(selection);
    const kept = new Map<string, string | undefined>();
    const sorted = rowsByKey(repositories, ({ uuid }) => uuid);
    for (const batch of batches(sorted)) {
      await this.#knex.transaction(async transaction => {
        await transaction<SelectionRow>(SELECTIONS)
          .insert(this.#newRow(selection))
          .onConflict('id')
          .ignore();
        // Whoever else saves to this selection waits here.
        await transaction<SelectionRow>(SELECTIONS)
          .where({ id })
          .increment('version', 1);
        const { version } = await transaction<SelectionRow>(SELECTIONS)
          .where({ id })
          .first('version')
          .then(row => row ?? { version: 1 });
        const rows = await transaction<RepositoryRow>(REPOSITORIES)
          .where({ selection_id: id })
          .whereIn(
            'uuid',
            batch.map(({ uuid }) => uuid),
          );
        const known = new Map(rows.map(row => [row.uuid, fromRow(row)]));
        const changed: Repository[] = [];
        const saved = batch.map(one => {
          const before = known.get(one.uuid);
          const latest = withKnownMainBranch(
            this.#withStamp(one, before, askedAt),
            before,
          );
          kept.set(one.uuid, latest.updatedOn);
          const isChanged = !isSame(before, latest);
          if (isChanged) {
            changed.push(latest);
          }
          return toRow(id, {
            ...latest,
            // Another replica's clock may be ahead.
            seenAt: Math.max(askedAt, before?.seenAt ?? 0),
            version: isChanged ? version : (before?.version ?? version),
          });
        });
        await transaction<RepositoryRow>(REPOSITORIES)
          .insert(saved)
          .onConflict(['selection_id', 'uuid'])
          .merge();
        await saveNames(transaction, changed);
      });
    }
    return kept;
  }

  #newRow(selection: RepositorySelection) {
    const { workspace, query } = selection;
    return {
      id: selectionId(selection),
      host: this.#host,
      workspace,
      query: query ?? null,
      version: 0,
    };
  }

  #withStamp(
    latest: Repository,
    known: Repository | undefined,
    now: number,
  ): Repository {
    if (this.#hasStamps) {
      return latest;
    }
    const { mainBranch } = latest;
    const hasHead = mainBranch === null || mainBranch?.hash !== undefined;
    const since = hasHead ? undefined : known?.updatedOn;
    return { ...latest, updatedOn: since ?? new Date(now).toISOString() };
  }

  /** Those of a selection, or those that changed after a version of it. */
  async list(
    selection: RepositorySelection,
    after = -1,
  ): Promise<IndexedRepository[]> {
    const rows = await this.#knex<RepositoryRow>(REPOSITORIES)
      .where({ selection_id: selectionId(selection) })
      .andWhere('version', '>', after);
    return rows.map(fromRow);
  }

  /** Those of a selection that have some uuids. */
  async byUuid(
    selection: RepositorySelection,
    uuids: string[],
  ): Promise<IndexedRepository[]> {
    const found: IndexedRepository[] = [];
    for (const batch of batches(uuids)) {
      const rows = await this.#knex<RepositoryRow>(REPOSITORIES)
        .where({ selection_id: selectionId(selection) })
        .whereIn('uuid', batch);
      found.push(...rows.map(fromRow));
    }
    return found;
  }

  /** The repository that has, or last had, a full name, as it was last seen. */
  async byFullName(fullName: string): Promise<FoundRepository | undefined> {
    return this.#byFullName(fullName.toLowerCase());
  }

  readonly #byFullName = batchReads(async (fullNames: readonly string[]) => {
    const rows: NamedRow[] = await this.#knex(`${NAMES} as name`)
      .join(`${REPOSITORIES} as repository`, 'repository.uuid', 'name.uuid')
      .join(
        `${SELECTIONS} as selection`,
        'selection.id',
        'repository.selection_id',
      )
      .whereIn('name.full_name', fullNames)
      .where('selection.host', this.#host)
      // A selection that was asked what changed later may know less than one that was
      // asked for the repository itself.
      .orderByRaw(
        `case when repository.seen_at > coalesce(selection.refreshed_at, 0)
          then repository.seen_at else selection.refreshed_at end desc`,
      )
      .select(
        'repository.*',
        'selection.workspace',
        'selection.query',
        'selection.refreshed_at',
        { name: 'name.full_name' },
      );
    return fullNames.map(fullName => {
      const row = rows.find(({ name }) => name === fullName);
      return row && toFound(row);
    });
  });

  /**
   * Takes the repositories of a selection that were seen at a time to come for not
   * seen until they are seen again.
   *
   * @param now - milliseconds since the epoch
   */
  async markUnseen(selection: RepositorySelection, now: number): Promise<void> {
    await this.#knex<RepositoryRow>(REPOSITORIES)
      .where({ selection_id: selectionId(selection) })
      .andWhere('seen_at', '>', now)
      .update({ seen_at: now - 1 });
  }

  /** Forgets a repository that a selection no longer shows. */
  async forget(selection: RepositorySelection, uuid: string): Promise<void> {
    await this.#knex<RepositoryRow>(REPOSITORIES)
      .where({ selection_id: selectionId(selection), uuid })
      .delete();
  }
}

function toFound(row: NamedRow): FoundRepository {
  return {
    selection: { workspace: row.workspace, query: row.query ?? undefined },
    refreshedAt: row.refreshed_at ?? undefined,
    repository: fromRow(row),
  };
}
