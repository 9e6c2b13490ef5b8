import { batches } from '../lib/batching';
import { CatalogTables } from './CatalogTables';
import { LocatedFile, locationRefOf } from './EmittedLocation';

/**
 * An entity that the catalog has from one file, and that another one defines in its
 * place.
 */
export type EntityMove = {
  entityRef: string;
  /** The target of the Location whose file defined it. */
  from: string;
  to: LocatedFile;
};

/** An entity, and the file that it is from. */
export type EntityOfFile = {
  entityRef: string;
  /** As it is written, in any case. */
  name: string;
  /** The target of the Location of its file. */
  target: string;
};

type StateRow = {
  entity_ref: string;
  location_key: string | null;
  unprocessed_entity: string;
};

/** Of `refresh_state as state`, as {@link StateRow} has them. */
const STATE_COLUMNS = [
  'state.entity_ref',
  'state.location_key',
  'state.unprocessed_entity',
];

const PREFIX = 'url:';

/** The entities that come from the files of some Locations. Those of other files that these name are left out. */
export async function readEntitiesOf(
  tables: CatalogTables,
  files: readonly LocatedFile[],
): Promise<EntityOfFile[]> {
  const found: EntityOfFile[] = [];
  for (const batch of batches(files)) {
    const rows = await tables.read<StateRow[]>([], knex =>
      knex('refresh_state_references as reference')
        .join(
          'refresh_state as state',
          'state.entity_ref',
          'reference.target_entity_ref',
        )
        .whereIn('reference.source_entity_ref', batch.map(locationRefOf))
        .whereIn(
          'state.location_key',
          batch.map(({ target }) => `${PREFIX}${target}`),
        )
        .select(STATE_COLUMNS),
    );
    found.push(...rows.flatMap(toEntity));
  }
  return found;
}

/** Some entities, as far as they come from the files of Locations. */
export async function readEntities(
  tables: CatalogTables,
  refs: readonly string[],
): Promise<EntityOfFile[]> {
  const found: EntityOfFile[] = [];
  for (const batch of batches(refs)) {
    const rows = await tables.read<StateRow[]>([], knex =>
      knex('refresh_state as state')
        .whereIn('state.entity_ref', batch)
        .where('state.location_key', 'like', `${PREFIX}%`)
        .select(STATE_COLUMNS),
    );
    found.push(...rows.flatMap(toEntity));
  }
  return found;
}

/**
 * The entities of files that nothing has brought into the catalog any more. The catalog
 * removes them twice a minute, if at all, and lets no other file define them until then.
 */
export async function readOrphans(
  tables: CatalogTables,
): Promise<EntityOfFile[]> {
  const rows = await tables.read<StateRow[]>([], knex =>
    knex('refresh_state as state')
      .leftJoin(
        'refresh_state_references as reference',
        'reference.target_entity_ref',
        'state.entity_ref',
      )
      .whereNull('reference.target_entity_ref')
      .where('state.location_key', 'like', `${PREFIX}%`)
      .select(STATE_COLUMNS),
  );
  return rows.flatMap(toEntity);
}

/** A row of the catalog that cannot be read concerns that row alone. */
function toEntity(row: StateRow): EntityOfFile[] {
  try {
    const name: unknown = JSON.parse(row.unprocessed_entity).metadata?.name;
    const target = row.location_key?.slice(PREFIX.length);
    return typeof name === 'string' && target
      ? [{ entityRef: row.entity_ref, name, target }]
      : [];
  } catch {
    return [];
  }
}

/**
 * Lets other files define entities, before these are read: the catalog lets only the URL
 * that an entity came from change it.
 */
export async function allowEntityMoves(
  tables: CatalogTables,
  moves: readonly EntityMove[],
): Promise<void> {
  for (const { entityRef, from, to } of moves) {
    await tables.write(undefined, transaction =>
      transaction<StateRow>('refresh_state')
        .where({ entity_ref: entityRef, location_key: `${PREFIX}${from}` })
        .update({ location_key: `${PREFIX}${to.target}` }),
    );
  }
}

/**
 * Has entities come from the Locations of the files that define them now, which the
 * catalog has by then, so that they stay when their old files are read or go.
 */
export async function applyEntityMoves(
  tables: CatalogTables,
  moves: readonly EntityMove[],
): Promise<void> {
  for (const { entityRef, from, to } of moves) {
    const source = locationRefOf(to);
    await tables.write(undefined, async transaction => {
      const states = () => transaction<StateRow>('refresh_state');
      const references = () =>
        transaction<{ source_entity_ref: string; target_entity_ref: string }>(
          'refresh_state_references',
        ).where({ target_entity_ref: entityRef });
      const entity = await states()
        .where({
          entity_ref: entityRef,
          location_key: `${PREFIX}${to.target}`,
        })
        .first('entity_ref');
      const location = await states()
        .where({ entity_ref: source })
        .first('entity_ref');
      if (!entity || !location) {
        return;
      }
      await references()
        .whereIn('source_entity_ref', [source, locationRefOf({ target: from })])
        .delete();
      await references().insert({
        source_entity_ref: source,
        target_entity_ref: entityRef,
      });
    });
  }
}
