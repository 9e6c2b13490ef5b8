/*
 * Bitbucket Cloud's limits, and where they are stated.
 *
 * | what                                       | limit                      | source |
 * | ------------------------------------------ | -------------------------- | ------ |
 * | requests to `/2.0/repositories/*`          | 1,000 in a rolling hour    | [1]    |
 * | likewise, access token of a paid workspace | up to 10,000, by its seats | [1]    |
 * | requests for raw files                     | 5,000 in a rolling hour    | [1]    |
 * | requests for archives                      | 5,000 in a rolling hour    | [1]    |
 * | anonymous requests of any kind             | 60 in a rolling hour by IP | [1]    |
 * | rows per page                              | 100, by default 10         | [2]    |
 * | levels of a listing of `/src`              | what takes about 30 s      | [3]    |
 *
 * [1] https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 * [2] https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 * [3] https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
 *
 * What follows from them for this client:
 */

/** Rows to ask for per page. Every page is a request, so as many as there may be [2]. */
export const MAX_PAGELEN = 100;

/** Nothing that is counted in a rolling hour takes longer to come back [1]. */
export const RATE_LIMIT_WINDOW_MS = 3_600_000;

/**
 * Pages of one list before it is taken for endless: 200,000 rows if they are
 * full, and twice an hour's requests [1].
 */
export const MAX_PAGES = 2_000;

/** Redirects to follow for one request. A renamed repository needs one. */
export const MAX_REDIRECTS = 5;

/**
 * The largest body to read into memory. A full page of anything, and any file
 * that describes entities, is far smaller.
 */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;
