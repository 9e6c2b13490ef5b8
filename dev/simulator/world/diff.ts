import type { SimulatedFile } from './file';
import type { Tree } from './tree';

/** A file on one side of a comparison. */
export type DiffSide = { path: string; file: SimulatedFile };

/** What became of a file; what was added has no `old`, what was removed no `new`. */
export type FileDiff = {
  status: 'added' | 'removed' | 'modified' | 'renamed';
  old?: DiffSide;
  new?: DiffSide;
};

/**
 * The files that differ between two trees, by path.
 *
 * @param options - with `renames`, a file that was removed and one that was
 * added with the same content are one that was renamed
 */
export function diffTrees(
  before: Tree,
  after: Tree,
  options: { renames: boolean },
): FileDiff[] {
  const removed = onlyIn(before, after);
  const added = onlyIn(after, before);
  const renamed = options.renames ? takeRenamed(removed, added) : [];
  const diffs: FileDiff[] = [
    ...modifiedBetween(before, after),
    ...renamed,
    ...removed.map(old => ({ status: 'removed' as const, old })),
    ...added.map(side => ({ status: 'added' as const, new: side })),
  ];
  return diffs.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
}

const pathOf = (diff: FileDiff) => (diff.new ?? diff.old)?.path ?? '';

function onlyIn(tree: Tree, other: Tree): DiffSide[] {
  return [...tree]
    .filter(([path]) => !other.has(path))
    .map(([path, file]) => ({ path, file }));
}

function modifiedBetween(before: Tree, after: Tree): FileDiff[] {
  return [...before].flatMap(([path, old]): FileDiff[] => {
    const file = after.get(path);
    return file === undefined || file === old || file.hash === old.hash
      ? []
      : [
          {
            status: 'modified',
            old: { path, file: old },
            new: { path, file },
          },
        ];
  });
}

/** Takes what was renamed out of both lists. */
function takeRenamed(removed: DiffSide[], added: DiffSide[]): FileDiff[] {
  const renamed: FileDiff[] = [];
  for (const old of [...removed]) {
    const { hash } = old.file;
    const target = added.findIndex(({ file }) => file.hash === hash);
    if (target !== -1) {
      const [side] = added.splice(target, 1);
      removed.splice(removed.indexOf(old), 1);
      renamed.push({ status: 'renamed', old, new: side });
    }
  }
  return renamed;
}
