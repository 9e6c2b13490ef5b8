import { globOf } from '../lib/globs';
import { ScmHost } from '../scm/ScmHost';
import { AtCommit, ChangedPath, RequestContext } from '../scm/types';
import { RepositoryFailingError } from './FailingRepositories';
import { IndexedFile, CachedFiles } from './rows';

/**
 * Where more of the touched files may match a pattern, listing them again costs
 * less than a look at each.
 */
const MAX_LOOKS = 20;

/** Reads a file at the new commit and keeps its content. */
export type ReadFile = (path: string) => Promise<IndexedFile>;

/** Asks Bitbucket what has changed, unless that keeps failing. */
type AskChanges = <T>(send: () => Promise<T>) => Promise<T>;

/**
 * What of the files that are known at one commit is the same at a later one.
 *
 * Costs one request, however many files are known, and one more for each touched
 * file that may match a pattern: it may be a link now, and its content is wanted
 * next. What else was touched is left out, to be read when someone wants it.
 */
export async function carryOver(
  host: ScmHost,
  known: CachedFiles,
  to: AtCommit,
  readFile: ReadFile,
  context: RequestContext,
  ask: AskChanges = send => send(),
): Promise<Pick<CachedFiles, 'files' | 'globResults'>> {
  const { ref, files, globResults } = known;
  if (files.size + globResults.size === 0) {
    return { files, globResults };
  }
  if (files.size === 1 && globResults.size === 0) {
    // Reading the one file costs no more than asking whether it was touched.
    const [path] = files.keys();
    return { files: new Map([[path, await readFile(path)]]), globResults };
  }
  const changes = await unlessFailing(() =>
    ask(() => host.changedPaths(to, ref.commit!, to.hash, context)),
  );
  return changes
    ? applyChanges(known, changes, readFile)
    : { files: new Map(), globResults: new Map() };
}

/** Undefined where it is too early to ask again; then everything is read again. */
async function unlessFailing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof RepositoryFailingError) {
      return undefined;
    }
    throw error;
  }
}

async function applyChanges(
  known: CachedFiles,
  changes: ChangedPath[],
  readFile: ReadFile,
): Promise<Pick<CachedFiles, 'files' | 'globResults'>> {
  const files = new Map(known.files);
  const globResults = new Map<string, string[]>();
  for (const { path, exists } of changes) {
    if (files.has(path) && !exists) {
      files.set(path, { exists: false });
    } else {
      files.delete(path);
    }
  }
  for (const [pattern, before] of known.globResults) {
    const glob = globOf(pattern);
    const touched = changes.filter(({ path }) => glob.matches(path));
    const present = touched.filter(({ exists }) => exists);
    if (present.length > MAX_LOOKS) {
      continue;
    }
    const paths = new Set(before);
    touched.forEach(({ path }) => paths.delete(path));
    for (const { path } of present) {
      const file = files.get(path) ?? (await readFile(path));
      files.set(path, file);
      if (file.exists) {
        paths.add(path);
      }
    }
    globResults.set(pattern, [...paths].sort());
  }
  return { files, globResults };
}
