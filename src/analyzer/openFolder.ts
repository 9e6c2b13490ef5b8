import { Repository, RequestContext } from '../bitbucket';
import { HEAD, refNames, RepositoryUrl } from '../urls';
import { atHead, CommitFiles, FileIndex } from '../workspace';

/** A folder of a repository at a branch, tag or commit. */
export type Folder = {
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
 * @param refetch - whether Bitbucket is asked for a head that did not come with the repository
 * @returns undefined when there is no such ref
 */
export async function atFolder<T>(
  index: FileIndex,
  repository: Repository,
  url: RepositoryUrl,
  context: RequestContext,
  look: (folder: Folder) => Promise<T>,
  refetch = false,
): Promise<T | undefined> {
  const { segments, at } = url;
  const { mainBranch } = repository;
  const isMain = at === HEAD || (at === undefined && segments.length === 0);
  const given = isMain ? mainBranch?.name : at;
  const names = given === undefined ? refNames(url) : [given];
  const hasHead = mainBranch?.hash && names.includes(mainBranch.name);
  return atHead(async ({ anew }) => {
    const options = { anew: anew || (refetch && !hasHead) };
    const found = await index.openLongest(repository, names, context, options);
    if (!found) {
      return undefined;
    }
    const { ref, files } = found;
    const from = given === undefined ? names.indexOf(ref) + 1 : 0;
    return look({ ref, path: segments.slice(from).join('/'), files });
  });
}
