import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import knex, { Knex } from 'knex';
import { Product, walkTaskOf } from './backend';

/** The tables of this package, whose names begin so. */
const OWN_TABLES = 'bitbucket__';

/** The catalog re-reads an entity after 100 to 150 seconds. */
const REREAD_SECONDS = 125;

/**
 * A catalog, seen through its database file, so that looking at it costs its
 * backend nothing.
 */
export class Catalog {
  private client: Knex | undefined;

  private constructor(
    readonly folder: string,
    private readonly product: Product,
  ) {}

  /**
   * One without a database yet.
   *
   * @param parent - where its folder is to be
   * @param name - of its folder
   */
  static async create(
    parent: string,
    name: string,
    product: Product = 'cloud',
  ): Promise<Catalog> {
    const folder = join(parent, name);
    await mkdir(folder);
    return new Catalog(folder, product);
  }

  /** Components that are to be seen. */
  async components(): Promise<number> {
    return this.count(
      "final_entities WHERE entity_ref >= 'component:' AND entity_ref < 'component;' AND final_entity IS NOT NULL",
    );
  }

  /** Everything that the catalog re-reads from time to time. */
  async entities(): Promise<number> {
    return this.count('refresh_state');
  }

  /** How many entities are due now. */
  async due(): Promise<number> {
    return this.count("refresh_state WHERE next_update_at <= datetime('now')");
  }

  /** How many entities were due at this time and have not been taken up since. */
  async dueSince(time: string): Promise<number> {
    return this.count('refresh_state WHERE next_update_at <= ?', [time]);
  }

  /** Whether an entity has this text in it. */
  async shows(entityRef: string, text: string): Promise<boolean> {
    const found = await this.count(
      'final_entities WHERE entity_ref = ? AND final_entity LIKE ?',
      [entityRef, `%${text}%`],
    );
    return found > 0;
  }

  /** Whether a walk was due at this time and has not run to its end since. */
  async walkIsDueSince(time: string): Promise<boolean> {
    const due = await this.count(
      'backstage_backend_tasks__tasks WHERE id = ? AND (next_run_start_at <= ? OR current_run_started_at IS NOT NULL)',
      [walkTaskOf(this.product), time],
    );
    return due > 0;
  }

  /**
   * Makes everything due, as after a break longer than all intervals. Only
   * while no backend uses the database.
   *
   * @returns the time, as the database has it, up to which things are due
   */
  async makeDue(): Promise<string> {
    const client = this.open();
    const [{ now }] = await client.raw("SELECT datetime('now') AS now");
    await client('refresh_state').update({ next_update_at: now });
    await client('backstage_backend_tasks__tasks').update({
      next_run_start_at: now,
    });
    return now;
  }

  /**
   * Makes entities due one after the other, as in a catalog that has run for a
   * while. Only while no backend uses the database.
   *
   * @param seconds - until the last one is. Default: what the catalog takes by
   * default from one reading to the next
   */
  async spreadDue(seconds = REREAD_SECONDS): Promise<void> {
    const client = this.open();
    await client('refresh_state').update({
      next_update_at: client.raw(
        "datetime('now', '+' || (abs(random()) % ?) || ' seconds')",
        [seconds],
      ),
    });
  }

  /**
   * Lets heads become due one after the other, evenly, as in an instance that has been
   * followed for a while. Only while no backend uses the database.
   *
   * @param ageMs - that they may have
   * @param now - as the backend is going to have it. Milliseconds since the epoch.
   */
  async spreadHeads(ageMs: number, now: number): Promise<void> {
    const table = () => this.open()('bitbucket__repositories');
    const uuids: string[] = await table().orderBy('uuid').pluck('uuid');
    for (const [index, uuid] of uuids.entries()) {
      const at = now - (ageMs * (index + 0.5)) / uuids.length;
      await table()
        .where({ uuid })
        .update({ updated_on: new Date(at).toISOString() });
    }
  }

  /** Size of all database files of the backend; only while none uses them. */
  async bytes(): Promise<number> {
    await this.close();
    const files = (await readdir(this.folder)).filter(name =>
      name.endsWith('.sqlite'),
    );
    const sizes = await Promise.all(
      files.map(async name => (await stat(join(this.folder, name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  /** The part of the database that the tables of this package take. */
  async ownBytes(): Promise<number> {
    const [{ bytes }] = await this.open().raw(
      `SELECT COALESCE(SUM(pgsize), 0) AS bytes FROM dbstat WHERE name IN (
         SELECT name FROM sqlite_master WHERE tbl_name LIKE ?)`,
      [`${OWN_TABLES}%`],
    );
    return bytes;
  }

  async close(): Promise<void> {
    await this.client?.destroy();
    this.client = undefined;
  }

  /** Removes its folder, the databases and logs in it. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true });
  }

  /** Rows; none while the backend has not made its tables yet. */
  private async count(
    from: string,
    bindings: (string | number)[] = [],
  ): Promise<number> {
    if (!existsSync(this.file)) {
      return 0;
    }
    try {
      const [{ rows }] = await this.open().raw(
        `SELECT COUNT(*) AS rows FROM ${from}`,
        bindings,
      );
      return rows;
    } catch (error) {
      if (/no such (table|column)/.test(String(error))) {
        return 0;
      }
      throw error;
    }
  }

  private open(): Knex {
    this.client ??= knex({
      client: 'better-sqlite3',
      connection: { filename: this.file },
      useNullAsDefault: true,
    });
    return this.client;
  }

  private get file(): string {
    return join(this.folder, 'catalog.sqlite');
  }
}
