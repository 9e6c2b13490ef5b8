import { join } from 'node:path';
import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import knex, { Knex } from 'knex';
import { Database } from '../../testing/backendConfig';
import { differences, linesOf } from './truth';

/**
 * What the catalog has processed and does not show. It stores the result of processing
 * an entity and requests its stitching in two steps. If it is killed in between, it shows
 * the old entity until the next change. No entity provider can prevent that, so it is
 * corrected here, and counted separately from faults of the module.
 */
export class ForgottenStitches {
  private readonly knex: Knex;
  private suspects = new Set<string>();

  constructor(database: Database) {
    this.knex = knex(catalogOf(database));
  }

  /**
   * Has entities stitched again that were forgotten at the last look, too; at a
   * single look they may just be on their way.
   *
   * @returns how many
   */
  async makeUp(): Promise<number> {
    const found = await this.find();
    const forgotten = found.filter(ref => this.suspects.has(ref));
    this.suspects = new Set(found);
    if (forgotten.length > 0) {
      await this.knex('stitch_queue')
        .insert(
          forgotten.map(ref => ({
            entity_ref: ref,
            stitch_ticket: 'soak',
            next_stitch_at: this.knex.fn.now(),
          })),
        )
        .onConflict('entity_ref')
        .ignore();
    }
    return forgotten.length;
  }

  async close(): Promise<void> {
    await this.knex.destroy();
  }

  private async find(): Promise<string[]> {
    const rows: {
      entity_ref: string;
      processed_entity: string;
      final_entity: string | null;
    }[] = await this.knex('refresh_state as state')
      .leftJoin('final_entities as final', 'final.entity_id', 'state.entity_id')
      .leftJoin('stitch_queue as queue', 'queue.entity_ref', 'state.entity_ref')
      .whereNull('queue.entity_ref')
      .whereNotNull('state.processed_entity')
      .select(
        'state.entity_ref',
        'state.processed_entity',
        'final.final_entity',
      );
    return rows
      .filter(row => {
        const shown = row.final_entity ? [parse(row.final_entity)] : [];
        return differences(
          linesOf([parse(row.processed_entity)]),
          linesOf(shown),
        ).some(Boolean);
      })
      .map(row => row.entity_ref);
  }
}

const parse = (entity: string): Entity => JSON.parse(entity);

/** The database that a backend makes for its catalog. */
function catalogOf({ client, connection, prefix }: Database): Knex.Config {
  const { directory, ...server } = connection as JsonObject;
  const where = directory
    ? { filename: join(String(directory), 'catalog.sqlite') }
    : { ...server, database: `${prefix}catalog` };
  return { client: String(client), connection: where, useNullAsDefault: true };
}
