import { InputError } from '@backstage/errors';
import { Repository, RequestContext } from '../bitbucket';
import { refNames, RepositoryUrl } from '../urls';
import { FilesAtCommit, OpenOptions } from '../workspace';

/** Where repositories and their files are to be had: from the index, or from Bitbucket alone. */
export type Repositories = {
  /** @throws NotFoundError of the client when there is none */
  find(
    workspace: string,
    slug: string,
    context: RequestContext,
  ): Promise<Repository>;
  /**
   * The files at the branch, tag or commit with the longest of some names, the
   * shortest of which comes first; undefined when there is none.
   */
  openLongest(
    repository: Repository,
    names: string[],
    context: RequestContext,
    options: Pick<OpenOptions, 'anew'>,
  ): Promise<{ ref: string; files: FilesAtCommit } | undefined>;
};

/** What a URL points at. */
export type Source = {
  repository: Repository;
  /** The branch, tag or commit that the URL names; the default branch where it names none. */
  ref: string;
  /** Relative to the root, without slashes at its ends; empty for the root. */
  path: string;
  /** {@link Source.path} with all but its wildcards encoded, where it has any. */
  pattern?: string;
  /** Whether the catalog is to know the file by the URL as it is written. */
  isPlain: boolean;
  files: FilesAtCommit;
};

/** A repository, and none of the refs that a URL may mean. */
export type NoSource = { repository: Repository; noRef: string };

/**
 * Opens what a URL points at.
 *
 * `/src/feature/x/file` does not say where the branch ends: it is the longest of
 * `feature`, `feature/x` and `feature/x/file` that is there.
 *
 * The catalog is to know a file by one URL, however it is written. That of the page
 * is left as it is where another would be worse: the built-in reader may have filled
 * the catalog, and with the branch in `?at=`, Backstage resolves what is relative to
 * the root (`/docs/api.yaml`) although the name of the branch has a slash.
 *
 * @throws NotFoundError when there is no such repository
 */
export async function openSource(
  repositories: Repositories,
  url: RepositoryUrl,
  context: RequestContext,
  options: Pick<OpenOptions, 'anew'>,
): Promise<Source | NoSource> {
  const { workspace, segments, at } = url;
  const repository = await repositories.find(
    workspace,
    url.repository,
    context,
  );
  const isInPath = at === undefined && segments.length > 0;
  const names = isInPath ? refNames(url) : [at ?? defaultBranchOf(repository)];
  const found = await repositories.openLongest(
    repository,
    names,
    context,
    options,
  );
  if (!found) {
    return { repository, noRef: names[0] };
  }
  const from = isInPath ? names.indexOf(found.ref) + 1 : 0;
  // An encoded slash is one all the same.
  const pattern = url.pattern?.slice(from).join('/').replaceAll('%2F', '/');
  return {
    repository,
    ...found,
    path: segments.slice(from).join('/'),
    pattern,
    isPlain: url.isPlain && (isInPath ? from === 1 : found.ref.includes('/')),
  };
}

function defaultBranchOf({ fullName, mainBranch }: Repository): string {
  if (!mainBranch) {
    throw new InputError(`${fullName} is empty: it has no branch to read from`);
  }
  return mainBranch.name;
}
