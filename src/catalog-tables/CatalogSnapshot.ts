import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { addTo, batches } from '../lib/batching';
import { ScmUrls } from '../scm/urls';
import { CatalogTables } from './CatalogTables';
import {
  EMITTED,
  EmittedLocation,
  EmittedRow,
  fromEmittedRow,
} from './EmittedLocation';
import {
  Differences,
  emittedBy,
  readForeign,
  readNotInCatalog,
} from './differences';

/** Which repositories have some names. */
type RepositoryNames = {
  /** @param fullNames - `workspace/repository` */
  names(fullNames: string[]): Promise<ReadonlyMap<string, { uuid: string }>>;
};

/**
 * What the catalog has of an entity provider: its API does not say which provider a
 * Location is from. Where the catalog's tables are not as expected, that is nothing.
 *
 * Each question is one statement that returns the rows which matter, so that it
 * can be asked in every walk.
 */
export class CatalogSnapshot {
  readonly #tables: CatalogTables;
  readonly #repositories: RepositoryNames;
  readonly #provider: string;
  readonly #logger: LoggerService;

  constructor(options: {
    tables: CatalogTables;
    repositories: RepositoryNames;
    /** The entity provider's name, which is its location key too. */
    provider: string;
    logger: LoggerService;
  }) {
    this.#tables = options.tables;
    this.#repositories = options.repositories;
    this.#provider = options.provider;
    this.#logger = options.logger;
  }

