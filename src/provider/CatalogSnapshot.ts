import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { addTo, batches } from '../lib';
import { RepositoryIndex } from '../workspace';
import {
  EMITTED,
  EmittedLocation,
  EmittedRow,
  fromEmittedRow,
} from './EmittedLocations';
import { fromTarget } from './locations';

/** A Location that was emitted, and that another source has in the catalog. */
export type Conflict = {
  target: string;
  /** The location key of the source that has it, such as an entity provider's name. */
  holder: string;
};

/** How what was emitted differs from what the catalog has. */
export type Differences = {
  /** Emitted, and not in the catalog, which nothing else has there either. */
  absent: EmittedLocation[];
  /** Emitted, and held by another source. */
  conflicts: (Conflict & { location: EmittedLocation })[];
  /** In the catalog although their files were not found. */
  missing: EmittedLocation[];
  /** In the catalog, and never emitted by this module: another one put them there. */
  foreign: EmittedLocation[];
};

type HeldRow = EmittedRow & { holder: string | null };

/**
 * What the catalog has of an entity provider, read from the catalog's own tables,
 * in whose database this module lives: the catalog's API does not say which
 * provider a Location is from.
 *
 * Each question is one statement that returns the rows which matter, so that it
 * can be asked in every walk.
 */
export class CatalogSnapshot {
  readonly #knex: Knex;
  readonly #index: RepositoryIndex;
  readonly #provider: string;
  readonly #logger: LoggerService;

  constructor(options: {
    knex: Knex;
    index: RepositoryIndex;
    /** The entity provider's name, which is its location key too. */
    provider: string;
    logger: LoggerService;
  }) {
    this.#knex = options.knex;
    this.#index = options.index;
    this.#provider = options.provider;
    this.#logger = options.logger;
  }

  /**
   * Compares everything that was emitted with what the catalog has.
   *
   * @returns undefined where the catalog's tables are not as expected; then this
   * provider may not remove anything
   */
  async differences(): Promise<Differences | undefined> {
    try {
      const held = await this.#notInCatalog();
      return {
        absent: held
          .filter(({ holder }) => holder === null || holder === this.#provider)
          .flatMap(row => fromEmittedRow(row, false) ?? []),
        conflicts: held.flatMap(row => {
          const location = fromEmittedRow(row, false);
          const { holder, target } = row;
          return location && holder !== null && isConflict(row, this.#provider)
            ? [{ target, holder, location }]
            : [];
        }),
        missing: await this.#missing(),
        foreign: await this.#foreign(),
      };
    } catch (error) {
      this.#logger.warn(
        `Could not read this provider's current locations; removals are off for this walk: ${
          toError(error).message
        }`,
      );
      return undefined;
    }
  }

  /** Of some repositories, by uuid. */
  async ofRepositories(
    uuids: readonly string[],
  ): Promise<Map<string, EmittedLocation[]>> {
    const locations = new Map<string, EmittedLocation[]>();
    for (const batch of batches([...uuids])) {
      const rows = await this.#emitted()
        .whereIn('emitted.uuid', batch)
        .select('emitted.*', { in_catalog: 'reference.target_entity_ref' });
      collect(rows).forEach(location =>
        addTo(locations, location.uuid, location),
      );
    }
    return locations;
  }

  /** Those in the catalog that have some entity references, whatever repository they are of. */
  async byRef(
    entityRefs: readonly string[],
  ): Promise<Map<string, EmittedLocation>> {
    const found = new Map<string, EmittedLocation>();
    for (const batch of batches([...entityRefs])) {
      const rows = await this.#emitted()
        .whereIn('emitted.entity_ref', batch)
        .whereNotNull('reference.target_entity_ref')
        .select('emitted.*', { in_catalog: 'reference.target_entity_ref' });
      collect(rows).forEach(location =>
        found.set(location.entityRef, location),
      );
    }
    return found;
  }

  /** Those that the catalog has of some repositories from other providers of this module. */
  async ofOthers(
    uuids: readonly string[],
  ): Promise<{ from: string; location: EmittedLocation }[]> {
    const found: { from: string; location: EmittedLocation }[] = [];
    for (const batch of batches([...uuids])) {
      const rows: EmittedRow[] = await this.#knex(`${EMITTED} as emitted`)
        .join('refresh_state_references as reference', {
          'reference.target_entity_ref': 'emitted.entity_ref',
          'reference.source_key': 'emitted.provider',
        })
        .whereNot('emitted.provider', this.#provider)
        .whereIn('emitted.uuid', batch)
        .select('emitted.*');
      for (const row of rows) {
        const location = fromEmittedRow(row, true);
        found.push(...(location ? [{ from: row.provider, location }] : []));
      }
    }
    return found;
  }

  /** All that the catalog has and that was recorded, to be compared with a full list. */
  async all(): Promise<EmittedLocation[]> {
    const rows = await this.#emitted()
      .whereNotNull('reference.target_entity_ref')
      .select('emitted.*', { in_catalog: 'reference.target_entity_ref' });
    return collect(rows);
  }

  /** How many Locations the catalog has. */
  async count(): Promise<number> {
    return countCatalogLocations(this.#knex, this.#provider);
  }

  /**
   * The location keys of what the catalog has under some entity references,
   * whatever source it is from; `null` for a source without a key.
   */
  async holders(
    entityRefs: readonly string[],
  ): Promise<Map<string, string | null>> {
    const holders = new Map<string, string | null>();
    for (const batch of batches([...entityRefs])) {
      const rows: { entity_ref: string; location_key: string | null }[] =
        await this.#knex('refresh_state')
          .whereIn('entity_ref', batch)
          .select('entity_ref', 'location_key');
      rows.forEach(row => holders.set(row.entity_ref, row.location_key));
    }
    return holders;
  }

  /** References of the entities that come from Locations, by those of the Locations. */
  async provided(
    entityRefs: readonly string[],
  ): Promise<Map<string, string[]>> {
    const provided = new Map<string, string[]>();
    for (const batch of batches([...entityRefs])) {
      const rows: { source_entity_ref: string; target_entity_ref: string }[] =
        await this.#knex('refresh_state_references')
          .whereIn('source_entity_ref', batch)
          .distinct('source_entity_ref', 'target_entity_ref');
      rows.forEach(row =>
        addTo(provided, row.source_entity_ref, row.target_entity_ref),
      );
    }
    return provided;
  }

  /** Emitted and not in the catalog, with the location key of what has it instead. */
  async #notInCatalog(): Promise<HeldRow[]> {
    return this.#emitted()
      .leftJoin(
        'refresh_state as state',
        'state.entity_ref',
        'emitted.entity_ref',
      )
      .whereNull('reference.target_entity_ref')
      .select('emitted.*', { holder: 'state.location_key' });
  }

  async #missing(): Promise<EmittedLocation[]> {
    const rows = await this.#emitted()
      .whereNotNull('emitted.missing_since')
      .whereNotNull('reference.target_entity_ref')
      .select('emitted.*', { in_catalog: 'reference.target_entity_ref' });
    return collect(rows);
  }

  async #foreign(): Promise<EmittedLocation[]> {
    const rows: { entity_ref: string; unprocessed_entity: string }[] =
      await this.#knex('refresh_state_references as reference')
        .join(
          'refresh_state as state',
          'state.entity_ref',
          'reference.target_entity_ref',
        )
        .leftJoin(`${EMITTED} as emitted`, {
          'emitted.entity_ref': 'reference.target_entity_ref',
          'emitted.provider': 'reference.source_key',
        })
        .where('reference.source_key', this.#provider)
        .whereNull('emitted.entity_ref')
        .select('state.entity_ref', 'state.unprocessed_entity');
    const located = rows.flatMap(row => {
      const file = locatedIn(row.unprocessed_entity);
      return file ? [{ ...file, entityRef: row.entity_ref }] : [];
    });
    const names = await this.#index.names(
      located.map(({ fullName }) => fullName),
    );
    return located.map(file => ({
      ...file,
      uuid: names.get(file.fullName)?.uuid ?? '',
      isInCatalog: true,
      isRecorded: false,
    }));
  }

