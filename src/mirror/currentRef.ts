import { COMMIT_HASH, MAYBE_HASH } from '../lib/text';
import { FoundRef, Repository } from '../scm/types';
import { CachedRef } from './rows';

/**
 * The commit that a ref is at now, or that it does not exist, if that is known: for the
 * main branch, whose head came with the repository, for a commit, for a tag, which stays
 * where it is, and for a branch that was requested since the last update.
 *
 * @returns undefined where only the host knows
 */
export function currentRef(
  { mainBranch, updatedOn }: Repository,
  name: string,
  known: CachedRef | undefined,
): CachedRef | undefined {
  if (name === mainBranch?.name && mainBranch.hash) {
    return { commit: mainBranch.hash, updatedOn, kind: 'branch' };
  }
  if (COMMIT_HASH.test(name)) {
    return { commit: name, updatedOn };
  }
  const stays = known?.kind === 'tag' || isShortened(name, known);
  const wasAsked = updatedOn !== undefined && known?.updatedOn === updatedOn;
  return known && (stays || wasAsked) ? known : undefined;
}

/**
 * The longest of some names that is known to be a ref now; `gone` where none is,
 * and undefined where only the host knows.
 *
 * @param names - the shortest first
 * @param known - what is known of them, by name
 */
export function longestCurrentRef(
  repository: Repository,
  names: string[],
  known: ReadonlyMap<string, CachedRef>,
): FoundRef | 'gone' | undefined {
  const current = names.map(name =>
    currentRef(repository, name, known.get(name)),
  );
  // Git has no branch `x/y` beside a branch `x`, so that a known one settles it.
  const found = names.flatMap((name, position): FoundRef[] => {
    const { commit: hash, kind } = current[position] ?? {};
    return hash === undefined ? [] : [{ name, hash, kind }];
  });
  if (found.length > 0) {
    return found.at(-1);
  }
  // A missing branch does not rule out a tag of the same name.
  const areGone = current.every(ref => ref && ref.kind !== 'branch');
  return areGone ? 'gone' : undefined;
}

/**
 * Whether a head came with the repository and is as fresh as that, as for the main
 * branch.
 */
export function comesWith(
  { mainBranch }: Repository,
  { name, hash }: Pick<FoundRef, 'name' | 'hash'>,
): boolean {
  return name === mainBranch?.name && hash === mainBranch.hash;
}

/** Whether a ref is a shortened hash, which always names the same commit. */
function isShortened(name: string, known: CachedRef | undefined): boolean {
  return MAYBE_HASH.test(name) && (known?.commit?.startsWith(name) ?? false);
}
