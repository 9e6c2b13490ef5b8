import { Knex } from 'knex';
import { Used } from './removalPolicy';

type Row = {
  provider: string;
  list_since: number | null;
  locations: number;
  repositories: number;
};

const TABLE = 'bitbucket__removals';

/**
 * Counts what walks and deliveries have removed since the last full list, whichever
 * replica did, since they share one allowance.
 */
export class RemovalAllowance {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  /** @param listSince - start of the last full list. Milliseconds since the epoch. */
  async used(listSince: number | undefined): Promise<Used> {
    const row = await this.#knex<Row>(TABLE)
      .where({ provider: this.#provider })
      .first();
    return row && row.list_since === (listSince ?? null)
      ? { locations: row.locations, repositories: row.repositories }
      : { locations: 0, repositories: 0 };
  }

  async use(listSince: number | undefined, more: Used): Promise<void> {
    const used = await this.used(listSince);
    await this.#knex<Row>(TABLE)
      .insert({
        provider: this.#provider,
        list_since: listSince ?? null,
        locations: used.locations + more.locations,
        repositories: used.repositories + more.repositories,
      })
      .onConflict('provider')
      .merge();
  }
}

/** A removal that waits until its cause is fixed or someone approves it. */
export type Hold = {
  /** Milliseconds since the epoch. */
  heldAt: number;
  /** A sentence that says what, why and how to allow it. */
  reason: string;
  /** Of the Locations that would go. */
  targets: string[];
  /** Of the Locations that someone has allowed to go. */
  approved?: string[];
};

type HoldRow = {
  provider: string;
  held_at: number;
  reason: string;
  targets: string;
  approved: string | null;
};

/** What an entity provider holds back, over restarts and whichever replica walks. */
export class HeldRemovals {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  async read(): Promise<Hold | undefined> {
    const row = await this.#rows().first();
    return (
      row && {
        heldAt: row.held_at,
        reason: row.reason,
        targets: JSON.parse(row.targets),
        approved: row.approved === null ? undefined : JSON.parse(row.approved),
      }
    );
  }

  /** Since when it is held stays as it is, as does an approval. */
  async hold(reason: string, targets: string[]): Promise<void> {
    await this.#knex<HoldRow>('bitbucket__holds')
      .insert({
        provider: this.#provider,
        held_at: Date.now(),
        reason,
        targets: JSON.stringify(targets),
        approved: null,
      })
      .onConflict('provider')
      .merge(['reason', 'targets']);
  }

  /**
   * Lets the next walk remove what is held back now, and nothing that is held
   * back later.
   *
   * @returns undefined where nothing is
   */
  async approve(): Promise<Hold | undefined> {
    const hold = await this.read();
    if (!hold) {
      return undefined;
    }
    await this.#rows().update({ approved: JSON.stringify(hold.targets) });
    return { ...hold, approved: hold.targets };
  }

  /** Once a walk has made use of an approval. */
  async endApproval(): Promise<void> {
    await this.#rows().update({ approved: null });
  }

  async lift(): Promise<void> {
    await this.#rows().delete();
  }

  #rows() {
    return this.#knex<HoldRow>('bitbucket__holds').where({
      provider: this.#provider,
    });
  }
}
