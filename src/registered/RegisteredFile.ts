import { Repository } from '../bitbucket';
import { HEAD, parseUrl } from '../urls';

/**
 * A file that the catalog reads, or a glob, under the URL that someone has given
 * it: in a Location, in the configuration, or in a placeholder such as `$text`.
 */
export class RegisteredFile {
  readonly url: string;
  /** The address of its repository, as it is written there. */
  readonly repositoryUrl: string;
  /** `workspace/repository` in lower case, as it is written there. */
  readonly fullName: string;
  readonly isGlob: boolean;
  readonly #segments: string[];
  readonly #at?: string;

  /** @returns undefined for what is no URL of a repository's file */
  static parse(url: string): RegisteredFile | undefined {
    try {
      return new RegisteredFile(url);
    } catch {
      return undefined;
    }
  }

  private constructor(url: string) {
    const { workspace, repository, segments, at, pattern } = parseUrl(url);
    this.url = url;
    this.fullName = `${workspace}/${repository}`.toLowerCase();
    this.repositoryUrl = url.split('/').slice(0, 5).join('/');
    this.isGlob = pattern !== undefined;
    this.#segments = segments;
    this.#at = at;
  }

  /**
   * The branch that it is on.
   *
   * @param candidates - branches that there are, since a URL does not tell where
   * the name of a branch with slashes ends
   */
  branchOf(
    { mainBranch }: Pick<Repository, 'mainBranch'>,
    candidates: string[],
  ): string | undefined {
    if (
      this.#at === HEAD ||
      (this.#at === undefined && this.#segments.length === 0)
    ) {
      return mainBranch?.name;
    }
    if (this.#at !== undefined) {
      return this.#at;
    }
    const written = `${this.#segments.join('/')}/`;
    return candidates
      .filter(name => written.startsWith(`${name}/`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** Relative to the root, on a branch that {@link RegisteredFile.branchOf} gave. */
  pathOn(branch: string): string {
    const written = this.#segments.join('/');
    return this.#at === undefined ? written.slice(branch.length + 1) : written;
  }
}
