import { JsonObject } from '@backstage/types';
import knex, { Knex } from 'knex';

/** A catalog, seen through its PostgreSQL database. */
export class PostgresCatalog {
  private readonly client: Knex;

  /** @param database - `backend.database`; the catalog has made its tables there */
  constructor({ connection, prefix }: JsonObject) {
    const server = connection as JsonObject;
    this.client = knex({
      client: 'pg',
      connection: { ...server, database: `${prefix}catalog` },
    });
  }

  /** Components that are to be seen. */
  async components(): Promise<number> {
    return this.count("entity_ref LIKE 'component:%'");
  }

  /** Whether an entity has this text in it. */
  async shows(entityRef: string, text: string): Promise<boolean> {
    const found = await this.count('entity_ref = ? AND final_entity LIKE ?', [
      entityRef,
      `%${text}%`,
    ]);
    return found > 0;
  }

  async close(): Promise<void> {
    await this.client.destroy();
  }

  private async count(where: string, bindings: string[] = []): Promise<number> {
    const { rows } = await this.client.raw(
      `SELECT COUNT(*)::int AS found FROM final_entities WHERE final_entity IS NOT NULL AND ${where}`,
      bindings,
    );
    return rows[0].found;
  }
}
