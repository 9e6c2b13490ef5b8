import { InputError } from '@backstage/errors';
import { isCalled } from '../config';
import { RepositoryUrl, withoutUser } from '../urls';
import { createPathGlob, isGlob } from '../workspace';
import { anchor, nameOf } from './catalogFiles';

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
      `${withoutUser(url)} is not analysed, since only catalog files are: ${this.inWords()}. What else a file may be called is set by catalogPath of a provider and catalog.import.entityFilename.`,
    );
  }

  inWords(): string {
    return [...this.#names, ...this.#patterns].join(', ');
  }
}
