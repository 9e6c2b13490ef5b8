import { Knex } from 'knex';
import { ScmUrls } from '../scm/urls';
import { CatalogTables } from './CatalogTables';
import {
  EMITTED,
  EmittedLocation,
  EmittedRow,
  fromEmittedRow,
  LocatedFile,
  fromTarget,
} from './EmittedLocation';

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

/** Emitted, with the location key of what the catalog has under that reference. */
type HeldRow = EmittedRow & { holder: string | null };

/** What a status shows of conflicts. */
const MOST_CONFLICTS = 100;

/** What an entity provider has emitted, and what the catalog has of that from it. */
export function emittedBy(knex: Knex, provider: string): Knex.QueryBuilder {
  return knex(`${EMITTED} as emitted`)
    .leftJoin('refresh_state_references as reference', {
      'reference.target_entity_ref': 'emitted.entity_ref',
      'reference.source_key': 'emitted.provider',
    })
    .where('emitted.provider', provider);
}

/** Emitted and not in the catalog. */
export async function readNotInCatalog(
  knex: Knex,
  urls: ScmUrls,
  provider: string,
): Promise<Pick<Differences, 'absent' | 'conflicts'>> {
  const held: HeldRow[] = await emittedBy(knex, provider)
    .leftJoin(
      'refresh_state as state',
      'state.entity_ref',
      'emitted.entity_ref',
    )
    .whereNull('reference.target_entity_ref')
    .select('emitted.*', { holder: 'state.location_key' });
  return {
    absent: held
      .filter(({ holder }) => holder === null || holder === provider)
      .flatMap(row => fromEmittedRow(urls, row, false) ?? []),
    conflicts: held.flatMap(row => {
      const location = fromEmittedRow(urls, row, false);
      const { holder, target } = row;
      return location && holder !== null && isConflict(row, provider)
        ? [{ target, holder, location }]
        : [];
    }),
  };
}

/** In the catalog, from an entity provider, and not emitted by this module. */
export async function readForeign(
  knex: Knex,
  urls: ScmUrls,
  provider: string,
): Promise<(LocatedFile & { entityRef: string })[]> {
  const rows: { entity_ref: string; unprocessed_entity: string }[] = await knex(
    'refresh_state_references as reference',
  )
    .join(
      'refresh_state as state',
      'state.entity_ref',
      'reference.target_entity_ref',
    )
    .leftJoin(`${EMITTED} as emitted`, {
      'emitted.entity_ref': 'reference.target_entity_ref',
      'emitted.provider': 'reference.source_key',
    })
    .where('reference.source_key', provider)
    .whereNull('emitted.entity_ref')
    .select('state.entity_ref', 'state.unprocessed_entity');
  return rows.flatMap(row => {
    const file = locatedIn(urls, row.unprocessed_entity);
    return file ? [{ ...file, entityRef: row.entity_ref }] : [];
  });
}

/** Locations that an entity provider has found and that another source has; at most 100. */
export async function readConflicts(
  tables: CatalogTables,
  provider: string,
): Promise<Conflict[]> {
  return tables.read([], async knex => {
    const rows: Conflict[] = await emittedBy(knex, provider)
      .join('refresh_state as state', 'state.entity_ref', 'emitted.entity_ref')
      .whereNull('reference.target_entity_ref')
      .whereNotNull('state.location_key')
      .orderBy('emitted.target')
      .limit(MOST_CONFLICTS)
      .select({ target: 'emitted.target', holder: 'state.location_key' });
    return rows.filter(row => isConflict(row, provider));
  });
}

/** Whoever registers the very URL of a file has it from then on, which is not a conflict. */
function isConflict(
  { holder, target }: Pick<HeldRow, 'holder' | 'target'>,
  provider: string,
): boolean {
  return holder !== provider && holder !== `url:${target}`;
}

/** A row of the catalog that cannot be read concerns that row alone. */
function locatedIn(
  urls: ScmUrls,
  unprocessedEntity: string,
): LocatedFile | undefined {
  try {
    const target: unknown = JSON.parse(unprocessedEntity).spec?.target;
    return typeof target === 'string' ? fromTarget(urls, target) : undefined;
  } catch {
    return undefined;
  }
}
