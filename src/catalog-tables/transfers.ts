import { Knex } from 'knex';
import { CatalogTables } from './CatalogTables';
import {
  EMITTED,
  EmittedRow,
  LocatedFile,
  locationRefOf,
} from './EmittedLocation';

type StateRow = { entity_ref: string; location_key: string | null };
type ReferenceRow = { source_key: string | null; target_entity_ref: string };

/** The file of a Location that goes from one entity provider to another. */
export type Transfer = {
  /** The entity provider's name, which is its location key too. */
  from: string;
  to: string;
  /** Of the repository. */
  uuid: string;
  file: LocatedFile;
};

/**
 * Makes another entity provider the source of a Location, so that the Location and
 * everything that comes from it stay in the catalog as they are, uids included. The
 * catalog itself refuses an entity that another source has, until that one removes
 * it.
 *
 * @returns whether the first provider had it until now
 */
export async function transferLocation(
  tables: CatalogTables,
  { from, to, uuid, file }: Transfer,
): Promise<boolean> {
  const entityRef = locationRefOf(file);
  return tables.write(false, async transaction => {
    const moved = await transaction<StateRow>('refresh_state')
      .where({ entity_ref: entityRef, location_key: from })
      .update({ location_key: to });
    if (moved === 0) {
      return false;
    }
    await setSource(transaction, entityRef, from, to);
    await transaction<EmittedRow>(EMITTED)
      .where({ provider: from, entity_ref: entityRef })
      .delete();
    await transaction<EmittedRow>(EMITTED)
      .insert({
        provider: to,
        entity_ref: entityRef,
        uuid,
        target: file.target,
        path: file.path,
        content_hash: file.hash ?? null,
        missing_since: null,
        tried_at: null,
      })
      .onConflict(['provider', 'entity_ref'])
      .ignore();
    return true;
  });
}

/**
 * Puts back the reference from an entity provider to a Location that the catalog
 * has under its key and without its reference; adding it again would do nothing.
 */
export async function restoreReference(
  tables: CatalogTables,
  provider: string,
  entityRef: string,
): Promise<void> {
  await tables.write(undefined, transaction =>
    setSource(transaction, entityRef, provider, provider),
  );
}

async function setSource(
  transaction: Knex.Transaction,
  entityRef: string,
  from: string,
  to: string,
): Promise<void> {
  await transaction<ReferenceRow>('refresh_state_references')
    .whereIn('source_key', [from, to])
    .where({ target_entity_ref: entityRef })
    .delete();
  await transaction<ReferenceRow>('refresh_state_references').insert({
    source_key: to,
    target_entity_ref: entityRef,
  });
}
