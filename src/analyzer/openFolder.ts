import { Repository, RequestContext } from '../bitbucket';
import { refNames, RepositoryUrl } from '../urls';
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
 * @returns undefined when there is no such ref
 */
export async function atFolder<T>(
  index: FileIndex,
  repository: Repository,
  url: RepositoryUrl,
  context: RequestContext,
  look: (folder: Folder) => Promise<T>,
): Promise<T | undefined> {
  const { segments, at } = url;
  const given =
    at ?? (segments.length > 0 ? undefined : repository.mainBranch?.name);
  const names = given === undefined ? refNames(url) : [given];
  return atHead(async options => {
    const found = await index.openLongest(repository, names, context, options);
    if (!found) {
      return undefined;
    }
    const { ref, files } = found;
    const from = given === undefined ? names.indexOf(ref) + 1 : 0;
    return look({ ref, path: segments.slice(from).join('/'), files });
  });
}
