import { Hint, PushedBranch, RepositoryHint } from './delivery';

/** Of the names that a repository is given within a second or so, the latest. */
const MAX_NAMES = 4;

/** Of the branches that are pushed to at once, the latest. */
const MAX_BRANCHES = 50;

/**
 * Adds to what has been heard of a repository, or of a project, so that a burst
 * takes no more memory than a few deliveries: one hint for each full name that
 * it was given, the latest one last.
 */
export function foldHints(earlier: Hint[], hint: Hint): Hint[] {
  if (!('uuid' in hint)) {
    return [hint];
  }
  const repositories = earlier.filter(one => 'uuid' in one);
  const same = repositories.find(({ fullName }) => fullName === hint.fullName);
  const others = repositories.filter(one => one !== same);
  return [...others, same ? merge(same, hint) : hint].slice(-MAX_NAMES);
}

function merge(earlier: RepositoryHint, hint: RepositoryHint): RepositoryHint {
  const { branches, isDeleted, ...rest } = { ...earlier, ...hint };
  const heads = new Map<string, PushedBranch>();
  for (const branch of [earlier, hint].flatMap(one => one.branches ?? [])) {
    // The latest one last.
    heads.delete(branch.name);
    heads.set(branch.name, branch);
  }
  return {
    ...rest,
    ...(branches ? { branches: [...heads.values()].slice(-MAX_BRANCHES) } : {}),
    ...(isDeleted ? { isDeleted } : {}),
  };
}
