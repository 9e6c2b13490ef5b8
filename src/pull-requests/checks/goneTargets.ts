import { CatalogTables } from '../../catalog-tables/CatalogTables';
import { readChildren } from '../../catalog-tables/entities';
import { placeAt } from './conflicts';
import type { ReadersOf } from './FileLoader';
import { LIMITS } from './limits';
import { mergeEntities } from './mergeEntities';
import { isAt, PlacedTarget, placedTargets } from './placedTargets';
import { CheckedRepository, placeOf } from './places';
import { PlannedFile } from './mergeEntities';

/** What the search for files that are no longer read uses. */
type Context = {
  repository: CheckedRepository;
  tables: CatalogTables;
  readersOf: ReadersOf;
};

/** A file that the catalog reads for a target. */
type Target = { path: string; url: string };

/** Files that the catalog reads for Locations today, and then no longer. */
export async function findGoneTargets(
  files: readonly PlannedFile[],
  { repository, tables, readersOf }: Context,
): Promise<PlannedFile[]> {
  const { urls } = repository;
  const listed = new Set(files.map(({ location }) => placeAt(urls, location)));
  const gone = new Map<string, { path: string; refs: Set<string> }>();
  for (const file of files.filter(({ isTaken }) => isTaken)) {
    if (file.branchChange && !file.branchChange.before) {
      // Which targets the branch has added since is not known.
      continue;
    }
    const { path = '', oldPath = path, base, location } = file;
    const { oldLocation = location } = file;
    const from = { path: oldPath, location: oldLocation };
    const before = placedTargets(repository, base, from);
    const { own, others } = mergeEntities(file);
    // What the pull request has nothing to do with stays as it is on the branch.
    const left = base.filter(({ entityRef }) => others.has(entityRef));
    const after = placedTargets(repository, [...own, ...left], {
      path,
      location,
    });
    const refs = new Set(before.flatMap(({ entityRef }) => entityRef ?? []));
    const found = [
      ...namedBy(before),
      ...(await foundBy(before, { repository, tables, location: oldLocation })),
    ];
    found
      .filter(target => !after.some(({ place }) => isAt(place, target.path)))
      .filter(({ url }) => !listed.has(placeAt(urls, url)))
      .slice(0, LIMITS.targets)
      .forEach(target => gone.set(target.url, { path: target.path, refs }));
  }
  const readers = await readersOf([...gone.keys()]);
  return [...gone]
    .filter(([url, { refs }]) =>
      readers.get(url)?.every(({ entityRef }) => refs.has(entityRef)),
    )
    .map(([url, { path }]) => ({
      isDeleted: false,
      oldPath: path,
      location: url,
      oldLocation: url,
      isTaken: true,
      isTouched: true,
      head: [],
      base: [],
    }));
}

function namedBy(targets: readonly PlacedTarget[]): Target[] {
  return targets.flatMap(({ place }) =>
    place.kind === 'here' ? { path: place.path, url: place.branchUrl } : [],
  );
}

/** What the catalog has found by wildcards. */
async function foundBy(
  targets: readonly PlacedTarget[],
  context: Pick<Context, 'repository' | 'tables'> & { location: string },
): Promise<Target[]> {
  const { repository, tables, location } = context;
  const patterns = targets.filter(({ place }) => place.kind === 'pattern');
  const refs = new Set(patterns.flatMap(({ entityRef }) => entityRef ?? []));
  const children = await readChildren(tables, [...refs]);
  const urls = new Set(
    children.flatMap(({ locationKey }) => urlOf(locationKey) ?? []),
  );
  return [...urls].flatMap(url => {
    const place = placeOf(repository, { path: '', location }, url);
    return place.kind === 'here' &&
      patterns.some(one => isAt(one.place, place.path))
      ? { path: place.path, url }
      : [];
  });
}

/** The URL of a location key; undefined for one of another type. */
export function urlOf(locationKey: string | null): string | undefined {
  return locationKey?.startsWith('url:')
    ? locationKey.slice('url:'.length)
    : undefined;
}
