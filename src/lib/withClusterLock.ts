import { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const TABLE = 'bitbucket__leases';
/** How long others wait for a replica that died in the midst of its work. */
const LEASE_MS = 60_000;
const RENEW_MS = 20_000;
const TRY_AGAIN_MS = 1_000;

/**
 * Does some work while no other replica does the same. A replica keeps a row in the
 * database, which expires should it die; it holds no connection meanwhile.
 *
 * @param options.signal - ends the wait for the others, and the work
 * @param work - given a signal that also ends it when the lease is lost
 */
export async function withClusterLock<T>(
  knex: Knex,
  options: { name: string; signal: AbortSignal; tryAgainMs?: number },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { name, signal, tryAgainMs = TRY_AGAIN_MS } = options;
  const lease = new Lease(knex, name);
  while (!(await lease.take())) {
    await sleep(tryAgainMs, undefined, { signal });
  }
  const lost = new AbortController();
  const renewal = setInterval(async () => {
    // What goes wrong once may go well before the lease expires.
    const isKept = await lease.renew().catch(() => true);
    if (!isKept) {
      lost.abort(new Error(`Another replica has taken the lock ${name}`));
    }
  }, RENEW_MS);
  renewal.unref();
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(renewal);
    // Where that fails, it expires.
    await lease.end().catch(() => {});
  }
}

class Lease {
  readonly #knex: Knex;
  readonly #name: string;
  readonly #holder = randomUUID();

  constructor(knex: Knex, name: string) {
    this.#knex = knex;
    this.#name = name;
  }

  /** Whether it was free. */
  async take(): Promise<boolean> {
    const now = this.#now();
    const mine = { holder: this.#holder, expires_at: this.#expiry() };
    await this.#rows()
      .insert({ name: this.#name, ...mine })
      .onConflict('name')
      .merge()
      .where(isFree =>
        isFree
          .where(`${TABLE}.expires_at`, '<=', now)
          // Taken before the clock was set back.
          .orWhere(`${TABLE}.expires_at`, '>', this.#expiry()),
      );
    const row = await this.#rows().where({ name: this.#name }).first('holder');
    return row?.holder === this.#holder;
  }

  /** Whether it is still held. */
  async renew(): Promise<boolean> {
    const count = await this.#own().update({ expires_at: this.#expiry() });
    return count > 0;
  }

  async end(): Promise<void> {
    await this.#own().delete();
  }

  #own() {
    return this.#rows().where({ name: this.#name, holder: this.#holder });
  }

  #rows() {
    return this.#knex(TABLE);
  }

  #expiry(): Knex.Raw | number {
    const now = this.#now();
    return typeof now === 'number'
      ? now + LEASE_MS
      : this.#knex.raw('? + ?::bigint', [now, LEASE_MS]);
  }

  /** By the database's clock, where replicas on several machines share it. */
  #now(): Knex.Raw | number {
    return this.#knex.client.config.client === 'pg'
      ? this.#knex.raw('(extract(epoch from clock_timestamp()) * 1000)::bigint')
      : Date.now();
  }
}
