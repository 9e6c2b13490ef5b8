import { RequestContext } from '../bitbucket';
import {
  CommitFiles,
  createPathGlob,
  isGlob,
  LookOptions,
  mergeGlobs,
  PathGlob,
} from '../workspace';

/**
 * The paths of the catalog files in a folder and below it, sorted.
 *
 * Costs one listing, however many names catalog files may have, if the index does
 * not know; and one for each name with a wildcard in it.
 *
 * @param folder - without slashes at its ends; empty for the root
 * @param patterns - as in `catalogPath`: `/catalog-info.yaml` lies at the root,
 * `catalog-info.yaml` in any folder. At least one
 */
export async function findCatalogFiles(
  files: CommitFiles,
  folder: string,
  patterns: string[],
  context: RequestContext,
  options?: LookOptions,
): Promise<string[]> {
  const below = folder && `${folder}/`;
  const wanted = patterns.map(anchor).map(createPathGlob);
  const found = new Set<string>();
  for (const glob of toQuestions(wanted, below)) {
    for (const path of await files.find(glob, context, options)) {
      if (
        path.startsWith(below) &&
        wanted.some(({ matches }) => matches(path))
      ) {
        found.add(path);
      }
    }
  }
  return [...found].sort();
}

/** Relative to the root, as in `catalogPath`. */
export function anchor(pattern: string): string {
  return pattern.startsWith('/') ? pattern.slice(1) : `**/${pattern}`;
}

/**
 * Names are asked for wherever they are, since one listing then has them all; what
 * has a wildcard for a name would take pages of other files.
 */
function toQuestions(wanted: PathGlob[], below: string): PathGlob[] {
  const isNamed = ({ question }: PathGlob) => !isGlob(nameOf(question));
  const names = new Set(
    wanted.filter(isNamed).map(({ question }) => nameOf(question)),
  );
  const anywhere = [...names]
    .sort()
    .map(name => createPathGlob(`${below}**/${name}`));
  return [
    ...(anywhere.length > 0 ? [mergeGlobs(anywhere)] : []),
    ...wanted.filter(glob => !isNamed(glob)),
  ];
}

/** What a file is called, or a pattern wants it to be called. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
