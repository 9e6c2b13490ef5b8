import { Knex } from 'knex';

/** A single delivery may be lost, and may come a little after the walk. */
const ENOUGH_MISSES = 2;
const PATIENCE_MS = 10 * 60_000;

/** So that a burst of deliveries is not one of writes. */
const NOTED_EVERY_MS = 60_000;

type Row = {
  provider: string;
  heard_at: number | null;
  missed_at: number | null;
  misses: number;
};

/** What is known of the deliveries that an entity provider gets, over all replicas. */
type Hearing = {
  /** When the last one came, to the minute. Milliseconds since the epoch. */
  heardAt?: number;
  /**
   * Since when walks find what deliveries should have announced, while none comes at
   * all. Absent while all is well.
   */
  silentSince?: number;
};

/** Notices when the webhook of an entity provider's workspace has gone silent. */
export class WebhookHealth {
  readonly #knex: Knex;
  readonly #provider: string;
  readonly #now: () => number;

  /**
   * @param provider - its name
   * @param now - milliseconds since the epoch. Default: now.
   */
  constructor(knex: Knex, provider: string, now: () => number = Date.now) {
    this.#knex = knex;
    this.#provider = provider;
    this.#now = now;
  }

  /** A delivery has come. */
  async hear(): Promise<void> {
    const row = await this.#row();
    const age = this.#now() - (row?.heard_at ?? -Infinity);
    if (row?.misses || Math.abs(age) > NOTED_EVERY_MS) {
      await this.#save({ heard_at: this.#now(), missed_at: null, misses: 0 });
    }
  }

  /** A walk has found what a delivery should have announced. */
  async miss(): Promise<void> {
    const row = await this.#row();
    await this.#save({
      heard_at: row?.heard_at ?? null,
      missed_at: row?.missed_at ?? this.#now(),
      misses: (row?.misses ?? 0) + 1,
    });
  }

  async read(): Promise<Hearing> {
    const row = await this.#row();
    const { missed_at: missedAt = null, misses = 0 } = row ?? {};
    const isSilent =
      missedAt !== null &&
      misses >= ENOUGH_MISSES &&
      this.#now() - missedAt >= PATIENCE_MS;
    return {
      heardAt: row?.heard_at ?? undefined,
      silentSince: isSilent ? missedAt : undefined,
    };
  }

  async #row(): Promise<Row | undefined> {
    return this.#knex<Row>('bitbucket__deliveries')
      .where({ provider: this.#provider })
      .first();
  }

  async #save(row: Omit<Row, 'provider'>): Promise<void> {
    await this.#knex<Row>('bitbucket__deliveries')
      .insert({ provider: this.#provider, ...row })
      .onConflict('provider')
      .merge();
  }
}
