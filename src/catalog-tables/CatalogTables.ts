import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { ScmUrls } from '../scm/urls';

/**
 * What this module uses of the catalog's tables, which every version of Backstage has
 * that it supports: columns, by table.
 */
export const CATALOG_SCHEMA: Readonly<Record<string, readonly string[]>> = {
  refresh_state: [
    'entity_id',
    'entity_ref',
    'location_key',
    'unprocessed_entity',
    'errors',
    'next_update_at',
  ],
  refresh_state_references: [
    'source_key',
    'source_entity_ref',
    'target_entity_ref',
  ],
  refresh_keys: ['entity_id', 'key'],
  relations: ['originating_entity_id', 'target_entity_ref'],
  locations: ['type', 'target'],
};

/**
 * What the tables of a catalog lack, in words: `The catalog's table refresh_state has no column
 * location_key`. Empty where it lacks nothing.
 *
 * @throws where the database cannot be asked, which is not a difference
 */
export async function readDifferences(knex: Knex): Promise<string[]> {
  const differences: string[] = [];
  for (const [table, columns] of Object.entries(CATALOG_SCHEMA)) {
    // By name, in the dialect of the database; empty where there is no such table.
    const found = new Set(Object.keys(await knex(table).columnInfo()));
    const missing = columns.filter(column => !found.has(column));
    if (found.size === 0) {
      differences.push(`The catalog has no table ${table}`);
    } else if (missing.length > 0) {
      const noun = missing.length === 1 ? 'column' : 'columns';
      differences.push(
        `The catalog's table ${table} has no ${noun} ${missing.join(', ')}`,
      );
    }
  }
  return differences;
}

/**
 * The catalog's own tables, in whose database this module lives. All that reads or
 * changes them goes through here.
 *
 * Before the first use it is checked that they are as this module knows them. Where
 * they are not, nothing is read and nothing is changed: to a walk or a delivery the
 * catalog then looks empty, so that it adds what it finds and removes nothing.
 */
export class CatalogTables {
  /** What the targets of Locations mean. */
  readonly urls: ScmUrls;
  readonly #open: () => Promise<Knex>;
  readonly #logger: LoggerService;
  #isAsExpected = false;
  #checking?: Promise<string | undefined>;
  #warned?: string;

  constructor(options: {
    /** Gives the catalog's database. */
    open: () => Promise<Knex>;
    urls: ScmUrls;
    logger: LoggerService;
  }) {
    this.urls = options.urls;
    this.#open = options.open;
    this.#logger = options.logger;
  }

  /**
   * @param otherwise - the result where the tables are not as expected
   * @throws whatever the database does, such as that it cannot be reached
   */
  async read<T>(otherwise: T, query: (knex: Knex) => Promise<T>): Promise<T> {
    return (await this.difference()) === undefined
      ? query(await this.#open())
      : otherwise;
  }

  /**
   * Makes changes in one transaction.
   *
   * @param otherwise - the result where the tables are not as expected
   * @param change - may use the transaction alone: SQLite has one connection
   * @throws whatever the database does, such as that it cannot be reached
   */
  async write<T>(
    otherwise: T,
    change: (transaction: Knex.Transaction) => Promise<T>,
  ): Promise<T> {
    return this.read(otherwise, knex => knex.transaction(change));
  }

  /**
   * How the tables differ from what is expected; undefined where they do not, which
   * is not asked again. A difference is looked for again at the next use, since it
   * may pass: the catalog makes and changes its tables when it starts, which may be
   * after the first use.
   */
  async difference(): Promise<string | undefined> {
    if (this.#isAsExpected) {
      return undefined;
    }
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** Warns of each difference once. */
  async #check(): Promise<string | undefined> {
    const differences = await readDifferences(await this.#open());
    if (differences.length === 0) {
      this.#isAsExpected = true;
      return undefined;
    }
    const difference = differences.join('; ');
    if (difference !== this.#warned) {
      this.#warned = difference;
      this.#logger.warn(
        `${difference}. Since the catalog's tables are not as this module expects, walks and deliveries only add Locations, and change or remove nothing. Install a version of this module that supports your version of Backstage.`,
      );
    }
    return difference;
  }
}
