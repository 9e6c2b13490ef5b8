/**
 * Counts the requests sent on behalf of one piece of work, a walk for example.
 *
 * Each request that leaves for Bitbucket counts, including a retry or a redirect
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
 * - `interactive`: someone waits for the answer
 * - `delivery`: what a webhook delivery is about
 * - `pull-request`: checks of pull requests, within a share of their own
 * - `recheck`: known answers that are verified once more, from spare requests alone
 */
export type Purpose =
  'walk' | 'read' | 'interactive' | 'delivery' | 'pull-request' | 'recheck';

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

/** The branch that a repository shows first. */
export type DefaultBranch = {
  name: string;
  /** Its head. Where the host leaves it out, the branch has to be asked for. */
  hash?: string;
};

/** A repository, as far as this package needs to know it. */
export type Repository = {
  /**
   * Its permanent id, whatever its name: on Bitbucket Cloud
   * `{9970a9b6-2d86-413f-8555-da8e1ac0e542}`.
   */
  uuid: string;
  slug: string;
  /**
   * The name that the host makes of all that can change, and that no other host has:
   * on Bitbucket Cloud `workspace/repository`. Only the host takes it apart.
   */
  fullName: string;
  isPrivate: boolean;
  isFork: boolean;
  /** Absent where the host has no such thing. */
  isArchived?: boolean;
  projectKey?: string;
  /**
   * `null` while the repository is empty. Absent where the response left it out,
   * which says nothing.
   */
  mainBranch?: DefaultBranch | null;
  /** ISO 8601. */
  createdOn?: string;
  /**
   * Stays the same until a push to any branch changes it; on
   * Bitbucket Cloud a time in ISO 8601. Absent where the host does not say. Not used of
   * a host without `changedSince`.
   */
  updatedOn?: string;
};

/** A repository, as far as requests for what is in it need it. */
export type InRepository = Pick<Repository, 'fullName'>;

/** A branch and its head. */
export type Branch = { name: string; hash: string };

/** A branch or a tag, and the commit that it points at. */
export type Ref = { kind: 'branch' | 'tag'; name: string; hash: string };

/** A path that differs between two commits, and whether there is a file in the later one. */
export type ChangedPath = {
  path: string;
  exists: boolean;
  /** The new path of a file that was moved. */
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

/** What a name stands for. A commit has no kind. */
export type FoundRef = Omit<Ref, 'kind'> & { kind?: Ref['kind'] };

/** A commit of a repository. */
export type AtCommit = {
  /** Of the repository. */
  fullName: string;
  /** In full: 40 hexadecimal digits. */
  hash: string;
};

/** What a host has at a path. */
export type FileResult = {
  /** Whether it is a regular file. */
  exists: boolean;
  /** Absent where it is too large, or in Git LFS. */
  content?: Buffer;
  /** The host's, where it has one: the same for the same content. */
  etag?: string;
  /** Bytes, where that is known. More than the host's limit if it is too large. */
  size?: number;
  /** Whether Git LFS keeps it, out of the host's reach. */
  isLfs?: true;
};

/** What is in a folder of a repository. */
export type ListedFolder = {
  /** Paths of the files that are wanted. */
  files: string[];
  /** Folders in it that are to be listed by themselves; absent where all below it is in `files`. */
  folders?: string[];
};

/** How far the listing of a repository has come that is made folder by folder. */
export type ListingProgress = {
  /** A folder that was listed before. */
  folder(path: string): Promise<ListedFolder | undefined>;
  save(path: string, listed: ListedFolder): Promise<void>;
};

/** A regular expression that has to match the whole of a value. */
export type ValueMatcher = {
  /** The expression as the user wrote it. */
  readonly pattern: string;
  /**
   * Those of some values that match.
   *
   * @throws when the expression takes too long over them
   */
  select(values: Iterable<string>): Set<string>;
};

/** Which repositories an entity provider wants. */
export type RepositoryFilters = {
  projectKey?: ValueMatcher;
  repoSlug?: ValueMatcher;
  exclude: { projectKey?: ValueMatcher; repoSlug?: ValueMatcher };
  visibility?: 'public' | 'private';
  /** Whether forks are included. Default true. */
  forks: boolean;
  /** Whether archived repositories are included. Default true. */
  archived?: boolean;
  /** An expression in the host's own query language, combined with the others. */
  query?: string;
};

/** How the webhook is that a provider is to have. */
export type WebhookStatus = {
  url: string;
  /**
   * `unchecked` until the host was first asked for it; `ok`, or what is wrong with it,
   * in the host's own word.
   */
  state: string;
  /** One line, as in the log. */
  message?: string;
  /** ISO 8601. */
  checkedAt?: string;
};
