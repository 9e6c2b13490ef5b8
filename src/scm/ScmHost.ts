import { Readable } from 'node:stream';
import { PathGlob } from '../lib/globs';
import { Delivery } from './changes';
import { CredentialView, ScmNames } from './names';
import { PullRequestApi } from './pullRequests';
import { QuotaView } from './quota';
import {
  Branch,
  ChangedPath,
  AtCommit,
  DefaultBranch,
  FileResult,
  FoundRef,
  ListingProgress,
  Repository,
  RepositoryFilters,
  RequestContext,
  SourceEntry,
  InRepository,
} from './types';
import { ScmUrls } from './urls';
import { ScmWebhooks } from './webhooks';

/** Repositories that are kept up to date together. */
export type RepositorySelection = {
  /**
   * What contains them: a workspace on Bitbucket Cloud, by its slug or `{uuid}`. Any
   * other host puts its id in front, so that no two hosts have one of the same name.
   */
  workspace: string;
  /** An expression in the host's own query language. Default: all of them. */
  query?: string;
};

/** How one repository is asked for. */
export type RepositoryRef =
  | {
      by: 'id';
      /** Its permanent id. */
      id: string;
      /** Where it is looked for. */
      workspace: string;
      /** As it was last called, for hosts that cannot be asked by id. */
      fullName?: string;
    }
  | {
      by: 'name';
      fullName: string;
      /** Where it is looked for, if not in the workspace that the name names. */
      workspace?: string;
    };

/** A part of the list of repositories. */
export type RepositoryPage = {
  repositories: Repository[];
  /** Where a list goes on after this page; only the host reads it. Absent on the last one. */
  next?: string;
};

/** Repositories that were updated. */
export type UpdatedPage = {
  repositories: Repository[];
  /** From where to ask the next time; only the host reads it. */
  cursor?: string;
};

/** The part of a list that a host can filter by itself; the rest is filtered again. */
export type ListOptions = {
  filters?: RepositoryFilters;
  /** Rows of a page. Default: as many as the host gives. */
  pageSize?: number;
  /**
   * Whether the list ends with an `UnexpectedResponseError` where a row cannot be read:
   * for who concludes something from what it lacks. Default false: it is left out.
   */
  strict?: boolean;
};

/** How heads are kept up to date that have to be requested one by one. */
export type HeadsPolicy = {
  /** How old a head may be before it is requested again, in milliseconds. */
  maxAgeMs: number;
  /** Likewise of one whose content stamp is the same as before. Default: `maxAgeMs`. */
  stampedMaxAgeMs?: number;
  /** Where pushes are not delivered, although they are elsewhere. Absent: nowhere. */
  withoutDeliveries?: {
    isIn(projectKey: string | undefined): boolean;
    maxAgeMs: number;
  };
  /** How many heads a walk requests, those first that were requested longest ago. */
  perWalk: number;
  /** The time from one walk to the next, in milliseconds. */
  walkMs: number;
};

/** The deliveries of a host's webhooks. */
export type ScmDeliveries = {
  /** What the events service publishes them under. */
  readonly topic: string;
  /**
   * Reads a delivery, of whatever shape. Never throws.
   *
   * @param headers - those that arrived, in lower case; they may be lost on the way
   * between replicas
   */
  read(
    headers: Record<string, string | string[] | undefined>,
    payload: unknown,
  ): Delivery;
  /**
   * Whether a request is the product's test of a connection, which it does not sign. It
   * is answered with 200, and has no effect. Absent where there is no such test.
   *
   * @param headers - as they arrived, their names in lower case
   */
  isPing?(headers: Record<string, string | string[] | undefined>): boolean;
};

/**
 * A product that hosts repositories, as the rest of this module needs it. All that
 * knows the product is behind it: its API, its errors, its limits, its URLs, its query
 * language and its webhooks. `docs/adding-a-host.md` says how to write one, and
 * `testing/hostContract.ts` checks it.
 *
 * What goes wrong is one of the errors in `errors.ts`, except that a call which is
 * given up rejects with its signal's reason. A `NotFoundError` names what is missing only
 * where the host says so beyond doubt: entities are removed after it. Whatever is asked
 * of a repository or a commit that does not exist rejects with one, which names that.
 * Lists send nothing before they are iterated.
 */
export interface ScmHost {
  /** For example `bitbucket.org`. Names the host in metrics and in the database. */
  readonly id: string;
  readonly names: ScmNames;
  readonly credential: CredentialView;
  readonly quota: QuotaView;
  /** Most requests under way at once; whatever goes beyond waits for its turn. */
  readonly concurrency: number;
  /** The largest file to read. */
  readonly maxFileSize: { bytes: number; /** What sets it. */ key: string };
  readonly urls: ScmUrls;
  readonly deliveries: ScmDeliveries;
  /** Of a host without {@link ScmHost.changedSince}, which has to have it. */
  readonly heads?: HeadsPolicy;
  /** Absent where results cannot be posted to pull requests. */
  readonly pullRequests?: PullRequestApi;
  /** Absent where webhooks can only be created manually. */
  readonly webhooks?: ScmWebhooks;
  /** Whether `repository` asks by name alone, which proves nothing about one that was renamed. */
  readonly isAskedByName?: boolean;

  /** The workspace that a full name is in, for readers who share what is known of it. */
  workspaceOf(fullName: string): string;

