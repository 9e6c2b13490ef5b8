import { Knex } from 'knex';
import { WalkResult } from '../metrics';

/** What became of a walk. */
export type WalkRecord = {
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt: number;
  result: WalkResult;
  /** The line that it ended with in the log. */
  message: string;
  /** To Bitbucket. */
  requests: number;
  /** That the filters let in, in the last whole list. */
  repositories?: number;
};

type WalkRow = {
  provider: string;
  started_at: number;
  ended_at: number;
  result: WalkResult;
  message: string;
  requests: number;
  repositories: number | null;
};

/** Keeps what became of an entity provider's last walk, whichever replica ran it. */
export class WalkLog {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  async last(): Promise<WalkRecord | undefined> {
    const row = await this.#knex<WalkRow>('bitbucket_cloud__walks')
      .where({ provider: this.#provider })
      .first();
    return (
      row && {
        startedAt: row.started_at,
        endedAt: row.ended_at,
        result: row.result,
        message: row.message,
        requests: row.requests,
        repositories: row.repositories ?? undefined,
      }
    );
  }

  /** How many repositories there are stays as it is where the walk cannot tell. */
  async save(walk: WalkRecord): Promise<void> {
    const row = {
      provider: this.#provider,
      started_at: walk.startedAt,
      ended_at: walk.endedAt,
      result: walk.result,
      message: walk.message,
      requests: walk.requests,
      ...(walk.repositories === undefined
        ? {}
        : { repositories: walk.repositories }),
    };
    await this.#knex<WalkRow>('bitbucket_cloud__walks')
      .insert(row)
      .onConflict('provider')
      .merge();
  }
}
