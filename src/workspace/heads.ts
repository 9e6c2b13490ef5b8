import {
  BitbucketClient,
  Branch,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';

/** The commit that a branch points at. */
export type Head = { branch: string; hash: string };

/** The head to read of a repository, or why there is none. */
export type HeadOutcome =
  { head: Head } | { head?: undefined; reason: 'empty' | 'no branch' };

/** A branch to read instead of the default branch. */
export type BranchChoice = {
  branch?: string;
  fallbackToDefaultBranch: boolean;
};

/** Bitbucket no longer knows the commit that it named as a head a moment ago. */
export class StaleHeadError extends Error {
  constructor(repository: Repository, head: Head) {
    super(
      `${repository.fullName}: commit ${head.hash} of branch ${head.branch} is gone, ` +
        `most likely after a forced push; the next walk reads the new one`,
    );
    this.name = 'StaleHeadError';
  }
}

/**
 * Finds the head of the branch that is to be read.
 *
 * Costs nothing for a default branch whose hash came with the repository list,
 * and one request otherwise (two where a missing branch falls back).
 */
export async function resolveHead(
  client: BitbucketClient,
  repository: Repository,
  choice: BranchChoice,
  context: RequestContext,
): Promise<HeadOutcome> {
  const { mainBranch } = repository;
  if (!mainBranch) {
    return { reason: 'empty' };
  }
  const wanted = choice.branch ?? mainBranch.name;
  if (wanted === mainBranch.name && mainBranch.hash) {
    return { head: { branch: wanted, hash: mainBranch.hash } };
  }
  const found = await findBranch(client, repository, wanted, context);
  if (found) {
    return { head: { branch: found.name, hash: found.hash } };
  }
  if (choice.branch && choice.fallbackToDefaultBranch) {
    const defaultBranch = { fallbackToDefaultBranch: false };
    return resolveHead(client, repository, defaultBranch, context);
  }
  return { reason: 'no branch' };
}

async function findBranch(
  client: BitbucketClient,
  repository: Repository,
  name: string,
  context: RequestContext,
): Promise<Branch | undefined> {
  const [workspace, slug] = repository.fullName.split('/');
  try {
    return await client.getBranch(workspace, slug, name, context);
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      return undefined;
    }
    throw error;
  }
}
