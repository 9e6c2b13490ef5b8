import { COMMIT_HASH, MAYBE_HASH } from '../lib/text';
import { FoundRef, Repository } from '../scm/types';
import { CachedRef } from './rows';

/**
 * What a ref is known to be now, or not to be: a main branch whose head came with
 * the repository, a commit, and what was asked since the repository was updated.
 * A tag stays where it is.
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
  // That there is no such branch does not say that there is no such tag.
  const areGone = current.every(ref => ref && ref.kind !== 'branch');
  return areGone ? 'gone' : undefined;
}

/**
 * Whether a head came with the repository, so that it is as fresh as that. So it
 * is for the main branch.
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