  #emitted() {
    return this.#knex(`${EMITTED} as emitted`)
      .leftJoin('refresh_state_references as reference', {
        'reference.target_entity_ref': 'emitted.entity_ref',
        'reference.source_key': 'emitted.provider',
      })
      .where('emitted.provider', this.#provider);
  }
}

/** What a status shows of conflicts. */
const MOST_CONFLICTS = 100;

/** Locations that an entity provider has found and that another source has; at most 100. */
export async function readConflicts(
  knex: Knex,
  provider: string,
): Promise<Conflict[]> {
  const rows: Conflict[] = await knex(`${EMITTED} as emitted`)
    .join('refresh_state as state', 'state.entity_ref', 'emitted.entity_ref')
    .leftJoin('refresh_state_references as reference', {
      'reference.target_entity_ref': 'emitted.entity_ref',
      'reference.source_key': 'emitted.provider',
    })
    .where('emitted.provider', provider)
    .whereNull('reference.target_entity_ref')
    .whereNotNull('state.location_key')
    .orderBy('emitted.target')
    .limit(MOST_CONFLICTS)
    .select({ target: 'emitted.target', holder: 'state.location_key' });
  return rows.filter(row => isConflict(row, provider));
}

/** How many Locations the catalog has of an entity provider. */
export async function countCatalogLocations(
  knex: Knex,
  provider: string,
): Promise<number> {
  const [{ count }] = await knex('refresh_state_references')
    .where('source_key', provider)
    .count({ count: '*' });
  return Number(count);
}

/** Whoever registers the very URL of a file has it from then on, which is not a conflict. */
function isConflict(
  { holder, target }: Pick<HeldRow, 'holder' | 'target'>,
  provider: string,
): boolean {
  return holder !== provider && holder !== `url:${target}`;
}

function collect(
  rows: (EmittedRow & { in_catalog: string | null })[],
): EmittedLocation[] {
  return rows.flatMap(
    row => fromEmittedRow(row, row.in_catalog !== null) ?? [],
  );
}

/** A row of the catalog that cannot be read concerns that row alone. */
function locatedIn(unprocessedEntity: string) {
  try {
    const target: unknown = JSON.parse(unprocessedEntity).spec?.target;
    return typeof target === 'string' ? fromTarget(target) : undefined;
  } catch {
    return undefined;
  }
}
