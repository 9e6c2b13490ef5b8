import {
  KeyReader,
  readKeyReaders,
  refreshKeyOf,
} from '../catalog-tables/refreshKeys';
import { ProviderConfig } from '../config/types';
import { isIncluded, selectionOf } from '../ingestion/filters';
import { CatalogPaths, planCatalogPaths } from '../ingestion/repositoryFiles';
import { isTooLong, locate } from '../ingestion/locations';
import { createPathGlob } from '../lib/globs';
import { branchesToTry } from '../mirror/heads';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import {
  readRegisteredFiles,
  RegisteredFile,
} from '../registered/RegisteredFile';
import { PullRequestFile } from '../scm/pullRequests';
import { Repository } from '../scm/types';
import { TouchedFile } from './checks/checkRequest';
import { addTo } from '../lib/batching';
import { isInWorkspace } from '../ingestion/ProviderSubscriber';

/** A file, and the URL under which the catalog reads it. */
type Located = { path: string; location: string };

/** A catalog file with an entity that reads another file. */
type LocatedReader = Located & {
  /** Whether that is a Location, which reads it as a catalog file. */
  isLocation: boolean;
};

/** What the catalog reads of a branch, or will read once a file is there. */
export type CatalogFiles = {
  /** The URL of a catalog file; undefined for a path that is none. */
  locationOf(path: string): string | undefined;
  /** Whether only Locations with wildcards read a file. */
  isByWildcard(path: string): boolean;
  /** The catalog files with entities that read a file: Locations, or by `$text` for example. */
  readersOf(path: string): LocatedReader[];
  /** All paths that one of both knows; undefined where a wildcard decides. */
  paths?: readonly string[];
};

/**
 * Of the files that a pull request touches, those that matter to the catalog, and
 * the catalog files that read one of them. By path.
 */
export function relevantFiles(
  changed: readonly PullRequestFile[],
  catalog: CatalogFiles,
): TouchedFile[] {
  const files = new Map<string, TouchedFile>();
  const how = (path: string) =>
    catalog.isByWildcard(path) ? ({ isByWildcard: true } as const) : {};
  for (const { oldPath, newPath } of changed) {
    const location =
      newPath === undefined ? undefined : catalog.locationOf(newPath);
    const oldLocation =
      oldPath === undefined ? undefined : catalog.locationOf(oldPath);
    if (location !== undefined) {
      // What it was before was no catalog file, if it is not one at its old path.
      const from = oldLocation === undefined ? undefined : oldPath;
      files.set(newPath!, {
        path: newPath,
        oldPath: from,
        location,
        isTouched: true,
        ...how(newPath!),
      });
    } else if (oldLocation !== undefined) {
      files.set(oldPath!, {
        oldPath,
        location: oldLocation,
        isTouched: true,
        ...how(oldPath!),
      });
    }
  }
  const paths = changed.flatMap(({ oldPath, newPath }) =>
    [oldPath ?? [], newPath ?? []].flat(),
  );
  const readers = paths.flatMap(catalog.readersOf);
  for (const { path, location } of readers) {
    const own = readers.filter(reader => reader.path === path);
    if (!isTouched(path, changed)) {
      files.set(path, {
        path,
        oldPath: path,
        location,
        isTouched: false,
        ...(own.every(reader => reader.isLocation)
          ? { isForTargets: true }
          : {}),
      });
    }
  }
  return [...files.keys()].sort().map(path => files.get(path)!);
}

function isTouched(path: string, changed: readonly PullRequestFile[]): boolean {
  return changed.some(
    ({ oldPath, newPath }) => oldPath === path || newPath === path,
  );
}

/** What the catalog reads of a branch of a repository. No request. */
export async function loadCatalogFiles(
  index: WorkspaceIndex,
  providers: readonly ProviderConfig[],
  repository: Repository,
  branch: string,
): Promise<CatalogFiles> {
  const wanted: CatalogPaths[] = [];
  for (const provider of providers) {
    if (await readsBranch(index, provider, repository, branch)) {
      wanted.push(planCatalogPaths(provider.catalogPaths));
    }
  }
  const registered = await readRegistered(index, repository, branch);
  const keys = registered.map(({ url }) => refreshKeyOf(url));
  const readers = new Map<string, KeyReader[]>();
  for (const reader of await readKeyReaders(index.catalog, keys)) {
    addTo(readers, reader.key, reader);
  }
  return toCatalogFiles({
    isWanted: path => wanted.some(paths => isAmong(paths, path)),
    wantedPaths: wanted.some(({ globs }) => globs.length > 0)
      ? undefined
      : wanted.flatMap(({ files }) => files),
    urlOf: path => urlOf(index, repository, branch, path),
    registered: registered.map(file => ({
      url: file.url,
      path: file.pathOn(branch),
      isGlob: file.isGlob,
      readers: readers.get(refreshKeyOf(file.url)) ?? [],
    })),
    pathOf: url => pathOf(index, repository, branch, url),
  });
}

