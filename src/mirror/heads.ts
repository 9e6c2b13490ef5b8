import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { CommitFiles } from './CommitFiles';
import { FileIndex, OpenOptions } from './FileIndex';
import { CachedFiles } from './rows';

/** A branch to read instead of the default branch. */
export type BranchChoice = {
  branch?: string;
  fallbackToDefaultBranch: boolean;
};

/** The branch to read of a repository, with its files, or why there is none. */
export type Head<Files> =
  | { branch: string; files: Files; reason?: undefined }
  | { reason: 'empty' | 'no branch' };

/**
 * Opens the head of the branch that is to be read. Costs what `FileIndex.open`
 * does, once more where a missing branch falls back.
 */
export async function openHead(
  index: FileIndex,
  repository: Repository,
  choice: BranchChoice,
  context: RequestContext,
  options: Pick<OpenOptions, 'refetch'> = {},
): Promise<Head<CommitFiles>> {
  const branches = branchesToTry(repository, choice);
  for (const branch of branches) {
    const files = await index.open(repository, branch, context, {
      ...options,
      branchOnly: true,
    });
    if (files) {
      return { branch, files };
    }
  }
  return { reason: reasonWithout(repository, branches) };
}

function reasonWithout({ mainBranch }: Repository, branches: string[]) {
  return branches.length > 0 && mainBranch !== null ? 'no branch' : 'empty';
}

/**
 * The head of the branch that is to be read, as far as it is known without
 * asking Bitbucket; undefined where it is not.
 *
 * @param knownOf - what is known of a branch
 */
export function knownHead(
  knownOf: (branch: string) => CachedFiles | undefined,
  repository: Repository,
  choice: BranchChoice,
): Head<CachedFiles> | undefined {
  if (needsMainBranch(repository, choice)) {
    return undefined;
  }
  const branches = branchesToTry(repository, choice);
  for (const branch of branches) {
    const files = knownOf(branch);
    if (!files || !isCurrent(files, repository, branch)) {
      return undefined;
    }
    if (files.ref.commit) {
      return { branch, files };
    }
  }
  return { reason: reasonWithout(repository, branches) };
}

/**
 * In order; none for an empty repository. A configured branch does not depend on
 * the main branch.
 */
export function branchesToTry(
  { mainBranch }: Repository,
  { branch, fallbackToDefaultBranch }: BranchChoice,
): string[] {
  if (branch === undefined) {
    return mainBranch ? [mainBranch.name] : [];
  }
  return fallbackToDefaultBranch && mainBranch && branch !== mainBranch.name
    ? [branch, mainBranch.name]
    : [branch];
}

/** Whether the repository has to be asked for before its branch can be chosen. */
export function needsMainBranch(
  { mainBranch }: Repository,
  { branch, fallbackToDefaultBranch }: BranchChoice,
): boolean {
  return (
    mainBranch === undefined &&
    (branch === undefined || fallbackToDefaultBranch)
  );
}

function isCurrent(
  { ref }: CachedFiles,
  { mainBranch, updatedOn }: Repository,
  branch: string,
): boolean {
  if (ref.kind === 'tag') {
    return false;
  }
  return branch === mainBranch?.name && mainBranch.hash
    ? ref.commit === mainBranch.hash
    : updatedOn !== undefined && ref.updatedOn === updatedOn;
}

/**
 * Looks at the head that is known, and at one that Bitbucket is asked for if
 * that commit is no longer there, most likely after a forced push.
 */
export async function atHead<T>(
  look: (options: Pick<OpenOptions, 'refetch'>) => Promise<T>,
): Promise<T> {
  try {
    return await look({ refetch: false });
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      return look({ refetch: true });
    }
    throw error;
  }
}
