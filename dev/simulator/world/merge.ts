import type { SimulatedFile } from './file';
import type { Tree } from './tree';

/**
 * A file that both sides have changed, each in another way. Bitbucket has more
 * scenarios; which side the first word of `delete_modify` is about, its
 * description does not say: here it is the source.
 */
export type FileConflict = {
  path: string;
  scenario: 'content' | 'delete_modify' | 'modify_delete';
};

/**
 * Merges what has changed since `base`, file by file: two changes of one file
 * are a conflict, wherever in it they are.
 *
 * @returns `tree` has the destination's version of what is in conflict
 */
export function mergeTrees(
  base: Tree,
  source: Tree,
  destination: Tree,
): { tree: Tree; conflicts: FileConflict[] } {
  const tree = new Map(destination);
  const conflicts: FileConflict[] = [];
  for (const path of new Set([...base.keys(), ...source.keys()])) {
    const before = base.get(path);
    const ours = source.get(path);
    const theirs = destination.get(path);
    if (same(before, ours) || same(ours, theirs)) {
      continue;
    }
    if (!same(before, theirs)) {
      conflicts.push({ path, scenario: scenarioOf(ours, theirs) });
    } else if (ours) {
      tree.set(path, ours);
    } else {
      tree.delete(path);
    }
  }
  return { tree, conflicts };
}

const same = (one?: SimulatedFile, other?: SimulatedFile) =>
  one === other || one?.hash === other?.hash;

function scenarioOf(
  source: SimulatedFile | undefined,
  destination: SimulatedFile | undefined,
): FileConflict['scenario'] {
  if (!source) {
    return 'delete_modify';
  }
  return destination ? 'content' : 'modify_delete';
}
