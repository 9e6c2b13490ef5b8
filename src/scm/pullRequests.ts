import { AtCommit, InRepository, RequestContext } from './types';

/** One of the two branches of a pull request. */
export type PullRequestSide = {
  branch: string;
  /**
   * The head of the branch, in full or shortened: compare with {@link isSameCommit}.
   * The pull request's own branch may have moved since. Empty where a closed pull
   * request has none any more.
   */
  commit: string;
  /** The repository that the branch is in. Absent where a fork was deleted. */
  repository?: { uuid: string; fullName: string };
};

/** A pull request, as far as this package needs to know it. */
export type PullRequest = {
  /** Unique within the repository that it is to be merged into. */
  number: number;
  /** As a person wrote it. */
  title: string;
  state: 'open' | 'merged' | 'declined';
  isDraft: boolean;
  /** When anything of it last changed, in milliseconds since the epoch, by the host's clock. */
  updatedAt?: number;
  /** The branch with the changes. */
  source: PullRequestSide;
  /** The branch that it is to be merged into. */
  destination: PullRequestSide;
};

/** A file that a pull request touches: no old path where it is added, no new one where it is removed. */
export type PullRequestFile = {
  oldPath?: string;
  newPath?: string;
  /** Git's hash of the content that it is compared with, where the list has it. */
  oldBlob?: string;
  /** Git's hash of the changed content, at the head or as the merge makes it, where the list has it. */
  newBlob?: string;
};

/** The files that a pull request touches. */
export type PullRequestFiles = {
  files: PullRequestFile[];
  /** False where there may be wanted files that are not listed, since there are too many. */
  isComplete: boolean;
  /** Whether files that are not wanted are left out, since there are too many. */
  isFiltered?: boolean;
  /**
   * The full hash of the head that the list is of, where it has that. It is another than
   * that of the given pull request where the host has a newer one, or still an older one.
   */
  head?: string;
  /** The full hash of the commit at which both branches parted, where the list has it. */
  mergeBase?: string;
};

/** A value in the head of a report. */
export type ReportValue =
  | { title: string; type: 'number'; value: number }
  | { title: string; type: 'text'; value: string }
  /** In milliseconds. */
  | { title: string; type: 'duration'; value: number }
  | { title: string; type: 'link'; text: string; url: string };

/** A report on a commit, which the pages of its pull requests show. */
export type Report = {
  /** The same id replaces an earlier report. */
  id: string;
  title: string;
  /** Plain text. */
  details: string;
  isPassed: boolean;
  /** Who reports. */
  reporter: string;
  /** Where there is more to read. */
  link?: string;
  values: ReportValue[];
};

/** A remark of a report, at a line of a file where it has one. */
export type Annotation = {
  /** Unique within its report. */
  id: string;
  severity: 'error' | 'warning' | 'note';
  /** Plain text, one sentence or two. */
  summary: string;
  path?: string;
  /** From 1. */
  line?: number;
};

/** The result of a check, as merge checks count it. */
export type BuildStatus = {
  /** One status of a commit has it; it can be replaced and not be deleted. */
  key: string;
  isPassed: boolean;
  name: string;
  description: string;
  url: string;
  /** The source branch of the pull request. */
  branch: string;
};

/** A comment on a pull request as a whole, not a reply. */
export type PullRequestComment = {
  id: string;
  /** As it was written, in Markdown. */
  text: string;
};

/** The most that a host takes; what is longer, the caller has to shorten. */
export type PullRequestLimits = {
  /** Of a report. */
  annotations: number;
  /** Characters of an annotation's summary. */
  summary: number;
  /** Characters of a report's details. */
  details: number;
  /** Values of a report. */
  values: number;
  /** Characters of a status' description. */
  description: number;
  /** Characters of a comment. */
  comment: number;
};

/**
 * Pull requests of a host, and what can be posted to them. Each call is one request
 * unless it says otherwise, and each can be repeated with the same result, except for
 * {@link PullRequestApi.createComment}.
 *
 * What goes wrong is one of the errors in `errors.ts`; a link that the host does not
 * take is a `RefusedLinkError`.
 */
export interface PullRequestApi {
  readonly limits: PullRequestLimits;
  /** What the credential needs beyond reading, by name, for a person who has to grant it. */
  readonly scopes: { report: string; comment: string };

  /** The web address of a pull request. */
  url(repository: InRepository, number: number): string;

  /** Whether the host can be expected to take a link to a URL, which must be public. */
  takesLink(url: string): boolean;

  read(
    repository: InRepository,
    number: number,
    context: RequestContext,
  ): Promise<PullRequest>;

  /** The open pull requests of a repository, page by page. */
  listOpen(
    repository: InRepository,
    context: RequestContext,
  ): AsyncIterable<PullRequest>;

  /**
   * The files that a pull request touches. One more request where its source is a fork,
   * and a few more where there are many files.
   *
   * @param repository - that it is to be merged into
   * @param wanted - the paths that matter, where not all do
   */
  listFiles(
    repository: InRepository,
    pullRequest: Pick<PullRequest, 'number' | 'source' | 'destination'>,
    context: RequestContext,
    wanted?: readonly string[],
  ): Promise<PullRequestFiles>;

  /** The full hash of a commit whose hash may be shortened; no request where it is not. */
  fullHash(
    repository: InRepository,
    commit: string,
    context: RequestContext,
  ): Promise<string>;

  putReport(
    at: AtCommit,
    report: Report,
    context: RequestContext,
  ): Promise<void>;

  /** Deletes a report with its annotations, if there is one. */
  deleteReport(
    at: AtCommit,
    id: string,
    context: RequestContext,
  ): Promise<void>;

  /** Adds annotations to a report, or replaces those of the same ids. */
  putAnnotations(
    at: AtCommit,
    reportId: string,
    annotations: readonly Annotation[],
    context: RequestContext,
  ): Promise<void>;

  putStatus(
    at: AtCommit,
    status: BuildStatus,
    context: RequestContext,
  ): Promise<void>;

  /**
   * The comments on a pull request as a whole that have not been deleted, the newest first,
   * page by page.
   */
  listComments(
    repository: InRepository,
    number: number,
    context: RequestContext,
  ): AsyncIterable<PullRequestComment>;

  /**
   * Where it fails, there may be a comment all the same.
   *
   * @param text - in Markdown
   * @returns the id of the comment
   */
  createComment(
    repository: InRepository,
    number: number,
    text: string,
    context: RequestContext,
  ): Promise<string>;

  /** @returns false where a person has deleted the comment */
  updateComment(
    repository: InRepository,
    number: number,
    commentId: string,
    text: string,
    context: RequestContext,
  ): Promise<boolean>;
}

/**
 * Whether a pull request comes from another repository, which may be deleted by now.
 *
 * @param uuid - of the repository that it is to be merged into
 */
export function isFromFork(
  { source }: Pick<PullRequest, 'source'>,
  uuid: string,
): boolean {
  return source.repository?.uuid !== uuid;
}

/** Whether two hashes name the same commit, either of which may be shortened. */
export function isSameCommit(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return (
    short.length >= 7 && long.toLowerCase().startsWith(short.toLowerCase())
  );
}
