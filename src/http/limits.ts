/*
 * Bitbucket Cloud's limits, and where they are stated.
 *
 * | what                                       | limit                      | source |
 * | ------------------------------------------ | -------------------------- | ------ |
 * | requests to `/2.0/repositories/*`          | 1,000 in a rolling hour    | [1]    |
 * | likewise, access token of a paid workspace | up to 10,000, by its seats | [1]    |
 * | requests for raw files                     | 5,000 in a rolling hour    | [1]    |
 * | requests for archives                      | 5,000 in a rolling hour    | [1]    |
 * | requests for webhooks                      | 1,000 in a rolling hour    | [1]    |
 * | anonymous requests of any kind             | 60 in a rolling hour by IP | [1]    |
 * | rows per page                              | 100, by default 10         | [2]    |
 * | changed paths per page                     | 500                        | [4]    |
 * | levels of a listing of `/src`              | what takes about 30 s      | [3]    |
 *
 * [1] https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 * [2] https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 * [3] https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
 * [4] https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/
 *
 * What follows from them for this client:
 */

/** Rows to ask for per page. Every page is a request, so as many as there may be [2]. */
export const MAX_PAGELEN = 100;

/** Changed paths to ask for: what a push touches should come with one request [4]. */
export const MAX_DIFFSTAT_PAGELEN = 500;

/** Nothing that is counted in a rolling hour takes longer to come back [1]. */
export const RATE_LIMIT_WINDOW_MS = 3_600_000;

/**
 * What Bitbucket counts apart [1]. Files read through `/src` may count as raw
 * files, of which there may be more; that is not documented, so they are taken
 * for requests to the API like any other.
 */
export type CostClass = 'repositories' | 'archives' | 'webhooks' | 'anonymous';

/** Requests in a rolling hour unless another limit is configured [1]. */
export const REQUESTS_PER_HOUR: Record<CostClass, number> = {
  repositories: 1_000,
  archives: 5_000,
  webhooks: 1_000,
  anonymous: 60,
};

/** The highest limit to believe in: ten times what Bitbucket grants [1]. */
export const MAX_REQUESTS_PER_HOUR = 100_000;

/**
 * Pages of one list before it is taken for endless: 200,000 rows if they are
 * full, and twice an hour's requests [1].
 */
export const MAX_PAGES = 2_000;

/** Redirects to follow for one request. A renamed repository needs one. */
export const MAX_REDIRECTS = 5;

/** How much of the page of an error is read, in bytes: its message comes first. */
export const MAX_ERROR_BYTES = 4 * 1024;

/**
 * The largest body to read into memory, where a request sets no limit of its
 * own. A full page of anything is far smaller.
 */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;
