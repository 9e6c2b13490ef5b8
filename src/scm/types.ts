/**
 * Counts the requests sent on behalf of one piece of work, a walk for example.
 *
 * Each request that leaves for Bitbucket counts, be it a retry or a redirect
 * that was followed. OAuth tokens are shared by all requests, so fetching one counts for none of them.
 */
export class RequestMeter {
  requests = 0;
}

/**
 * What a call is made for. Each purpose has a guaranteed part of the hour's requests.
 *
 * - `walk`: walks of entity providers
 * - `read`: the catalog's own reading, in the background
 * - `interactive`: somebody waits for the answer
 * - `delivery`: what a webhook delivery is about
 * - `recheck`: known answers that are verified once more, from spare requests alone
 */
export type Purpose = 'walk' | 'read' | 'interactive' | 'delivery' | 'recheck';

/** What every call of the client may be given about the work it is part of. */
export type RequestContext = {
  /** Stops the call at once, whatever it waits for; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** An access token that signs the call's requests instead of the client's credential. */
  token?: string;
  /** Counts the requests that the call sends. */
  meter?: RequestMeter;
  /** Default: that of `withPurpose`, or else `read`. */
  purpose?: Purpose;
};

/** A repository, as far as this package needs to know it. */
export type Repository = {
  /** In braces: `{9970a9b6-2d86-413f-8555-da8e1ac0e542}`. Outlives renames and transfers. */
  uuid: string;
  slug: string;
  /** `workspace/repository`. */
  fullName: string;
  isPrivate: boolean;
  isFork: boolean;
  projectKey?: string;
  /**
   * `null` while the repository is empty. Absent where the response left it out,
   * which says nothing.
   */
  mainBranch?: {
    name: string;
    /** Head of the branch. Bitbucket may leave it out; then the branch has to be asked. */
    hash?: string;
  } | null;
  /** ISO 8601. */
  createdOn?: string;
  /** ISO 8601. Moves with pushes. */
  updatedOn?: string;
};

/** A branch and its head. */
export type Branch = { name: string; hash: string };

/** A branch or a tag, and the commit that it points at. */
export type Ref = { kind: 'branch' | 'tag'; name: string; hash: string };

/** A commit. */
export type Commit = {
  hash: string;
  /** ISO 8601. */
  date?: string;
};

/** A path that differs between two commits, and whether there is a file in the later one. */
export type ChangedPath = {
  path: string;
  exists: boolean;
  /** Where a file went that is no longer there. */
  movedTo?: string;
};

/** A file or directory at some commit. */
export type SourceEntry = {
  type: 'file' | 'directory';
  /** From the root of the repository, without a leading slash. */
  path: string;
  /** Bytes. Absent for directories. */
  size?: number;
  /** Any of `link`, `executable`, `subrepository`, `binary`, `lfs`. */
  attributes: string[];
  /** The commit the entry was read at. */
  hash?: string;
};

/** A file's bytes, and what tells whether they changed. */
export type FileContent = { content: Buffer; etag?: string };

/** A webhook of a workspace, as it stands. */
export type Webhook = {
  /** In braces. */
  uuid: string;
  url: string;
  description: string;
  /** Whether anything is delivered. */
  isActive: boolean;
  /** Such as `repo:push`. */
  events: string[];
  /** Whether deliveries are signed. Bitbucket never tells with what. */
  hasSecret: boolean;
};

/** What a webhook shall be. */
export type WebhookSettings = {
  url: string;
  description: string;
  events: string[];
  /** Signs the deliveries. Absent: as it was, or none where the webhook is new. */
  secret?: string;
};

/** Which repositories to list. */
export type RepositoryQuery = {
  /** An expression in Bitbucket's query language. */
  q?: string;
  /** A field, with `-` in front for descending order. */
  sort?: string;
  /** Rows per page, 1 to 100. Default 100. */
  pagelen?: number;
  /**
   * Whether the list ends with an error where rows are not of the expected shape:
   * for who concludes something from what is not in it. Default false.
   */
  strict?: boolean;
};

/** Which branches, or which branches and tags, to list. */
export type BranchQuery = {
  /** An expression in Bitbucket's query language. */
  q?: string;
};

/** Which files and directories to list. */
export type SourceQuery = {
  /** How many levels to descend. Bitbucket's default is 1: the directory itself. */
  maxDepth?: number;
  /** An expression in Bitbucket's query language. */
  q?: string;
  /** Rows per page, 1 to 100. Default 100. */
  pagelen?: number;
};
