import { Entity, stringifyEntityRef } from '@backstage/catalog-model';
import { parseEntityYaml } from '@backstage/plugin-catalog-node';
import { CatalogSnapshot } from '../catalog-tables/CatalogSnapshot';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import {
  EmittedLocation,
  LocatedFile,
  locationRefOf,
  placeOf,
} from '../catalog-tables/EmittedLocation';
import {
  EntityMove,
  EntityOfFile,
  readEntities,
  readEntitiesOf,
  readOrphans,
} from '../catalog-tables/entityMoves';
import { ProviderConfig } from '../config/types';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { isBitbucketError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { HEAD } from '../scm/urls';
import { selectionOf } from './filters';
import { RepositoryPlan } from './plan';
import { Searched } from './repositoryFiles';

/** What it takes to find out which entities are defined where. */
export type EntityTools = {
  tables: CatalogTables;
  catalog: CatalogSnapshot;
  index: WorkspaceIndex;
  config: ProviderConfig;
  context: RequestContext;
};

/** A file, and the references of the entities that it defines; undefined where that is not known. */
export type Definitions = {
  file: LocatedFile;
  refs: ReadonlySet<string> | undefined;
};

/** The catalog reads the same files, so that their contents are cached, or will be wanted next. */
export const MOST_FILES = 100;

/**
 * Which entities go from one file to another: those that a file no longer defines, or
 * that no file has any more, and that another file defines.
 *
 * The catalog does not do that by itself. It refuses an entity that another file has, and
 * also one that no file has any more but that it has not removed yet; and it tries again
 * only when it reads the file the next time, or when that changes.
 *
 * @param before - entities that the catalog has from files that have changed, and those
 * that no file has any more
 * @param files - that have changed, or are new
 */
export function decideEntityMoves(
  before: readonly EntityOfFile[],
  files: readonly Definitions[],
): EntityMove[] {
  const byTarget = new Map(files.map(one => [one.file.target, one]));
  return before.flatMap(({ entityRef, target: from }) => {
    const own = byTarget.get(from);
    // A file that cannot be read, or parsed, keeps its entities.
    if (own && (!own.refs || own.refs.has(entityRef))) {
      return [];
    }
    const taker = files.find(({ refs }) => refs?.has(entityRef));
    return taker ? [{ entityRef, from, to: taker.file }] : [];
  });
}

/**
 * Which entities go from one file to another with some plans. Reads the files that are
 * new or have changed; those that the catalog has already are known.
 */
export async function planEntityMoves(
  tools: EntityTools,
  plans: readonly RepositoryPlan[],
): Promise<EntityMove[]> {
  const { tables } = tools;
  const changed: [Searched, LocatedFile][] = [];
  const added: [Searched, LocatedFile][] = [];
  for (const { finding, found, refresh, add } of plans) {
    if (!finding.reason) {
      const targets = new Set(refresh);
      found
        .filter(({ target }) => targets.has(target))
        .forEach(file => changed.push([finding, file]));
      add.forEach(file => added.push([finding, file]));
    }
  }
  if (changed.length + added.length === 0) {
    return [];
  }
  const ofChanged = changed.slice(0, MOST_FILES);
  const before = [
    ...(await readEntitiesOf(
      tables,
      ofChanged.map(([, file]) => file),
    )),
    ...(await readOrphans(tables)),
  ];
  if (before.length === 0) {
    return [];
  }
  const files: Definitions[] = [];
  for (const [finding, file] of [...ofChanged, ...added].slice(0, MOST_FILES)) {
    const refs = await readEntityRefs(tools, finding, file);
    files.push({ file, refs: refs && new Set(refs) });
  }
  const held = await readHeldElsewhere(tools, files);
  const moves = decideEntityMoves(
    [...before, ...held.entities],
    [...files, ...held.files],
  );
  const byTarget = new Map(files.map(({ file, refs }) => [file.target, refs]));
  const settled = new Set(moves.map(({ entityRef }) => entityRef));
  const lost = before.filter(
    ({ entityRef, target }) =>
      !settled.has(entityRef) && byTarget.get(target)?.has(entityRef) === false,
  );
  return [...moves, ...(await planMovesElsewhere(tools, lost))];
}

/**
 * What some files define and the catalog has from others, with what these define by now:
 * an earlier walk may have seen them change, and the catalog not have read them yet. Costs
 * no request where the mirror has them, as after such a walk.
 */
async function readHeldElsewhere(
  tools: EntityTools,
  files: readonly Definitions[],
): Promise<{ entities: EntityOfFile[]; files: Definitions[] }> {
  const { tables, catalog, index, config } = tools;
  const own = new Set(files.map(({ file }) => file.target));
  const wanted = files.flatMap(({ refs }) => [...(refs ?? [])]);
  const entities = (await readEntities(tables, [...new Set(wanted)])).filter(
    ({ target }) => !own.has(target),
  );
  const locations = await catalog.byRef([
    ...new Set(entities.map(locationRefOf)),
  ]);
  const uuids = [...locations.values()].map(({ uuid }) => uuid);
  const repositories = new Map(
    (
      await index.repositories.byUuid(selectionOf(config), [...new Set(uuids)])
    ).map(repository => [repository.uuid, repository]),
  );
  const definitions: Definitions[] = [];
  for (const file of [...locations.values()].slice(0, MOST_FILES)) {
    const repository = repositories.get(file.uuid);
    const branch = repository && branchOf(file, repository);
    const refs =
      repository && branch
        ? await readEntityRefs(tools, { repository, branch }, file)
        : undefined;
    definitions.push({ file, refs: refs && new Set(refs) });
  }
  const isRead = new Set(definitions.map(({ file }) => file.target));
  return {
    entities: entities.filter(({ target }) => isRead.has(target)),
    files: definitions,
  };
}

/** The branch that the URL of a Location names. */
function branchOf(
  { fullName, place, path }: LocatedFile,
  { mainBranch }: Repository,
): string | undefined {
  const ref = place.slice(fullName.length + 1, -path.length - 1);
  return ref === HEAD ? mainBranch?.name : ref;
}

/** Which entities of Locations that are removed another file defines. Costs no request. */
export async function planMovesOfRemoved(
  tools: EntityTools,
  removed: readonly LocatedFile[],
): Promise<EntityMove[]> {
  const entities = await readEntitiesOf(tools.tables, removed);
  const targets = new Set(removed.map(({ target }) => target));
  return planMovesElsewhere(tools, entities, targets);
}

/**
 * Finds the files that define some entities, which the catalog has refused so far, among
 * those that the catalog has from providers of this module: in the contents that are kept.
 */
async function planMovesElsewhere(
  { index, catalog }: EntityTools,
  entities: readonly EntityOfFile[],
  without: ReadonlySet<string> = new Set(),
): Promise<EntityMove[]> {
  if (entities.length === 0) {
    return [];
  }
  const kept = await index.files.emittedWith(
    [...new Set(entities.map(({ name }) => name))].flatMap(spellings),
  );
  const names = await index.repositories.names(
    kept.map(({ fullName }) => fullName),
  );
  const uuids = [...new Set([...names.values()].map(({ uuid }) => uuid))];
  const emitted = await catalog.ofRepositories(uuids);
  const ofOthers = await catalog.ofOthers(uuids);
  const files = kept.flatMap(({ fullName, ref, path, content }) => {
    const uuid = names.get(fullName)?.uuid;
    const locations: EmittedLocation[] = [
      ...(emitted.get(uuid ?? '') ?? []),
      ...ofOthers.map(({ location }) => location),
    ];
    const file = locations.find(
      location =>
        location.uuid === uuid &&
        location.isInCatalog &&
        location.missingSince === undefined &&
        !without.has(location.target) &&
        [ref, HEAD].some(
          at => location.place === placeOf(location.fullName, at, path),
        ),
    );
    const refs = file && entityRefsIn(content, file.target);
    return file && refs ? [{ file, refs: new Set(refs) }] : [];
  });
  const others = entities.map(({ target }) => target);
  return decideEntityMoves(
    entities,
    files.filter(({ file }) => !others.includes(file.target)),
  );
}

/** How a file may say that an entity has a name; others are found at their next reading. */
function spellings(name: string): string[] {
  return [
    `name: ${name}`,
    `name: "${name}"`,
    `name: '${name}'`,
    `"name": "${name}"`,
  ];
}

/**
 * The references of the entities that a file defines.
 *
 * @returns undefined where it cannot be read or parsed
 */
export async function readEntityRefs(
  { index, context }: Pick<EntityTools, 'index' | 'context'>,
  { repository, branch }: Pick<Searched, 'repository' | 'branch'>,
  { path, target }: LocatedFile,
): Promise<string[] | undefined> {
  try {
    const options = { branchOnly: true };
    const head = await index.files.open(repository, branch, context, options);
    const file = await head?.stat(path, context);
    const content = file?.exists && (await head?.read(path, file, context));
    return content ? entityRefsIn(content, target) : undefined;
  } catch (error) {
    if (isBitbucketError(error)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The references of the entities in a file.
 *
 * @returns undefined where a part of it cannot be parsed: then the catalog takes none of it
 */
export function entityRefsIn(
  content: Buffer,
  target: string,
): string[] | undefined {
  const refs: string[] = [];
  try {
    for (const result of parseEntityYaml(content, { type: 'url', target })) {
      if (result.type === 'error') {
        return undefined;
      }
      const ref = result.type === 'entity' && refOf(result.entity);
      refs.push(...(ref ? [ref] : []));
    }
    return refs;
  } catch {
    // Some faults, such as an alias without an anchor, are thrown.
    return undefined;
  }
}

/** Undefined for what is not an entity, whatever is in the file. */
function refOf(entity: Entity): string | undefined {
  try {
    return stringifyEntityRef(entity);
  } catch {
    return undefined;
  }
}
