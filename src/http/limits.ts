/* Limits of requests and responses, whichever host they are sent to. */

/** Hosts count requests in a rolling hour, so that nothing takes longer to come back. */
export const RATE_LIMIT_WINDOW_MS = 3_600_000;

/** The highest limit to believe in: ten times what Bitbucket Cloud grants at most. */
export const MAX_REQUESTS_PER_HOUR = 100_000;

/**
 * Pages of one list before it is taken for endless: 200,000 rows if they are
 * full.
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
