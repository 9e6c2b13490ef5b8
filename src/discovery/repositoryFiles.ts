import { RequestContext } from '../bitbucket';
import { CommitFiles, IndexedFile, KnownFiles } from '../workspace';
import { CatalogPaths } from './catalogPaths';
import { FoundFile } from './types';

/**
 * The catalog files of a repository at a head. Costs one request for each path
 * without wildcards, and for each glob what `findFiles` does; nothing for what
 * the index knows.
 *
 * @throws NotFoundError when the commit or the repository is no longer there
 */
export async function findCatalogFiles(
  head: CommitFiles,
  paths: CatalogPaths,
  context: RequestContext,
): Promise<FoundFile[]> {
  const [looked, found] = await Promise.all([
    Promise.all(
      paths.files.map(async path => ({
        path,
        file: await head.look(path, context),
      })),
    ),
    Promise.all(paths.globs.map(glob => head.find(glob, context))),
  ]);
  const files = paths.globs.length > 0 ? await head.known() : new Map();
  looked.forEach(({ path, file }) => files.set(path, file));
  return toFoundFiles([...paths.files, ...found.flat()], files);
}

/** Likewise, without asking Bitbucket; undefined where the index does not know all of them. */
export function knownCatalogFiles(
  { files, answers }: KnownFiles,
  paths: CatalogPaths,
): FoundFile[] | undefined {
  const isKnown =
    paths.files.every(path => files.has(path)) &&
    paths.globs.every(({ question }) => answers.has(question));
  const found = paths.globs.map(({ question }) => answers.get(question) ?? []);
  return isKnown
    ? toFoundFiles([...paths.files, ...found.flat()], files)
    : undefined;
}

function toFoundFiles(
  candidates: string[],
  known: Map<string, IndexedFile>,
): FoundFile[] {
  return [...new Set(candidates)]
    .filter(path => known.get(path)?.exists !== false)
    .sort()
    .map(path => ({ path, hash: known.get(path)?.hash }));
}
