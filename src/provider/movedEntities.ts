import { Knex } from 'knex';
import { LocatedFile, toLocation } from './locations';

/** A catalog file whose repository or branch has another name now. */
export type Move = { from: LocatedFile; to: LocatedFile };

type StateRow = { entity_ref: string; location_key: string | null };
type ReferenceRow = { source_entity_ref: string; target_entity_ref: string };

/**
 * Lets the new Location of a moved file provide what the old one provides, before
 * and in place of it.
 *
 * The catalog lets nobody but the URL that an entity came from change it, and
 * takes the entities of a removed Location away with it, until the new one is
 * processed. So these tables of the catalog, in whose database this module lives,
 * are told of the move: the entities stay, with their uids.
 */
export class MovedEntities {
  readonly #knex: Knex;
  readonly #moves: Move[];
  readonly #provider: string;

  /** @param provider - the entity provider's name */
  constructor(knex: Knex, provider: string, moves: Move[]) {
    this.#knex = knex;
    this.#provider = provider;
    this.#moves = moves;
  }

  /** Before the new Locations are added: they may change the entities then. */
  async allowNewUrls(): Promise<void> {
    for (const { from, to } of this.#moves) {
      const before = `url:${folderOf(from)}`;
      const after = `url:${folderOf(to)}`;
      const refs = await this.#descendants(this.#refOf(from));
      const rows = await this.#knex<StateRow>('refresh_state')
        .whereIn('entity_ref', refs)
        .select('entity_ref', 'location_key');
      for (const { entity_ref: ref, location_key: key } of rows) {
        if (key?.startsWith(before)) {
          await this.#knex<StateRow>('refresh_state')
            .where({ entity_ref: ref, location_key: key })
            .update({ location_key: `${after}${key.slice(before.length)}` });
        }
      }
    }
  }

  /** Once the new Locations are added: the old ones may go without the entities. */
  async handOver(): Promise<void> {
    for (const { from, to } of this.#moves) {
      const targets = await this.#children([this.#refOf(from)]);
      const source = this.#refOf(to);
      const there = new Set(await this.#children([source]));
      const missing = targets.filter(target => !there.has(target));
      if (missing.length > 0) {
        await this.#knex<ReferenceRow>('refresh_state_references').insert(
          missing.map(target => ({
            source_entity_ref: source,
            target_entity_ref: target,
          })),
        );
      }
    }
  }

  async #descendants(ref: string): Promise<string[]> {
    const found = new Set<string>();
    let latest = [ref];
    while (latest.length > 0) {
      const children = await this.#children(latest);
      latest = children.filter(child => !found.has(child));
      latest.forEach(child => found.add(child));
    }
    return [...found];
  }

  async #children(refs: string[]): Promise<string[]> {
    const rows = await this.#knex<ReferenceRow>('refresh_state_references')
      .whereIn('source_entity_ref', refs)
      .distinct('target_entity_ref');
    return rows.map(row => row.target_entity_ref);
  }

  #refOf(file: LocatedFile): string {
    const { name } = toLocation(file, this.#provider).entity.metadata;
    return `location:default/${name}`;
  }
}

/** What the URLs of all files of the same branch begin with. */
function folderOf({ target, path }: LocatedFile): string {
  const depth = path.split('/').length;
  return `${target.split('/').slice(0, -depth).join('/')}/`;
}
