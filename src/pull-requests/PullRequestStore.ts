import { Knex } from 'knex';
import { randomBytes } from 'node:crypto';
import { PullRequest } from '../scm/pullRequests';
import { PullRequestRecord } from './records';
import { RunRow, RUNS } from './StoredRun';

/** The comment that is kept up to date. */
export type StoredComment = {
  id?: string;
  /** Of its text; without an id, of the text that it was to be created with. */
  hash?: string;
  /** Whether a person has deleted it, so that there will be no other. */
  isDeleted: boolean;
  /**
   * Present while it is not known whether it was created: until when the request that
   * creates it may be under way.
   */
  pendingUntil?: number;
};

/** What follows a merge until the catalog has ingested it. */
export type StoredMerge = NonNullable<PullRequestRecord['merge']> & {
  /** Of the entities that change: hashes of what the catalog had before. */
  before: Record<string, string>;
};

type PullRequestRow = {
  host: string;
  uuid: string;
  number: number;
  page_id: string;
  full_name: string;
  is_private: boolean | number;
  title: string;
  url: string;
  state: PullRequestRecord['state'];
  source_branch: string;
  destination_branch: string;
  comment_id: string | null;
  comment_hash: string | null;
  comment_pending_until: number | null;
  is_comment_deleted: boolean | number;
  merge: string | null;
  is_merge_pending: boolean | number;
  used_at: number;
  expires_at: number;
  kept_until: number;
};

const TABLE = 'bitbucket__pull_requests';

/**
 * An open pull request is kept this many times as long as a closed one. It has an end,
 * since the delivery that closed it may have been lost.
 */
const OPEN_RETENTIONS = 12;

/** Merges that are followed at once. */
const MAX_MERGES = 50;

/** A pull request, by what it never changes. */
type PullRequestId = { uuid: string; number: number };

/** The pull requests that were checked, in the catalog's database. */
export class PullRequestStore {
  readonly #open: () => Promise<Knex>;
  readonly #host: string;
  readonly #now: () => number;

  /**
   * @param host - the id of the host whose pull requests these are
   * @param now - milliseconds since the epoch. Default: now
   */
  constructor(
    open: () => Promise<Knex>,
    host: string,
    now: () => number = Date.now,
  ) {
    this.#open = open;
    this.#host = host;
    this.#now = now;
  }

  /**
   * Saves what is known of a pull request.
   *
   * @param options.retentionMs - how long it is kept with all of its runs from now on
   * @returns the id of its page
   */
  async save(
    { uuid, fullName }: { uuid: string; fullName: string },
    { number, title, state, source, destination }: PullRequest,
    options: { isPrivate: boolean; url: string; retentionMs: number },
  ): Promise<string> {
    const knex = await this.#open();
    const now = this.#now();
    const changing = {
      host: this.#host,
      full_name: fullName,
      is_private: options.isPrivate,
      title,
      url: options.url,
      source_branch: source.branch,
      destination_branch: destination.branch,
      used_at: now,
      expires_at: now + options.retentionMs,
      kept_until: now + OPEN_RETENTIONS * options.retentionMs,
    };
    const pageId = randomBytes(20).toString('hex');
    await knex<PullRequestRow>(TABLE)
      // A late delivery does not open it again.
      .insert({ uuid, number, page_id: pageId, state, ...changing })
      .onConflict(['uuid', 'number'])
      .merge(changing);
    return (await this.pageOf({ uuid, number }))!;
  }

  /** The id of the page of a pull request, if it was ever checked. */
  async pageOf(id: PullRequestId): Promise<string | undefined> {
    const knex = await this.#open();
    const row = await knex<PullRequestRow>(TABLE)
      .where({ uuid: id.uuid, number: id.number })
      .first();
    return row?.page_id;
  }

  /** What the page of a pull request shows but for the runs; undefined where there is none. */
  async record(
    pageId: string,
  ): Promise<Omit<PullRequestRecord, 'runs'> | undefined> {
    const row = await this.#row(pageId);
    return (
      row && {
        pageId,
        fullName: row.full_name,
        isPrivate: Boolean(row.is_private),
        number: row.number,
        title: row.title,
        url: row.url,
        state: row.state,
        source: { branch: row.source_branch },
        destination: { branch: row.destination_branch },
        merge: shownMerge(row),
      }
    );
  }