/** Whether an entity provider reads a branch of a repository. */
async function readsBranch(
  { host, files, repositories }: WorkspaceIndex,
  provider: ProviderConfig,
  repository: Repository,
  branch: string,
): Promise<boolean> {
  const { fullName, uuid } = repository;
  const selection = selectionOf(provider);
  const [known] = await repositories.byUuid(selection, [uuid]);
  const workspace = host.workspaceOf(fullName).toLowerCase();
  const isThere =
    known ||
    (selection.query === undefined && isInWorkspace({ workspace }, provider));
  if (!isThere || !isIncluded(repository, provider.filters)) {
    return false;
  }
  for (const candidate of branchesToTry(repository, provider)) {
    if (candidate === branch) {
      return true;
    }
    // The next one is read only where this one is known not to exist.
    const name = { fullName, ref: candidate };
    const ref = (await files.known([name])).get(name)?.ref;
    if (!ref || ref.commit !== undefined) {
      return false;
    }
  }
  return false;
}

async function readRegistered(
  index: WorkspaceIndex,
  repository: Repository,
  branch: string,
): Promise<RegisteredFile[]> {
  const names = await index.repositories.namesOf(repository.uuid);
  const files = await readRegisteredFiles(index, [
    ...new Set([...names, repository.fullName.toLowerCase()]),
  ]);
  return files.filter(file => file.branchOf(repository, [branch]) === branch);
}

function isAmong({ files, globs }: CatalogPaths, path: string): boolean {
  return files.includes(path) || globs.some(glob => glob.matches(path));
}

/** Undefined where the catalog would not accept it. */
function urlOf(
  { host }: WorkspaceIndex,
  repository: Repository,
  branch: string,
  path: string,
): string | undefined {
  const located = locate(host.urls, repository, branch, { path });
  return isTooLong(located) ? undefined : located.target;
}

/** The path of a file of a repository on a branch; undefined for the URL of anything else. */
function pathOf(
  { host }: WorkspaceIndex,
  repository: Repository,
  branch: string,
  url: string,
): string | undefined {
  const file = RegisteredFile.parse(host.urls, url);
  return file?.fullName === repository.fullName.toLowerCase() &&
    file.branchOf(repository, [branch]) === branch
    ? file.pathOn(branch)
    : undefined;
}

/** A file or a glob that the catalog reads already. */
type ReadFile = {
  url: string;
  path: string;
  isGlob: boolean;
  readers: KeyReader[];
};

/**
 * @param options.isWanted - whether an entity provider looks for a path
 * @param options.wantedPaths - all such paths; absent where a wildcard decides
 */
export function toCatalogFiles(options: {
  isWanted(path: string): boolean;
  wantedPaths?: readonly string[];
  urlOf(path: string): string | undefined;
  registered: readonly ReadFile[];
  pathOf(url: string): string | undefined;
}): CatalogFiles {
  const { isWanted, urlOf: urlOfPath, registered, pathOf: pathOfUrl } = options;
  // What nothing was made of yet is a Location that could not be read so far.
  const locations = registered.filter(
    ({ readers }) => readers.length === 0 || readers.some(isLocation),
  );
  const wildcards = new Map(
    locations
      .filter(({ isGlob }) => isGlob)
      .map(file => [file, createPathGlob(file.path).matches]),
  );
  const globs = [...wildcards.values()];
  const urls = new Map(locations.map(({ path, url }) => [path, url]));
  const paths =
    options.wantedPaths === undefined || globs.length > 0
      ? undefined
      : [
          ...new Set([
            ...options.wantedPaths,
            ...registered.map(({ path }) => path),
          ]),
        ];
  return {
    paths,
    locationOf: path =>
      isWanted(path) || globs.some(matches => matches(path))
        ? urlOfPath(path)
        : urls.get(path),
    isByWildcard: path => !isWanted(path) && !urls.has(path),
    readersOf: path =>
      registered
        .filter(file => file.path === path || wildcards.get(file)?.(path))
        .flatMap(({ readers }) => readers)
        .flatMap(reader => {
          const location = reader.locationKey?.replace(/^url:/, '');
          const readerPath =
            location === undefined ? undefined : pathOfUrl(location);
          return readerPath === undefined || location === undefined
            ? []
            : [{ path: readerPath, location, isLocation: isLocation(reader) }];
        }),
  };
}

function isLocation({ entityRef }: KeyReader): boolean {
  return entityRef.startsWith('location:');
}