  /** The full name of a repository, which a person names by its workspace and its slug. */
  fullNameOf(workspace: string, slug: string): string;

  /** Why a repository may be missing although it is there: the credential may not see it. */
  whyInvisible(options: { withOwnToken: boolean }): string;

  /** What a full list is known by: the same for filters that make no difference to the host. */
  listKey(selection: RepositorySelection, filters?: RepositoryFilters): string;

  /**
   * The full list, in an order that no push changes.
   *
   * @param from - `next` of a page of an earlier list, to go on after that
   */
  repositories(
    selection: RepositorySelection,
    options: ListOptions,
    from: string | undefined,
    context: RequestContext,
  ): AsyncIterable<RepositoryPage>;

  /**
   * The repositories that were updated since an earlier call; the latest ones without
   * a cursor. Absent where a host has no such list: then heads are asked for one by one.
   */
  changedSince?(
    selection: RepositorySelection,
    cursor: string | undefined,
    context: RequestContext,
  ): AsyncIterable<UpdatedPage>;

  /**
   * Of a host without {@link ScmHost.changedSince}: for repositories of a selection, by
   * uuid, a text that is another one after a push to any branch. It says whose heads are
   * to be requested, and nothing else.
   *
   * @returns undefined where there are none: then heads are requested when they are due
   */
  contentStamps?(
    selection: RepositorySelection,
    context: RequestContext,
  ): Promise<ReadonlyMap<string, string> | undefined>;

  /** The repositories of a project that a selection shows. */
  projectRepositories(
    selection: RepositorySelection,
    projectKey: string,
    context: RequestContext,
  ): AsyncIterable<Repository[]>;

  /**
   * One repository, with its default branch. Asked for by id, a response about another
   * one is an error.
   *
   * @throws NotFoundError when the host says that there is none
   */
  repository(ref: RepositoryRef, context: RequestContext): Promise<Repository>;

  /**
   * Repositories as lists have them, without their default branches; undefined for what
   * they lack, under any name. Absent: names lead to repositories that had them before.
   *
   * @param refs - with an empty id where that is unknown
   */
  findListed?(
    refs: readonly { id: string; fullName: string }[],
    context: RequestContext,
  ): Promise<(Repository | undefined)[]>;

  /**
   * The default branch of a repository that a list left out, with its head; `null` where
   * it is empty.
   */
  defaultBranch(
    repository: Repository,
    context: RequestContext,
  ): Promise<DefaultBranch | null>;

  /**
   * The head of a branch, as a full hash.
   *
   * @returns undefined where the host says that there is no such branch
   */
  branch(
    repository: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined>;

  /** Likewise, by another kind of request than that and `defaultBranch`: a removal takes two. */
  verifyBranch(
    repository: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined>;

  /** Its name; of a host without {@link ScmHost.changedSince}, whose lists do not say it. */
  verifyDefaultBranch?(
    repository: InRepository,
    context: RequestContext,
  ): Promise<string>;

  /** The branches of a repository. */
  branches(
    repository: InRepository,
    context: RequestContext,
  ): AsyncIterable<Branch>;

  /**
   * The ref with the longest of some names, such as `feature` and `feature/x`; a
   * branch rather than a tag of the same name. The first name may be a hash too, also
   * one that was shortened: then that is the name, without a kind.
   *
   * @param names - the shortest first
   */
  resolveRef(
    repository: InRepository,
    names: string[],
    context: RequestContext,
  ): Promise<FoundRef | undefined>;

  /**
   * What is at a path of a commit. What is not a regular file, a link or a submodule
   * for example, does not exist.
   */
  readFile(
    at: AtCommit,
    path: string,
    context: RequestContext,
  ): Promise<FileResult>;

  /**
   * Whether there is a regular file at a path, by another kind of request than the
   * one that did not find it: a removal takes two.
   *
   * @param missedBy - `file`: {@link ScmHost.readFile}; `listing`: {@link ScmHost.findFiles}
   */
  hasFile(
    at: AtCommit,
    path: string,
    missedBy: 'file' | 'listing',
    context: RequestContext,
  ): Promise<boolean>;

  /**
   * The paths of the regular files that a glob wants; none where its folder does not
   * exist.
   *
   * @param progress - keeps what was listed of a commit that takes many requests
   */
  findFiles(
    at: AtCommit,
    glob: PathGlob,
    context: RequestContext,
    progress?: ListingProgress,
  ): Promise<string[]>;

  /**
   * What is in a folder, for people who look for something.
   *
   * @param options.contains - a text in the paths of all that is wanted
   * @throws NotFoundError when there is no such folder
   */
  listFolder(
    at: AtCommit,
    path: string,
    options: { maxDepth: number; contains?: string },
    context: RequestContext,
  ): AsyncIterable<SourceEntry>;

  /**
   * The paths that differ between two commits.
   *
   * @param among - the paths that matter, where not all do; others may be left out
   * @returns undefined where the host cannot say, or there are too many to say
   */
  changedPaths(
    repository: InRepository,
    from: string,
    to: string,
    context: RequestContext,
    among?: readonly string[],
  ): Promise<ChangedPath[] | undefined>;

  /**
   * A gzipped tar archive of at least what is below a path, with one folder at its top.
   *
   * @returns a stream, to be read to its end or destroyed
   */
  archive(
    at: AtCommit,
    path: string,
    context: RequestContext,
  ): Promise<Readable>;
}
