import { withoutUser } from '../hosts/bitbucket-cloud/urls/parse';
import {
  HEAD,
  refNames,
  RepositoryUrl,
} from '../hosts/bitbucket-cloud/urls/urls';
import { CommitFiles } from '../mirror/CommitFiles';
import { FileIndex } from '../mirror/FileIndex';
import { atHead } from '../mirror/heads';
import { Repository, RequestContext } from '../scm/types';
import { ExistingEntity } from './catalogRules';

/** Most files that are read for one analysis, each of which takes a request. */
export const MAX_FILES = 50;

/** Most URLs that are listed of those that are left out. */
const MAX_LISTED = 1_000;

/**
 * What an analysis says of the files that it has not read: a Location that lists them, and
 * at whose URL all are found. The answer has no other place for it.
 *
 * @param urls - at least one
 * @param glob - finds the files that are left out, and the others too
 */
export function describeLeftOut(
  urls: string[],
  options: { glob: string; isRegistered: boolean },
): ExistingEntity {
  const glob = withoutUser(options.glob);
  const count = urls.length.toLocaleString('en-US');
  return {
    location: { type: 'url', target: glob },
    isRegistered: options.isRegistered,
    entity: {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Location',
      metadata: {
        name: 'left-out-of-this-analysis',
        description: `${count} more catalog files are left out, since an analysis reads ${MAX_FILES} at most. spec.targets lists ${urls.length > MAX_LISTED ? `the first ${MAX_LISTED} of them` : 'them'}. To import all of them, register ${glob}, or analyse one folder at a time.`,
      },
      spec: { type: 'url', targets: urls.slice(0, MAX_LISTED) },
    },
  };
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