  async comment(pageId: string): Promise<StoredComment> {
    const row = await this.#row(pageId);
    return {
      id: row?.comment_id ?? undefined,
      hash: row?.comment_hash ?? undefined,
      isDeleted: Boolean(row?.is_comment_deleted),
      pendingUntil: row?.comment_pending_until ?? undefined,
    };
  }

  /**
   * Notes that a comment is about to be created.
   *
   * @returns false where there is one by now, or where another run is creating one
   */
  async claimComment(
    pageId: string,
    claim: { hash: string; pendingUntil: number },
  ): Promise<boolean> {
    const knex = await this.#open();
    const claimed = await knex<PullRequestRow>(TABLE)
      .where({ page_id: pageId, comment_id: null })
      .where(query =>
        query
          .whereNull('comment_pending_until')
          .orWhere('comment_pending_until', '<=', this.#now()),
      )
      .update({
        comment_hash: claim.hash,
        comment_pending_until: claim.pendingUntil,
      });
    return claimed > 0;
  }

  async saveComment(pageId: string, comment: StoredComment): Promise<void> {
    await this.#update(pageId, {
      comment_id: comment.id ?? null,
      comment_hash: comment.hash ?? null,
      is_comment_deleted: comment.isDeleted,
      comment_pending_until: comment.pendingUntil ?? null,
    });
  }

  /** Notes that a pull request was merged or declined, from when on it is kept as others. */
  async close(
    pageId: string,
    state: 'merged' | 'declined',
    merge?: StoredMerge,
  ): Promise<void> {
    const knex = await this.#open();
    await this.#update(pageId, {
      state,
      expires_at: knex.raw('expires_at - used_at + ?', [this.#now()]),
      merge: merge ? JSON.stringify(merge) : null,
      is_merge_pending: isPending(merge),
    });
  }

  async saveMerge(pageId: string, merge: StoredMerge): Promise<void> {
    await this.#update(pageId, {
      merge: JSON.stringify(merge),
      is_merge_pending: isPending(merge),
    });
  }

  /**
   * The merges that the catalog has not ingested yet, by page.
   *
   * @param pageId - of the only one that is wanted
   */
  async pendingMerges(pageId?: string): Promise<Map<string, StoredMerge>> {
    const knex = await this.#open();
    const rows = await knex<PullRequestRow>(TABLE)
      .where({
        host: this.#host,
        is_merge_pending: true,
        ...(pageId === undefined ? {} : { page_id: pageId }),
      })
      .orderBy('used_at', 'desc')
      .limit(MAX_MERGES);
    return new Map(rows.map(row => [row.page_id, JSON.parse(row.merge!)]));
  }

  /**
   * Deletes what has expired: pull requests with their runs, and of those that are open
   * all runs but the newest, so that their page is there.
   */
  async prune(): Promise<void> {
    const knex = await this.#open();
    const now = this.#now();
    await knex<PullRequestRow>(TABLE)
      .where('expires_at', '<', now)
      .where(query =>
        query.whereNot({ state: 'open' }).orWhere('kept_until', '<', now),
      )
      .delete();
    await knex<RunRow>(RUNS)
      .whereNotIn('page_id', knex(TABLE).select('page_id'))
      .delete();
    await knex<RunRow>(RUNS)
      .whereIn(
        'page_id',
        knex(TABLE).where('expires_at', '<', now).select('page_id'),
      )
      .whereExists(
        knex(`${RUNS} as newer`)
          .select('newer.id')
          .whereRaw('newer.page_id = ??.page_id', [RUNS])
          .whereRaw('newer.started_at > ??.started_at', [RUNS]),
      )
      .delete();
  }

  async #row(pageId: string): Promise<PullRequestRow | undefined> {
    const knex = await this.#open();
    return knex<PullRequestRow>(TABLE)
      .where({ host: this.#host, page_id: pageId })
      .first();
  }

  async #update(
    pageId: string,
    values: Partial<Omit<PullRequestRow, 'expires_at'>> & {
      expires_at?: Knex.Raw;
    },
  ): Promise<void> {
    const knex = await this.#open();
    await knex<PullRequestRow>(TABLE).where({ page_id: pageId }).update(values);
  }
}

function shownMerge({ merge }: PullRequestRow): PullRequestRecord['merge'] {
  if (merge === null) {
    return undefined;
  }
  const { at, entities }: StoredMerge = JSON.parse(merge);
  return { at, entities };
}

const isPending = (merge: StoredMerge | undefined) =>
  merge?.entities.some(({ state }) => state === 'pending') ?? false;
