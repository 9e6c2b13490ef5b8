import { Knex } from 'knex';

/** A removal that waits for its cause to be mended, or for someone to allow it. */
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
    await this.#knex<HoldRow>('bitbucket_cloud__holds')
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
    return this.#knex<HoldRow>('bitbucket_cloud__holds').where({
      provider: this.#provider,
    });
  }
}
