import { Knex } from 'knex';
import { batches } from '../lib';
import { fromTarget, LocatedFile, locationRefOf } from './locations';

/** A Location that an entity provider has emitted, or that the catalog has of it. */
export type EmittedLocation = LocatedFile & {
  entityRef: string;
  /** Of the repository; empty where it is unknown. */
  uuid: string;
  /** Whether the catalog's tables say that it has the Location from this provider. */
  isInCatalog: boolean;
  /** Whether this module has emitted it itself. */
  isRecorded: boolean;
  /** When the file was first not found. Milliseconds since the epoch. */
  missingSince?: number;
  /** When it was last tried to confirm that it is missing. */
  triedAt?: number;
};

/** A row of the table of emitted locations. */
export type EmittedRow = {
  provider: string;
  entity_ref: string;
  uuid: string;
  target: string;
  path: string;
  content_hash: string | null;
  missing_since: number | null;
  tried_at: number | null;
};

export const EMITTED = 'bitbucket_cloud__emitted';

/**
 * Records what an entity provider has emitted, over restarts and whichever replica
 * walks: which repository each Location is of, and the content that it had. What
 * the catalog made of it is read from the catalog's own tables.
 */
export class EmittedLocations {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  /** Records files that were found, and the repositories that they are of. */
  async save(
    files: readonly { uuid: string; file: LocatedFile }[],
  ): Promise<void> {
    await this.#write(
      files.map(({ uuid, file }) => ({
        provider: this.#provider,
        entity_ref: locationRefOf(file),
        uuid,
        target: file.target,
        path: file.path,
        content_hash: file.hash ?? null,
        missing_since: null,
        tried_at: null,
      })),
    );
  }

  /** Records that files were not found, which stay until that is confirmed. */
  async markMissing(
    locations: readonly EmittedLocation[],
    now: number,
  ): Promise<void> {
    await this.#write(
      locations.map(location => ({
        ...this.#toRow(location),
        missing_since: location.missingSince ?? now,
      })),
    );
  }

  /** Records that it was tried to confirm that files are missing. */
  async markTried(
    locations: readonly EmittedLocation[],
    now: number,
  ): Promise<void> {
    await this.#write(
      locations.map(location => ({
        ...this.#toRow(location),
        missing_since: location.missingSince ?? now,
        tried_at: now,
      })),
    );
  }

  async remove(entityRefs: readonly string[]): Promise<void> {
    for (const batch of batches([...entityRefs])) {
      await this.#knex<EmittedRow>(EMITTED)
        .where({ provider: this.#provider })
        .whereIn('entity_ref', batch)
        .delete();
    }
  }

  /** Those of some Locations that are still recorded as missing. */
  async stillMissing(
    locations: readonly EmittedLocation[],
  ): Promise<EmittedLocation[]> {
    const missing = new Set<string>();
    for (const batch of batches([...locations])) {
      const rows = await this.#knex<EmittedRow>(EMITTED)
        .where({ provider: this.#provider })
        .whereNotNull('missing_since')
        .whereIn(
          'entity_ref',
          batch.map(({ entityRef }) => entityRef),
        )
        .select('entity_ref');
      rows.forEach(row => missing.add(row.entity_ref));
    }
    return locations.filter(({ entityRef }) => missing.has(entityRef));
  }

  async #write(rows: EmittedRow[]): Promise<void> {
    // In one order, so that two replicas which write the same rows cannot deadlock.
    const sorted = [
      ...new Map(rows.map(row => [row.entity_ref, row])).values(),
    ].sort((a, b) => (a.entity_ref < b.entity_ref ? -1 : 1));
    for (const batch of batches(sorted)) {
      await this.#knex<EmittedRow>(EMITTED)
        .insert(batch)
        .onConflict(['provider', 'entity_ref'])
        .merge();
    }
  }

  #toRow(location: EmittedLocation): EmittedRow {
    return {
      provider: this.#provider,
      entity_ref: location.entityRef,
      uuid: location.uuid,
      target: location.target,
      path: location.path,
      content_hash: location.hash ?? null,
      missing_since: location.missingSince ?? null,
      tried_at: location.triedAt ?? null,
    };
  }
}

/** @param isInCatalog - what the catalog's tables say */
export function fromEmittedRow(
  row: EmittedRow,
  isInCatalog: boolean,
): EmittedLocation | undefined {
  const located = fromTarget(row.target);
  return (
    located && {
      ...located,
      path: row.path,
      hash: row.content_hash ?? undefined,
      entityRef: row.entity_ref,
      uuid: row.uuid,
      isInCatalog,
      isRecorded: true,
      missingSince: row.missing_since ?? undefined,
      triedAt: row.tried_at ?? undefined,
    }
  );
}

/** The targets of a repository that any provider has emitted. */
export async function readEmittedTargets(
  knex: Knex,
  uuid: string,
): Promise<Set<string>> {
  const rows = await knex<EmittedRow>(EMITTED).where({ uuid }).select('target');
  return new Set(rows.map(({ target }) => target));
}
