import { InputError } from '@backstage/errors';
import { isCalled } from '../config/catalogPaths';
import { createPathGlob, isGlob, mergeGlobs, PathGlob } from '../lib/globs';
import { CommitFiles } from '../mirror/CommitFiles';
import { LookOptions } from '../mirror/UncachedFiles';
import { RequestContext } from '../scm/types';
import { RepositoryUrl, withoutUser } from '../scm/urls';

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
function anchor(pattern: string): string {
  return pattern.startsWith('/') ? pattern.slice(1) : `**/${pattern}`;
}

/**
 * Names are asked for wherever they are, since one listing then has them all; what
 * has a wildcard for a name would take pages of other files.
 */
function toQuestions(wanted: PathGlob[], below: string): PathGlob[] {
  const isNamed = ({ pattern }: PathGlob) => !isGlob(nameOf(pattern));
  const names = new Set(
    wanted.filter(isNamed).map(({ pattern }) => nameOf(pattern)),
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

/**
 * Tells catalog files from others, whose content is not for everybody who may import
 * entities. A file is one by its name, wherever it lies; where a provider looks for
 * `teams/*.yaml`, it has to lie there.
 */
export class CatalogNames {
  readonly #names: readonly string[];
  readonly #patterns: string[];

  /**
   * @param names - what catalog files are called
   * @param patterns - where they may lie, as in `catalogPath`
   */
  constructor(names: readonly string[], patterns: string[]) {
    this.#names = names;
    this.#patterns = patterns.filter(pattern => isGlob(nameOf(pattern)));
  }

  /** Whether a file is one. */
  has(path: string): boolean {
    return (
      isCalled(nameOf(path), this.#names) ||
      this.#patterns.some(pattern =>
        createPathGlob(anchor(pattern)).matches(path),
      )
    );
  }

  /** Whether a URL, of a file or with wildcards, may lead to one. */
  mayBeAt({ segments, pattern }: RepositoryUrl): boolean {
    const name = segments.at(-1) ?? '';
    return (
      isGlob(pattern?.at(-1) ?? '') ||
      isCalled(name, this.#names) ||
      this.#patterns.some(one => createPathGlob(nameOf(one)).matches(name))
    );
  }

  /** Why a URL is not analysed, whether or not there is such a file. */
  refusal(url: string): InputError {
    return new InputError(
      `${withoutUser(url)} is not analysed, since it does not have the name of a catalog file: ${this.inWords()}. To allow other names, set catalogPath of a provider or catalog.import.entityFilename.`,
    );
  }

  inWords(): string {
    return [...this.#names, ...this.#patterns].join(', ');
  }
}
