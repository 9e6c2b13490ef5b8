import { Knex } from 'knex';
import { hashOf } from '../lib/text';
import { RepositorySelection, ScmHost } from '../scm/ScmHost';
import { RepositoryFilters, RequestContext } from '../scm/types';
import { RepositoryStore, selectionId } from './RepositoryStore';

/** How far the full list of repositories was read. */
export type ListingState = {
  /** Where the host goes on with a list that is not at its end. */
  position?: string;
  /** When the list was begun that is under way, or was read last. */
  startedAt: number;
  /** Where no interval is set, nothing is read before then. */
  resumeAt: number;
  /**
   * When the last list was begun that was read to its end: what it holds has
   * been seen since.
   */
  completeSince?: number;
};

type Row = {
  id: string;
  position: string | null;
  started_at: number;
  resume_at: number;
  complete_since: number | null;
};

export const LISTINGS = 'bitbucket__listings';

/**
 * What the list of a selection is known by.
 *
 * @param key - the host's, which depends on what it filters by
 */
const listingId = (selection: RepositorySelection, key: string) =>
  `${selectionId(selection)} ${hashOf(key).slice(0, 16)}`;

/** The id of the selection that a list is of. */
export const selectionOfListing = (id: string) =>
  id.slice(0, id.lastIndexOf(' '));

/** Keeps how far lists were read, so that they go on where they stood. */
export class ListingStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  async load(id: string): Promise<ListingState | undefined> {
    const row = await this.#table().where({ id }).first();
    return (
      row && {
        position: row.position ?? undefined,
        startedAt: row.started_at,
        resumeAt: row.resume_at,
        completeSince: row.complete_since ?? undefined,
      }
    );
  }

  async save(id: string, state: ListingState): Promise<void> {
    await this.#table()
      .insert({
        id,
        position: state.position ?? null,
        started_at: state.startedAt,
        resume_at: state.resumeAt,
        complete_since: state.completeSince ?? null,
      })
      .onConflict('id')
      .merge();
  }

  #table() {
    return this.#knex<Row>(LISTINGS);
  }
}

/** How often the full list is read where nothing is said, and how much of it an hour. */
const DEFAULT_INTERVAL_MS = 3_600_000;
const DEFAULT_PAGES_PER_INTERVAL = 30;

/** By how much the clocks of replicas may differ. */
const CLOCKS_DIFFER_MS = 60_000;

const NEVER: ListingState = { startedAt: -Infinity, resumeAt: 0 };

/** Which repositories to list, and how often. */
export type Listing = {
  selection: RepositorySelection;
  /** What the host may leave out. Default: nothing. */
  filters?: RepositoryFilters;
  pagelen: number;
  /**
   * Milliseconds from the start of one list to that of the next. Default: an
   * hour, or as long as it takes to read no more than 30 pages an hour.
   */
  intervalMs?: number;
};

/**
 * Reads the full list of repositories, or goes on with it, if it is time to.
 *
 * Each page is kept at once, so
 * that a list which breaks off, at a fault or at the end of a quota, goes on
 * where it stood. Rows that shift between pages meanwhile prove nothing: what a
 * list lacks is asked for before anyone believes it is gone.
 */
export async function readListing(
  host: ScmHost,
  stores: { repositories: RepositoryStore; listings: ListingStore },
  listing: Listing,
  now: () => number,
  context: RequestContext,
): Promise<ListingState> {
  const { selection, filters, pagelen: pageSize, intervalMs } = listing;
  const id = listingId(selection, host.listKey(selection, filters));
  let state = (await stores.listings.load(id)) ?? NEVER;
  if (state.startedAt > now() + CLOCKS_DIFFER_MS) {
    // The clock was set back, and what it said before means nothing any more.
    await stores.repositories.markUnseen(selection, now());
    state = NEVER;
  }
  if (!isDue(state, intervalMs, now())) {
    return state;
  }
  if (state.position === undefined) {
    state = { ...state, startedAt: now(), resumeAt: 0 };
  }
  const mayRest = state.completeSince !== undefined && intervalMs === undefined;
  const resumeAt = now() + DEFAULT_INTERVAL_MS;
  let pages = 0;
  for await (const { repositories, next } of host.repositories(
    selection,
    { filters, pageSize },
    state.position,
    context,
  )) {
    await stores.repositories.save(selection, repositories, now());
    pages += 1;
    const hasMore = next !== undefined;
    const rests = mayRest && hasMore && pages >= DEFAULT_PAGES_PER_INTERVAL;
    state = {
      ...state,
      position: next ?? state.position,
      resumeAt: rests ? resumeAt : 0,
    };
    await stores.listings.save(id, state);
    if (rests) {
      return state;
    }
  }
  const complete = {
    ...state,
    position: undefined,
    resumeAt,
    completeSince: state.startedAt,
  };
  await stores.listings.save(id, complete);
  return complete;
}

function isDue(
  { position, startedAt, resumeAt }: ListingState,
  intervalMs: number | undefined,
  now: number,
): boolean {
  return intervalMs === undefined
    ? now >= resumeAt
    : position !== undefined || now - startedAt >= intervalMs;
}
