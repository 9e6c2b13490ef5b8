import { InputError } from '@backstage/errors';
import {
  BitbucketClient,
  Branch,
  isNotFoundError,
  quote,
  RequestContext,
} from '../bitbucket';
import { RepositoryUrl } from './urls';

/** Where in a repository to read. */
export type Source = {
  workspace: string;
  repository: string;
  /** The branch, tag or commit that the URL names; the default branch where it names none. */
  ref: string;
  /** What to ask Bitbucket for: the ref, or the hash of a branch that cannot be asked for by name. */
  revision: string;
  /** Relative to the root, without slashes at its ends; empty for the root. */
  path: string;
};

const COMMIT_HASH = /^[0-9a-f]{40}$/;

/**
 * Reads at the ref that a URL names.
 *
 * `/src/feature/x/file` does not say where the branch ends. It is read as
 * branch `feature` first, which costs nothing more and is nearly always right;
 * only where there is no such ref, the repository's branches decide.
 */
export async function readAtRef<T>(
  client: BitbucketClient,
  url: RepositoryUrl,
  context: RequestContext,
  read: (source: Source) => Promise<T>,
): Promise<T> {
  try {
    return await read(await toSource(client, url, context));
  } catch (error) {
    const mayBeLonger = !url.at && url.segments.length > 1;
    if (isNotFoundError(error) && error.missing === 'ref' && mayBeLonger) {
      const source = await findLongerBranch(client, url, context);
      if (source) {
        return read(source);
      }
    }
    throw error;
  }
}

/** The full hash of a source's revision. Costs one request, or none where it is a hash already. */
export async function toCommitHash(
  client: BitbucketClient,
  { workspace, repository, revision }: Source,
  context: RequestContext,
): Promise<string> {
  if (COMMIT_HASH.test(revision)) {
    return revision;
  }
  const commit = await client.getCommit(
    workspace,
    repository,
    revision,
    context,
  );
  return commit.hash;
}

async function toSource(
  client: BitbucketClient,
  { workspace, repository, segments, at }: RepositoryUrl,
  context: RequestContext,
): Promise<Source> {
  const ref =
    at ??
    segments[0] ??
    (await getDefaultBranch(client, workspace, repository, context));
  const path = (at ? segments : segments.slice(1)).join('/');
  if (!ref.includes('/')) {
    return { workspace, repository, ref, revision: ref, path };
  }
  // Bitbucket answers 404 to a branch with a slash wherever a commit is asked for.
  const branch = await client.getBranch(workspace, repository, ref, context);
  return { workspace, repository, ref, revision: branch.hash, path };
}

async function getDefaultBranch(
  client: BitbucketClient,
  workspace: string,
  repository: string,
  context: RequestContext,
): Promise<string> {
  const found = await client.getRepository(workspace, repository, context);
  if (!found.mainBranch) {
    throw new InputError(
      `${found.fullName} is empty: it has no branch to read from`,
    );
  }
  return found.mainBranch.name;
}

async function findLongerBranch(
  client: BitbucketClient,
  { workspace, repository, segments }: RepositoryUrl,
  context: RequestContext,
): Promise<Source | undefined> {
  const written = segments.join('/');
  const query = { q: `name ~ ${quote(`${segments[0]}/`)}` };
  const candidates: Branch[] = [];
  for await (const branch of client.listBranches(
    workspace,
    repository,
    query,
    context,
  )) {
    if (written === branch.name || written.startsWith(`${branch.name}/`)) {
      candidates.push(branch);
    }
  }
  const [longest] = candidates.sort((a, b) => b.name.length - a.name.length);
  return (
    longest && {
      workspace,
      repository,
      ref: longest.name,
      revision: longest.hash,
      path: written.slice(longest.name.length + 1),
    }
  );
}
