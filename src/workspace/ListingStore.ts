import { Knex } from 'knex';
import { hashOf } from './hash';
import { Scope, scopeKey } from './scopes';

/** How far the full list of repositories was read. */
export type ListingState = {
  /** `created_on` of the last repository of a list that is not at its end. */
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

export const LISTINGS = 'bitbucket_cloud__listings';

/** What the list of a scope is known by, as far as a filter shows it. */
export const listingId = (scope: Scope, q: string = '') =>
  `${scopeKey(scope)} ${hashOf(q).slice(0, 16)}`;

/** The key of the scope that a list is of. */
export const scopeOfListing = (id: string) => id.slice(0, id.lastIndexOf(' '));

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
