/** A commit. */
export type Commit = {
  hash: string;
  /** ISO 8601. */
  date?: string;
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
