import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { RecentMap } from '../lib/sharing';
import { HeadsPolicy, RepositorySelection, ScmHost } from '../scm/ScmHost';
import { Repository, RequestContext } from '../scm/types';
import { REPOSITORIES, selectionId, SELECTIONS } from './RepositoryStore';
import { fromRow, RepositoryRow, UNKNOWN_MAIN_BRANCH } from './rows';

/** How up to date heads are that walks request one by one. */
type HeadsStatus = {
  repositories: number;
  /** Within so many milliseconds each head is requested once. */
  roundMs: number;
  /** Since when the oldest one is known, in ISO 8601. Absent where there is none. */
  oldestAt?: string;
};

/** A repository, with what is known of its head. */
type HeadRow = RepositoryRow & {
  content_stamp: string | null;
  is_head_due: boolean | number | null;
};

/** How long at most a walk that took a head has time to request it. */
const UNDER_WAY_MS = 60_000;

/** How often the repositories of a workspace are counted, for readers. */
const COUNT_EVERY_MS = 60_000;

const COUNTED_WORKSPACES = 50;

function roundOf(
  count: number,
  { maxAgeMs, stampedMaxAgeMs = maxAgeMs, perWalk, walkMs }: HeadsPolicy,
): number {
  return Math.max(stampedMaxAgeMs, Math.ceil(count / perWalk) * walkMs);
}

/**
 * The heads that walks request one by one, since the host does not say which ones have
 * moved: those of which a stamp is another one, and those that have been known for the
 * longest time. None where the host says by itself what was updated.
 *
 * A head that is due stays so until a walk has come to it. Otherwise a walk that ends
 * early, because the host refuses its requests or the backend stops, would leave the
 * heads that it did not come to for the whole time after which they are due again.
 */
