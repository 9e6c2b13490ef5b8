import { Knex } from 'knex';
import { batches } from '../lib/batching';
import { CatalogTables } from './CatalogTables';
import { LocatedFile, locationRefOf } from './EmittedLocation';

/** A catalog file that is found under another URL now. */
export type Move = { from: LocatedFile; to: LocatedFile };

type StateRow = { entity_ref: string; location_key: string | null };
type ReferenceRow = { source_entity_ref: string; target_entity_ref: string };

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

  constructor(tables: CatalogTables, moves: readonly Move[]) {
    this.#tables = tables;
    this.#moves = moves;
  }

  /** Before the new Locations are added: they may change the entities then. */
  async allowNewUrls(): Promise<void> {
    for (const { from, to } of this.#moves) {
      await this.#tables.write(undefined, async transaction => {
        const refs = await descendants(transaction, locationRefOf(from));
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
      });
    }
  }

  /** Once the new Locations are added: the old ones may go without the entities. */
  async handOver(): Promise<void> {
    for (const { from, to } of this.#moves) {
      await this.#tables.write(undefined, async transaction => {
        const source = locationRefOf(to);
        const targets = await children(transaction, [locationRefOf(from)]);
        const there = new Set(await children(transaction, [source]));
        const rows = targets
          .filter(target => !there.has(target))
          .map(target => ({
            source_entity_ref: source,
            target_entity_ref: target,
          }));
        for (const batch of batches(rows)) {
          await transaction<ReferenceRow>('refresh_state_references').insert(
            batch,
          );
        }
      });
    }
  }
}

/**
 * The location key of an entity after a move, undefined where it stays: that of
 * the file itself, or of one that is named relative to it and moved along.
 */
export function keyAfter({ from, to }: Move, key: string): string | undefined {
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

async function children(
  transaction: Knex.Transaction,
  refs: string[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const batch of batches(refs)) {
    const rows = await transaction<ReferenceRow>('refresh_state_references')
      .whereIn('source_entity_ref', batch)
      .distinct('target_entity_ref');
    rows.forEach(row => found.add(row.target_entity_ref));
  }
  return [...found];
}
