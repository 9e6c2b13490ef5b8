import {
  BitbucketClient,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';

const COMMIT_HASH = /^[0-9a-f]{40}$/;

/**
 * The full hash of the commit that a ref points at: a branch, a tag, or a hash,
 * be it shortened. One request, or none for a full hash.
 *
 * @param options.branchOnly - whether tags and hashes are left out of account
 * @returns undefined when there is no such ref
 */
export async function findCommit(
  client: BitbucketClient,
  { fullName }: Repository,
  ref: string,
  context: RequestContext,
  { branchOnly = false } = {},
): Promise<string | undefined> {
  if (COMMIT_HASH.test(ref)) {
    return ref;
  }
  const [workspace, slug] = fullName.split('/');
  // Bitbucket answers 404 to a branch with a slash wherever a commit is asked for.
  const look =
    branchOnly || ref.includes('/')
      ? client.getBranch(workspace, slug, ref, context)
      : client.getCommit(workspace, slug, ref, context);
  try {
    return (await look).hash;
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      return undefined;
    }
    throw error;
  }
}
