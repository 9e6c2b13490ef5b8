import { SimulatedFile } from './file';

/** All files of a commit by path from the root, without a leading slash. */
export type Tree = ReadonlyMap<string, SimulatedFile>;

/** Files by path; text is written as UTF-8. */
export type Files = Record<string, string | Buffer | SimulatedFile>;

/** Files by path to write, and paths (files or folders) to remove. */
export type Changes = Record<string, string | Buffer | SimulatedFile | null>;

export const emptyTree: Tree = new Map();

/** The tree with the changes made; the one given stays as it is. */
export function changedTree(tree: Tree, changes: Changes): Tree {
  const result = new Map(tree);
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) {
      remove(result, path);
    } else {
      result.set(
        path,
        change instanceof SimulatedFile ? change : new SimulatedFile(change),
      );
    }
  }
  return result;
}

function remove(tree: Map<string, SimulatedFile>, path: string): void {
  if (tree.delete(path)) {
    return;
  }
  for (const candidate of [...tree.keys()]) {
    if (candidate.startsWith(`${path}/`)) {
      tree.delete(candidate);
    }
  }
}

/** An entry of a directory listing; a directory has no file. */
export type TreeEntry = { path: string; file?: SimulatedFile };

export function isDirectory(tree: Tree, path: string): boolean {
  if (path === '') {
    return true;
  }
  for (const candidate of tree.keys()) {
    if (candidate.startsWith(`${path}/`)) {
      return true;
    }
  }
  return false;
}

/**
 * What lies below a directory, breadth first down to `maxDepth` levels: of each
 * level the directories first, then the files, both by path.
 */
export function listTree(
  tree: Tree,
  directory: string,
  maxDepth: number,
): TreeEntry[] {
  const prefix = directory === '' ? '' : `${directory}/`;
  const levels: Level[] = [];
  const level = (depth: number): Level =>
    (levels[depth] ??= { directories: new Set(), files: [] });

  for (const [path, file] of tree) {
    if (!path.startsWith(prefix)) {
      continue;
    }
    const segments = path.slice(prefix.length).split('/');
    const parents = Math.min(segments.length - 1, maxDepth);
    for (let depth = 0; depth < parents; depth++) {
      level(depth).directories.add(
        prefix + segments.slice(0, depth + 1).join('/'),
      );
    }
    if (segments.length <= maxDepth) {
      level(segments.length - 1).files.push({ path, file });
    }
  }

  return levels.flatMap(({ directories, files }) => [
    ...[...directories].sort().map(path => ({ path })),
    ...files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  ]);
}

type Level = { directories: Set<string>; files: TreeEntry[] };
