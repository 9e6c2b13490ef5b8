import { SchedulerServiceTaskScheduleDefinition } from '@backstage/backend-plugin-api';
import { RepositoryFilters } from '../scm/types';

/** What `integrations.bitbucketCloud[0]` says about how to sign in. */
export type CredentialConfig =
  | { kind: 'apiToken'; username: string; token: string }
  | { kind: 'accessToken'; token: string }
  | { kind: 'appPassword'; username: string; appPassword: string }
  | { kind: 'oauth'; clientId: string; clientSecret: string }
  | { kind: 'anonymous' };

/** `integrations.bitbucketCloud[0]`, parsed. */
export type IntegrationConfig = {
  credential: CredentialConfig;
  /** Root of the REST API, without a trailing slash. Default `https://api.bitbucket.org/2.0`. */
  apiBaseUrl: string;
  /**
   * Origin that serves archives and OAuth tokens, without a trailing slash.
   * `https://bitbucket.org`, or the origin of a configured `apiBaseUrl`.
   */
  webBaseUrl: string;
  /** Most requests under way at once, 1 to 50. Default 8. */
  concurrency: number;
  /**
   * Most requests an hour, 1 to 100,000. Without it, Bitbucket's limit: 1,000,
   * 60 anonymously, or what Bitbucket names in `X-RateLimit-Limit`.
   */
  requestsPerHour?: number;
  /**
   * How old the mirror of a workspace may be when a file is read from it, in
   * milliseconds, at least 1,000. Default two minutes.
   */
  freshnessMs: number;
  /** The largest file that is read, in bytes, 1 KiB to 32 MiB. Default 1 MiB. */
  maxFileBytes: number;
};

/** What an entry of `integrations.bitbucketServer` says about how to sign in. */
export type DataCenterCredentialConfig =
  /** Of a user, a project or a repository. */
  | { kind: 'httpAccessToken'; token: string }
  | { kind: 'password'; username: string; password: string }
  | { kind: 'anonymous' };

/** An entry of `integrations.bitbucketServer`, parsed. */
export type DataCenterIntegrationConfig = {
  /** Such as `integrations.bitbucketServer[0]`. */
  key: string;
  /** In lower case, with its port where it has one: `git.example.com`. */
  host: string;
  /**
   * Root of the instance, its context path included, without a trailing slash:
   * `https://git.example.com/bitbucket`. The REST API is below `/rest`.
   */
  baseUrl: string;
  /** Root of the web pages, with which Locations begin. It differs from `baseUrl` only behind a proxy. */
  webBaseUrl: string;
  credential: DataCenterCredentialConfig;
  /** Most requests under way at once, 1 to 50. Default 8. */
  concurrency: number;
  /** Most requests a second, of all replicas. Absent: as many as the instance grants. */
  requestsPerSecond?: number;
  /** How long the answer that a repository does not exist is kept, in milliseconds, at least. Default two minutes. */
  freshnessMs: number;
  /**
   * How old the head of a branch may be when a file is read from it, in milliseconds.
   * Absent: as old as walks let it become.
   */
  headFreshnessMs?: number;
  /** The largest file that is read, in bytes. Default 1 MiB. */
  maxFileBytes: number;
};

/** How the pull requests of a provider's repositories are checked, and what is posted to them. */
export type PullRequestsConfig = {
  /** When a build status is posted. `failures`: when a check fails, and when that is fixed. */
  buildStatus: 'failures' | 'off' | 'always';
  /** Whether there is a comment, which is kept up to date. Default false. */
  comment: boolean;
  /** What an entity that does not exist counts as, where it is referred to. */
  references: 'warning' | 'error' | 'off';
  /** What an entity counts as that the catalog has from another location. */
  conflicts: 'error' | 'warning';
  /** What an entity counts as that would be removed. */
  removals: 'warning' | 'off';
  /** Whether drafts are checked. Default true. */
  drafts: boolean;
  /** Whether pull requests from forks are checked. Default false. */
  forks: boolean;
  /**
   * Whether what is posted links to the page of the run, or the base URL of that link,
   * without a slash at the end. Default: true, which is `backend.baseUrl`.
   */
  link: boolean | string;
  /** How long runs are kept, in milliseconds. Default 30 days. */
  retentionMs: number;
  /** The most requests an hour for pull requests. Default 100. */
  requestsPerHour: number;
};

/** One entry of `catalog.providers.bitbucketCloud`, parsed. */
export type ProviderConfig = {
  id: string;
  /** Slug or `{uuid}`. */
  workspace: string;
  /** At least one; see `src/ingestion/filters.ts` for what they mean. */
  catalogPaths: string[];
  /** Branch to read instead of each repository's default branch. */
  branch?: string;
  fallbackToDefaultBranch: boolean;
  filters: RepositoryFilters;
  removals: {
    /** The part of the Locations that may be removed between two full lists, 0 to 100 percent. Default 20. */
    maxPercentage: number;
  };
  schedule: SchedulerServiceTaskScheduleDefinition;
  /**
   * How often the whole list of repositories is read, in milliseconds; other
   * walks ask only for what was updated. Absent: every hour, or as often as 30
   * requests an hour allow.
   */
  fullWalkMs?: number;
  /** Rows per page of the repository list, 1 to 100. Default 100. */
  pagelen: number;
  /** The webhook to see to. Absent: none. */
  webhooks?: {
    /** Where Bitbucket is to deliver, without a slash at the end. Holds no secret. */
    url: string;
  };
  /** Absent: pull requests are not checked. */
  pullRequests?: PullRequestsConfig;
};

/** A parsed part of the configuration, and what a person should know about it. */
export type Parsed<T> = {
  value: T;
  /** Sentences for the log: each names the key it is about; none holds a secret. */
  warnings: string[];
};
