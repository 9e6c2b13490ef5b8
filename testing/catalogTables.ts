import { Knex } from 'knex';
import { Database } from './backendConfig';
import { openDatabase } from './openDatabase';
import { until } from './until';

/** A row for each entity of the catalog, processed or not. */
export type StateRow = {
  entity_ref: string;
  entity_id: string;
  /** Who may change it. */
  location_key: string | null;
  /** Of the entity as its source has it. */
  unprocessed_hash: string;
};

/** Where an entity comes from: a provider, or another entity. */
export type ReferenceRow = {
  source_key: string | null;
  source_entity_ref: string | null;
  target_entity_ref: string;
};

/** What a catalog keeps in its database, behind its API. */
export class CatalogTables {
  private constructor(private readonly client: Knex) {}

  /** Opens the database of a catalog, which must have been started once. */
  static async open(database: Database): Promise<CatalogTables> {
    return new CatalogTables(await openDatabase(database));
  }

  async state(): Promise<StateRow[]> {
    return this.client('refresh_state')
      .select('entity_ref', 'entity_id', 'location_key', 'unprocessed_hash')
      .orderBy('entity_ref');
  }

  async references(): Promise<ReferenceRow[]> {
    return this.client('refresh_state_references')
      .select('source_key', 'source_entity_ref', 'target_entity_ref')
      .orderBy(['target_entity_ref', 'source_key', 'source_entity_ref']);
  }

  /** What went wrong when the catalog last processed the Location of a URL. */
  async locationErrors(target: string): Promise<string[]> {
    const rows: { unprocessed_entity: string; errors: string }[] =
      await this.client('refresh_state').select('unprocessed_entity', 'errors');
    const row = rows.find(
      ({ unprocessed_entity }) =>
        JSON.parse(unprocessed_entity).spec?.target === target,
    );
    const errors: Error[] = JSON.parse(row?.errors || '[]');
    return errors.map(({ name, message }) => `${name}: ${message}`);
  }

  /** What went wrong when the catalog last processed an entity, shown or not. */
  async errorsOf(entityRef: string): Promise<string[]> {
    const row: { errors: string } | undefined = await this.client(
      'refresh_state',
    )
      .where({ entity_ref: entityRef })
      .first('errors');
    const errors: Error[] = JSON.parse(row?.errors || '[]');
    return errors.map(({ name, message }) => `${name}: ${message}`);
  }

  /** Waits until each entity has been read and processed again, and the result is visible. */
  async reprocessed(): Promise<void> {
    // What is due a second time is done with the first, which may have brought more.
    let rounds = 0;
    while (rounds < 2) {
      const before = await this.dueTimes();
      let now = before;
      await until(async () => {
        now = await this.dueTimes();
        return [...now].every(([ref, due]) => due !== before.get(ref));
      }, 'the catalog to process every entity');
      rounds = [...now.keys()].every(ref => before.has(ref)) ? rounds + 1 : 0;
    }
    await until(async () => {
      const queue = await this.client('stitch_queue').select('entity_ref');
      return queue.length === 0;
    }, 'the catalog to show what it has processed');
  }

  close(): Promise<void> {
    return this.client.destroy();
  }

  /** When each entity is to be processed next, which moves when it is taken up. */
  private async dueTimes(): Promise<Map<string, number>> {
    const rows: { entity_ref: string; next_update_at: string | Date }[] =
      await this.client('refresh_state').select('entity_ref', 'next_update_at');
    return new Map(
      rows.map(row => [row.entity_ref, Number(new Date(row.next_update_at))]),
    );
  }
}
