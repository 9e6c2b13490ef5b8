import { Knex } from 'knex';
import { batches } from '../lib/batching';
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
type Transfer = {
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

/** A catalog file that is found under another URL now. */
export type Move = { from: LocatedFile; to: LocatedFile };

type SourceRow = { source_entity_ref: string; target_entity_ref: string };

/**
 * Lets the new Location of a moved file provide what the old one provides, before
 * and in place of it.
 *
 * The catalog lets only the URL that an entity came from change it, and removes
 * the entities of a Location with it, until the new one is processed. So two of its
 * tables are changed: the entities stay, with their uids.
 */
export class MovedEntities {
  readonly #tables: CatalogTables;
  readonly #moves: readonly Move[];
  /** Entities whose location key is the new one: it is given once, and not twice. */
  readonly #allowed = new Map<Move, Set<string>>();

  constructor(tables: CatalogTables, moves: readonly Move[]) {
    this.#tables = tables;
    this.#moves = moves;
  }

  /** Before the new Locations are added: they may change the entities then. */
  async allowNewUrls(): Promise<void> {
    for (const move of this.#moves) {
      const allowed = new Set<string>();
      this.#allowed.set(move, allowed);
      await this.#tables.write(undefined, transaction =>
        allowNewUrl(transaction, move, allowed),
      );
    }
  }

  /** Once the new Locations are added: the old ones may go without the entities. */
  async handOver(): Promise<void> {
    const handedOver = new Map<Move, string[]>();
    for (const move of this.#moves) {
      await this.#tables.write(undefined, async transaction => {
        // The catalog may have processed the old one meanwhile, and have added entities
        // that the new one could not change. It does not try that again by itself.
        const allowed = this.#allowed.get(move) ?? new Set();
        await allowNewUrl(transaction, move, allowed);
        const targets = await children(transaction, [locationRefOf(move.from)]);
        handedOver.set(move, targets);
      });
    }
    // The new place of one file may be the old place of another.
    for (const [{ to }, targets] of handedOver) {
      await this.#tables.write(undefined, async transaction => {
        const source = locationRefOf(to);
        const there = new Set(await children(transaction, [source]));
        const rows = (await existing(transaction, targets))
          .filter(target => !there.has(target))
          .map(target => ({
            source_entity_ref: source,
            target_entity_ref: target,
          }));
        for (const batch of batches(rows)) {
          await transaction<SourceRow>('refresh_state_references').insert(
            batch,
          );
        }
      });
    }
  }
}

/**
 * Gives the entities of an old Location the location keys that the new one gives them.
 *
 * @param allowed - those that have them already; the others are added
 */
async function allowNewUrl(
  transaction: Knex.Transaction,
  { from, to }: Move,
  allowed: Set<string>,
): Promise<void> {
  const all = await descendants(transaction, locationRefOf(from));
  const refs = all.filter(ref => !allowed.has(ref));
  refs.forEach(ref => allowed.add(ref));
  for (const batch of batches(refs)) {
    const rows = await transaction<StateRow>('refresh_state')
      .whereIn('entity_ref', batch)
      .select('entity_ref', 'location_key');
    for (const { entity_ref: ref, location_key: before } of rows) {
      const after = before && keyAfter({ from, to }, before);
      if (after) {
        await transaction<StateRow>('refresh_state')
          .where({ entity_ref: ref, location_key: before })
          .update({ location_key: after });
      }
    }
  }
}

/**
 * The location key of an entity after a move, undefined where it stays: that of
 * the file itself, or of one that is named relative to it and moved along.
 */
function keyAfter({ from, to }: Move, key: string): string | undefined {
  if (key === `url:${from.target}`) {
    return `url:${to.target}`;
  }
  const [before, after] = movedFolders(from.target, to.target);
  return key.startsWith(`url:${before}`)
    ? `url:${after}${key.slice(`url:${before}`.length)}`
    : undefined;
}

/** What two URLs begin with before the segments at their ends that are the same. */
function movedFolders(from: string, to: string): [string, string] {
  const before = from.split('/');
  const after = to.split('/');
  while (before.length > 1 && before.at(-1) === after.at(-1)) {
    before.pop();
    after.pop();
  }
  const folders = [before, after].map(one => `${one.join('/')}/`);
  return before.length === from.split('/').length
    ? [folderOf(from), folderOf(to)]
    : [folders[0], folders[1]];
}

function folderOf(target: string): string {
  return target.slice(0, target.lastIndexOf('/') + 1);
}

async function descendants(
  transaction: Knex.Transaction,
  ref: string,
): Promise<string[]> {
  const found = new Set<string>();
  let latest = [ref];
  while (latest.length > 0) {
    const next = await children(transaction, latest);
    latest = next.filter(child => !found.has(child));
    latest.forEach(child => found.add(child));
  }
  return [...found];
}

async function existing(
  transaction: Knex.Transaction,
  refs: string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const batch of batches(refs)) {
    found.push(
      ...(await transaction<StateRow>('refresh_state')
        .whereIn('entity_ref', batch)
        .pluck('entity_ref')),
    );
  }
  return found;
}

async function children(
  transaction: Knex.Transaction,
  refs: string[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const batch of batches(refs)) {
    const rows = await transaction<SourceRow>('refresh_state_references')
      .whereIn('source_entity_ref', batch)
      .distinct('target_entity_ref');
    rows.forEach(row => found.add(row.target_entity_ref));
  }
  return [...found];
}
