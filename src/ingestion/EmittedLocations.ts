import { Knex } from 'knex';
import {
  EMITTED,
  EmittedLocation,
  EmittedRow,
  LocatedFile,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { batches } from '../lib/batching';

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

  /** Records that files were not found. They stay until that is confirmed. */
  async markMissing(
    locations: readonly EmittedLocation[],
    now: number,
  ): Promise<void> {
    await this.#writeMissing(locations, now);
  }

  /** Records that an attempt to confirm that files are missing has failed. */
  async markTried(
    locations: readonly EmittedLocation[],
    now: number,
  ): Promise<void> {
    await this.#writeMissing(locations, now, { tried_at: now });
  }

  async remove(entityRefs: readonly string[]): Promise<void> {
    for (const batch of batches([...entityRefs])) {
      await this.#knex<EmittedRow>(EMITTED)
        .where({ provider: this.#provider })
        .whereIn('entity_ref', batch)
        .delete();
    }
  }

  /** Names of all entity providers that have emitted anything, also of other products. */
  async providers(): Promise<string[]> {
    return this.#knex<EmittedRow>(EMITTED).distinct().pluck('provider');
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

  /** The entity provider other than this one that wants a Location as well. */
  async otherClaim(
    entityRef: string,
  ): Promise<{ provider: string; uuid: string } | undefined> {
    return this.#knex<EmittedRow>(EMITTED)
      .where({ entity_ref: entityRef })
      .whereNot({ provider: this.#provider })
      .whereNull('missing_since')
      .first('provider', 'uuid');
  }

  async #writeMissing(
    locations: readonly EmittedLocation[],
    now: number,
    tried: Partial<EmittedRow> = {},
  ): Promise<void> {
    await this.#write(
      locations.map(location => ({
        ...this.#toRow(location),
        missing_since: location.missingSince ?? now,
        ...tried,
      })),
    );
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