  /**
   * Compares everything that was emitted with what the catalog has.
   *
   * @returns undefined where the catalog's tables are not as expected, or cannot be
   * read; then this provider may not remove anything
   */
  async differences(): Promise<Differences | undefined> {
    try {
      const unexpected = await this.#tables.difference();
      if (unexpected !== undefined) {
        this.#warn(unexpected);
      }
      return await this.#tables.read(undefined, async knex => ({
        ...(await readNotInCatalog(knex, this.#tables.urls, this.#provider)),
        missing: await this.#missing(knex),
        foreign: await this.#foreign(knex),
      }));
    } catch (error) {
      this.#warn(toError(error).message);
      return undefined;
    }
  }

  /** Of some repositories, by uuid. */
  async ofRepositories(
    uuids: readonly string[],
  ): Promise<Map<string, EmittedLocation[]>> {
    const locations = new Map<string, EmittedLocation[]>();
    for (const batch of batches(uuids)) {
      const rows = await this.#emitted(query =>
        query.whereIn('emitted.uuid', batch),
      );
      rows.forEach(location => addTo(locations, location.uuid, location));
    }
    return locations;
  }

  /** Those in the catalog that have some entity references, whatever repository they are of. */
  async byRef(
    entityRefs: readonly string[],
  ): Promise<Map<string, EmittedLocation>> {
    const found = new Map<string, EmittedLocation>();
    for (const batch of batches(entityRefs)) {
      const rows = await this.#emitted(query =>
        query
          .whereIn('emitted.entity_ref', batch)
          .whereNotNull('reference.target_entity_ref'),
      );
      rows.forEach(location => found.set(location.entityRef, location));
    }
    return found;
  }

  /** Those that the catalog has of some repositories from other providers of this module. */
  async ofOthers(
    uuids: readonly string[],
  ): Promise<{ from: string; location: EmittedLocation }[]> {
    const found: { from: string; location: EmittedLocation }[] = [];
    for (const batch of batches(uuids)) {
      const rows = await this.#tables.read<EmittedRow[]>([], knex =>
        this.#inCatalog(knex)
          .whereNot('emitted.provider', this.#provider)
          .whereIn('emitted.uuid', batch),
      );
      found.push(...this.#withProviders(rows));
    }
    return found;
  }

  /** Those that the catalog has from some providers of this module. */
  async ofProviders(
    providers: readonly string[],
  ): Promise<{ from: string; location: EmittedLocation }[]> {
    const rows = await this.#tables.read<EmittedRow[]>([], knex =>
      this.#inCatalog(knex).whereIn('emitted.provider', providers),
    );
    return this.#withProviders(rows);
  }

  /** All that the catalog has and that was recorded, to be compared with a full list. */
  async all(): Promise<EmittedLocation[]> {
    return this.#emitted(query =>
      query.whereNotNull('reference.target_entity_ref'),
    );
  }

  /** How many Locations the catalog has. */
  async count(): Promise<number> {
    return countCatalogLocations(this.#tables, this.#provider);
  }

  /**
   * The location keys of what the catalog has under some entity references,
   * whatever source it is from; `null` for a source without a key.
   */
  async holders(
    entityRefs: readonly string[],
  ): Promise<Map<string, string | null>> {
    type Row = { entity_ref: string; location_key: string | null };
    const holders = new Map<string, string | null>();
    for (const batch of batches(entityRefs)) {
      const rows = await this.#tables.read<Row[]>([], knex =>
        knex('refresh_state')
          .whereIn('entity_ref', batch)
          .select('entity_ref', 'location_key'),
      );
      rows.forEach(row => holders.set(row.entity_ref, row.location_key));
    }
    return holders;
  }

  /** References of the entities that come from Locations, by those of the Locations. */
  async provided(
    entityRefs: readonly string[],
  ): Promise<Map<string, string[]>> {
    type Row = { source_entity_ref: string; target_entity_ref: string };
    const provided = new Map<string, string[]>();
    for (const batch of batches(entityRefs)) {
      const rows = await this.#tables.read<Row[]>([], knex =>
        knex('refresh_state_references')
          .whereIn('source_entity_ref', batch)
          .distinct('source_entity_ref', 'target_entity_ref'),
      );
      rows.forEach(row =>
        addTo(provided, row.source_entity_ref, row.target_entity_ref),
      );
    }
    return provided;
  }

  /** Those of some Locations from which no entity comes; none where that cannot be read. */
  async withoutEntities(
    entityRefs: readonly string[],
  ): Promise<ReadonlySet<string>> {
    return this.#tables.read<ReadonlySet<string>>(new Set(), async knex => {
      const empty = new Set(entityRefs);
      for (const batch of batches(entityRefs)) {
        const rows: { source_entity_ref: string }[] = await knex(
          'refresh_state_references',
        )
          .whereIn('source_entity_ref', batch)
          .distinct('source_entity_ref');
        rows.forEach(row => empty.delete(row.source_entity_ref));
      }
      return empty;
    });
  }

  /** Emitted, and in the catalog from the same provider. */
  #inCatalog(knex: Knex): Knex.QueryBuilder {
    return knex(`${EMITTED} as emitted`)
      .join('refresh_state_references as reference', {
        'reference.target_entity_ref': 'emitted.entity_ref',
        'reference.source_key': 'emitted.provider',
      })
      .select('emitted.*');
  }

  #withProviders(rows: EmittedRow[]) {
    return rows.flatMap(row => {
      const location = fromEmittedRow(this.#tables.urls, row, true);
      return location ? [{ from: row.provider, location }] : [];
    });
  }

  async #missing(knex: Knex): Promise<EmittedLocation[]> {
    return selectLocations(
      this.#tables.urls,
      emittedBy(knex, this.#provider)
        .whereNotNull('emitted.missing_since')
        .whereNotNull('reference.target_entity_ref'),
    );
  }

  async #foreign(knex: Knex): Promise<EmittedLocation[]> {
    const located = await readForeign(knex, this.#tables.urls, this.#provider);
    const names = await this.#repositories.names(
      located.map(({ fullName }) => fullName),
    );
    return located.map(file => ({
      ...file,
      uuid: names.get(file.fullName)?.uuid ?? '',
      isInCatalog: true,
      isRecorded: false,
    }));
  }

  /** @param narrow - says which of all that was emitted */
  async #emitted(
    narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
  ): Promise<EmittedLocation[]> {
    return this.#tables.read<EmittedLocation[]>([], knex =>
      selectLocations(
        this.#tables.urls,
        narrow(emittedBy(knex, this.#provider)),
      ),
    );
  }

  #warn(reason: string): void {
    this.#logger.warn(
      `Could not read this provider's current locations; removals are off for this walk: ${reason}`,
    );
  }
}

/** How many Locations the catalog has of an entity provider. */
export async function countCatalogLocations(
  tables: CatalogTables,
  provider: string,
): Promise<number> {
  return tables.read(0, async knex => {
    const [{ count }] = await knex('refresh_state_references')
      .where('source_key', provider)
      .count({ count: '*' });
    return Number(count);
  });
}

async function selectLocations(
  urls: ScmUrls,
  query: Knex.QueryBuilder,
): Promise<EmittedLocation[]> {
  const rows: (EmittedRow & { in_catalog: string | null })[] =
    await query.select('emitted.*', {
      in_catalog: 'reference.target_entity_ref',
    });
  return rows.flatMap(
    row => fromEmittedRow(urls, row, row.in_catalog !== null) ?? [],
  );
}
