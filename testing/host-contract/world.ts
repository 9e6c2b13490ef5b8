import { RepositorySelection, ScmHost } from '../../src/scm/ScmHost';

/** What a file is to be: its content, or a symbolic link to another path. */
export type HostFile = string | { linkTo: string };

/**
 * How requests end: with a status, or with a 200 whose body is not what was asked
 * for. The 404 has words that the host does not know; the 429 names a time that is too
 * far away to wait for, and the 503 names none.
 */
export type HostFailure = 401 | 403 | 404 | 429 | 503 | 'malformed';

type Done = void | Promise<void>;

/** What a report and the build statuses of a commit say, as the product keeps it. */
export type Posted = {
  reports: {
    id: string;
    title: string;
    details: string;
    isPassed: boolean;
    link?: string;
    /** The titles of its values. */
    values: string[];
    annotations: {
      id: string;
      summary: string;
      path?: string;
      line?: number;
    }[];
  }[];
  statuses: { key: string; isPassed: boolean; description: string }[];
};

/** The pull requests of a product, by slug and number. */
export type PullRequestWorld = {
  /** Links that the product does not take. */
  refusedLinks: string[];
  /** Makes a repository with all that is in another one. */
  fork(slug: string, newSlug: string): Done;
  /**
   * @param pullRequest - from a branch of the repository itself, or of a fork of it, to
   * `main` unless another branch is given
   * @returns its number
   */
  open(
    slug: string,
    pullRequest: {
      source: string;
      fork?: string;
      destination?: string;
      title?: string;
      isDraft?: boolean;
    },
  ): number | Promise<number>;
  /** Gives it another title. */
  rename(slug: string, number: number, title: string): Done;
  close(slug: string, number: number, how: 'merge' | 'decline'): Done;
  /** Someone comments on it. */
  comment(slug: string, number: number, text: string): Done;
  /** Its comments, oldest first. */
  comments(
    slug: string,
    number: number,
  ): { id: string; text: string }[] | Promise<{ id: string; text: string }[]>;
  deleteComment(slug: string, number: number, id: string): Done;
  posted(slug: string, hash: string): Posted | Promise<Posted>;
};

/**
 * A product, as `../hostContract.ts` asks and changes it. Each implementation of
 * a host provides one, over a simulator of the product.
 *
 * Repositories are named by their slugs. Time goes on between two changes, and waits
 * of the host are over at once. The host reads files of up to 10,000 bytes.
 */
export type HostWorld = {
  host: ScmHost;
  /** All repositories of one workspace. */
  selection: RepositorySelection;
  /**
   * What a person calls a repository within its workspace, by its slug. Default: that.
   */
  nameOf?(slug: string): string;
  /** The host's credential, in each form that it has on its way. */
  secrets: string[];
  /** Makes a repository, and its project if there is none; empty without files. */
  addRepository(
    slug: string,
    options: { files?: Record<string, HostFile>; projectKey?: string },
  ): Done;
  /**
   * Makes one commit. A branch that is new begins at the default branch, `main`.
   *
   * @param files - by path; `null` for one that goes
   */
  push(
    slug: string,
    branch: string,
    files: Record<string, HostFile | null>,
  ): Done;
  /** Makes a tag at the head of `main`. */
  tag(slug: string, name: string): Done;
  rename(slug: string, newSlug: string): Done;
  remove(slug: string): Done;
  /** Lets all requests from now on end like this. */
  failWith(failure: HostFailure): Done;
  /** The requests so far, each as a text that no request of another kind has. */
  requests(): string[];
  /**
   * What a webhook was sent last, which asks for pushes and for all that happens to pull
   * requests; the names of headers in lower case.
   */
  delivery(): { headers: Record<string, string>; payload: unknown };
  /** Other ways to write the URL of a file. */
  spellings(url: string): string[];
  /** Of a host that has `pullRequests`, which has to have it. */
  pullRequests?: PullRequestWorld;
};
