import { Knex } from 'knex';
import { Used } from './removalPolicy';

type Row = {
  provider: string;
  list_since: number | null;
  locations: number;
  repositories: number;
};

const TABLE = 'bitbucket_cloud__removals';

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
