import { InputError, NotFoundError } from '@backstage/errors';
import { Repository, RequestContext } from '../bitbucket';
import { FilesAtCommit, OpenOptions } from '../workspace';
import { RepositoryUrl } from './urls';

/** Where repositories and their files are to be had: from the index, or from Bitbucket alone. */
export type Repositories = {
  /** @throws NotFoundError of the client when there is none */
  find(
    workspace: string,
    slug: string,
    context: RequestContext,
  ): Promise<Repository>;
  /** The files at a branch, a tag or a commit; undefined when there is none. */
  open(
    repository: Repository,
    ref: string,
    context: RequestContext,
    options: Pick<OpenOptions, 'anew'>,
  ): Promise<FilesAtCommit | undefined>;
  /** The names of branches, those first that may be had for nothing. */
  branchNames(
    repository: Repository,
    prefix: string,
    context: RequestContext,
  ): AsyncIterable<string[]>;
};

/** What a URL points at. */
export type Source = {
  repository: Repository;
  /** The branch, tag or commit that the URL names; the default branch where it names none. */
  ref: string;
  /** Relative to the root, without slashes at its ends; empty for the root. */
  path: string;
  files: FilesAtCommit;
};

/**
 * Opens what a URL points at.
 *
 * `/src/feature/x/file` does not say where the branch ends. It is read as
 * branch `feature` first, which is nearly always right; only where there is no
 * such ref, the repository's branches decide.
 *
 * @throws NotFoundError when there is no such repository or ref
 */
export async function openSource(
  repositories: Repositories,
  url: RepositoryUrl,
  context: RequestContext,
  options: Pick<OpenOptions, 'anew'>,
): Promise<Source> {
  const { workspace, segments, at } = url;
  const repository = await repositories.find(
    workspace,
    url.repository,
    context,
  );
  const open = (ref: string) =>
    repositories.open(repository, ref, context, options);

  const ref = at ?? segments[0] ?? defaultBranchOf(repository);
  const files = await open(ref);
  if (files) {
    const path = (at ? segments : segments.slice(1)).join('/');
    return { repository, ref, path, files };
  }
  if (!at && segments.length > 1) {
    const written = segments.join('/');
    const names = repositories.branchNames(
      repository,
      `${segments[0]}/`,
      context,
    );
    for await (const candidates of names) {
      const longer = longestWithin(written, candidates);
      const found = longer && (await open(longer));
      if (found) {
        const path = written.slice(longer.length + 1);
        return { repository, ref: longer, path, files: found };
      }
    }
  }
  throw new NotFoundError(
    `${repository.fullName} has no branch, tag or commit ${ref}`,
  );
}

function defaultBranchOf({ fullName, mainBranch }: Repository): string {
  if (!mainBranch) {
    throw new InputError(`${fullName} is empty: it has no branch to read from`);
  }
  return mainBranch.name;
}

function longestWithin(written: string, names: string[]): string | undefined {
  return names
    .filter(name => written === name || written.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
}
