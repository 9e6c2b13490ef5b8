import { CommitFiles } from '../mirror/CommitFiles';
import { FileIndex } from '../mirror/FileIndex';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { atHead } from '../mirror/heads';
import { Repository, RequestContext } from '../scm/types';
import { HEAD, refNames, RepositoryUrl } from '../scm/urls';
import { findCatalogFiles } from './catalogFiles';

/** What may be a folder. */
export type FolderFound = {
  /** Whether it is known to be one. */
  isFolder: boolean;
  /** For people. */
  place: string;
  /** Without a slash at its end. */
  url: string;
  /** Of the catalog files in it and below it. */
  urls: string[];
};

/**
 * The folder at a URL, and the catalog files in it; undefined where there is no such
 * branch.
 *
 * @param patterns - where catalog files may lie, as in `catalogPath`
 * @param isAgain - whether Bitbucket is asked where the index knows of none
 */
export async function findFolder(
  { host, files: index }: WorkspaceIndex,
  repository: Repository,
  parsed: RepositoryUrl,
  { patterns, isAgain }: { patterns: string[]; isAgain: boolean },
): Promise<FolderFound | undefined> {
  const { at, segments } = parsed;
  const { fullName, mainBranch } = repository;
  const isMain = at === HEAD || (at === undefined && segments.length === 0);
  if (isMain && !mainBranch) {
    return { isFolder: true, place: '', url: '', urls: [] };
  }
  return atFolder(
    index,
    repository,
    parsed,
    {},
    async ({ ref, path, files }) => {
      let paths = await findCatalogFiles(files, path, patterns, {});
      if (paths.length === 0 && isAgain) {
        const options = { refetch: true };
        paths = await findCatalogFiles(files, path, patterns, {}, options);
      }
      return {
        isFolder: path === '' || paths.length > 0,
        place: `${path} on ${ref} in ${fullName}`,
        url: host.urls.file(fullName, ref, path).replace(/\/$/, ''),
        urls: paths.map(file => host.urls.file(fullName, ref, file)),
      };
    },
    isAgain,
  );
}

/** A folder of a repository at a branch, tag or commit. */
type Folder = {
  ref: string;
  /** Without slashes at its ends; empty for the root. */
  path: string;
  files: CommitFiles;
};

/**
 * Opens the folder that a URL points at, and does something with it. The ref is
 * the longest that the URL can mean, as for the URL reader; the main branch where
 * the URL names none.
 *
 * @param isAgain - whether Bitbucket is asked for a head that did not come with the repository
 * @returns undefined when there is no such ref
 */
async function atFolder<T>(
  index: FileIndex,
  repository: Repository,
  url: RepositoryUrl,
  context: RequestContext,
  look: (folder: Folder) => Promise<T>,
  isAgain = false,
): Promise<T | undefined> {
  const { segments, at } = url;
  const { mainBranch } = repository;
  const isMain = at === HEAD || (at === undefined && segments.length === 0);
  const given = isMain ? mainBranch?.name : at;
  const names = given === undefined ? refNames(url) : [given];
  const hasHead = mainBranch?.hash && names.includes(mainBranch.name);
  return atHead(async ({ refetch }) => {
    const options = { refetch: refetch || (isAgain && !hasHead) };
    const found = await index.openLongest(repository, names, context, options);
    if (!found) {
      return undefined;
    }
    const { ref, files } = found;
    const from = given === undefined ? names.indexOf(ref) + 1 : 0;
    return look({ ref, path: segments.slice(from).join('/'), files });
  });
}