export class DueHeads {
  readonly #host: ScmHost;
  readonly #open: () => Promise<Knex>;
  readonly #maxReaderAgeMs: number;
  readonly #now: () => number;
  readonly #counted = new RecentMap<string, { count: number; at: number }>(
    COUNTED_WORKSPACES,
  );

  constructor(options: {
    host: ScmHost;
    open: () => Promise<Knex>;
    /** How old a head may be for a reader, in milliseconds. Default: two rounds of walks. */
    maxReaderAgeMs?: number;
    now: () => number;
  }) {
    this.#host = options.host;
    this.#open = options.open;
    this.#maxReaderAgeMs = options.maxReaderAgeMs ?? Infinity;
    this.#now = options.now;
  }

  /**
   * Takes the heads that are due for out of date, so that they are requested again.
   *
   * @param only - leaves out the repositories that the filters of the provider leave out.
   * Default: none
   * @returns the uuids of their repositories
   */
  async take(
    selection: RepositorySelection,
    context: RequestContext,
    only: (repositories: Repository[]) => Repository[] = all => all,
  ): Promise<string[]> {
    const stamps =
      (await this.#host.contentStamps?.(selection, context)) ??
      new Map<string, string>();
    const { heads } = this.#host;
    if (!heads) {
      return [];
    }
    const now = this.#now();
    const rows = await this.#rows(selection);
    const isUnsettled = isUnsettledAt(now, heads);
    const isOther = ({ uuid, content_stamp }: HeadRow) =>
      stamps.has(uuid) && stamps.get(uuid) !== content_stamp;
    const isDue = isDueAt(now, heads, stamps);
    const candidates = (await rows()).filter(
      row => isUnsettled(row) || isOther(row) || isDue(row),
    );
    const included = new Set(
      only(candidates.map(fromRow)).map(({ uuid }) => uuid),
    );
    const due = candidates
      .filter(({ uuid }) => included.has(uuid))
      .sort(
        (a, b) =>
          Number(isUnsettled(b)) - Number(isUnsettled(a)) ||
          Number(isOther(b)) - Number(isOther(a)) ||
          (a.updated_on ?? '').localeCompare(b.updated_on ?? ''),
      )
      .slice(0, heads.perWalk);
    const expired = {
      ...UNKNOWN_MAIN_BRANCH,
      updated_on: new Date(now).toISOString(),
      is_head_due: true,
    };
    // What an earlier walk did not come to is out of date already.
    const old = due
      .filter(row => !isUnsettled(row) || isOther(row))
      .map(({ uuid }) => uuid);
    for (const uuid of old.filter(one => stamps.has(one))) {
      await rows()
        .where({ uuid })
        .update({ ...expired, content_stamp: stamps.get(uuid) });
    }
    for (const batch of batches(old.filter(one => !stamps.has(one)))) {
      await rows().whereIn('uuid', batch).update(expired);
    }
    return due.map(({ uuid }) => uuid);
  }

  /** A walk has processed some repositories, whatever it has found. */
  async settled(
    selection: RepositorySelection,
    uuids: string[],
  ): Promise<void> {
    const rows = await this.#rows(selection);
    for (const batch of batches(uuids)) {
      await rows()
        .where({ is_head_due: true })
        .whereIn('uuid', batch)
        .update({ is_head_due: false });
    }
  }

  /**
   * Something has happened to a repository that could not be looked at, so that its head
   * is due for the next walk.
   */
  async missed(uuid: string): Promise<void> {
    const { heads } = this.#host;
    if (!heads) {
      return;
    }
    const knex = await this.#open();
    await knex<HeadRow>(REPOSITORIES)
      .where({ uuid })
      .update({
        ...UNKNOWN_MAIN_BRANCH,
        updated_on: new Date(this.#now() - heads.walkMs).toISOString(),
        is_head_due: true,
      });
  }

  /**
   * How old a head of a workspace may be for a reader, in milliseconds; undefined where
   * the host says by itself what has changed. Repositories are counted once in a while,
   * since readers ask for each file.
   */
  async readerAgeMs(workspace: string): Promise<number | undefined> {
    const { heads } = this.#host;
    if (!heads) {
      return undefined;
    }
    const now = this.#now();
    let counted = this.#counted.get(workspace);
    if (!counted || Math.abs(now - counted.at) > COUNT_EVERY_MS) {
      const { count } = await this.#known(workspace);
      counted = { count, at: now };
      this.#counted.set(workspace, counted);
    }
    // Walks request heads again when they are due, which may take two rounds.
    return Math.min(2 * roundOf(counted.count, heads), this.#maxReaderAgeMs);
  }

  /**
   * How up to date the heads of a workspace are; undefined where the host says by itself
   * what has changed.
   */
  async status(workspace: string): Promise<HeadsStatus | undefined> {
    const { heads } = this.#host;
    if (!heads) {
      return undefined;
    }
    const { count, oldestAt } = await this.#known(workspace);
    return { repositories: count, roundMs: roundOf(count, heads), oldestAt };
  }

  /** How many heads of a workspace are known, and since when the oldest one is. */
  async #known(
    workspace: string,
  ): Promise<{ count: number; oldestAt?: string }> {
    const knex = await this.#open();
    const row = await knex(`${REPOSITORIES} as repository`)
      .join(
        `${SELECTIONS} as selection`,
        'selection.id',
        'repository.selection_id',
      )
      .where('selection.workspace', workspace)
      // Of the others, which filters leave out, no head was ever requested.
      .whereRaw("coalesce(repository.main_branch, '-') <> ?", [
        UNKNOWN_MAIN_BRANCH.main_branch,
      ])
      .count({ count: '*' })
      .min({ oldest: 'repository.updated_on' })
      .first();
    return {
      count: Number(row?.count ?? 0),
      oldestAt: row?.oldest ?? undefined,
    };
  }

  async #rows(selection: RepositorySelection) {
    const knex = await this.#open();
    return () =>
      knex<HeadRow>(REPOSITORIES).where({
        selection_id: selectionId(selection),
      });
  }
}

/** Whether a head has been known for too long. */
function isDueAt(
  now: number,
  { maxAgeMs, stampedMaxAgeMs, withoutDeliveries }: HeadsPolicy,
  stamps: ReadonlyMap<string, string>,
) {
  return ({ uuid, updated_on, project_key }: HeadRow): boolean => {
    const unstampedMs = withoutDeliveries?.isIn(project_key ?? undefined)
      ? withoutDeliveries.maxAgeMs
      : maxAgeMs;
    const ageMs = stamps.has(uuid)
      ? (stampedMaxAgeMs ?? unstampedMs)
      : unstampedMs;
    return updated_on !== null && Date.parse(updated_on) < now - ageMs;
  };
}

/** Whether an earlier walk did not come to it. One that began a moment ago may yet do so. */
function isUnsettledAt(now: number, { walkMs }: HeadsPolicy) {
  return ({ updated_on, is_head_due }: HeadRow): boolean =>
    Boolean(is_head_due) &&
    Date.parse(updated_on ?? '') <= now - Math.min(walkMs / 2, UNDER_WAY_MS);
}
