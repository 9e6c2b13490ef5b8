import { HeadsPolicy } from '../../scm/ScmHost';

/*
 * Bitbucket Data Center's limits, and where they are stated. An administrator may set
 * others; a higher `limit` than is allowed is lowered without a word.
 *
 * | what                                     | limit                             | source |
 * | ---------------------------------------- | --------------------------------- | ------ |
 * | requests of a user to a node, if limited | 60 at once, then 5 a second       | [1]    |
 * | requests that run git, at once           | by the machine; about 50 in all   | [2]    |
 * | repositories per page                    | 1,000                             | [3]    |
 * | branches and tags per page               | 1,000                             | [3]    |
 * | changed paths, without a further page    | 1,000                             | [3]    |
 * | paths of files per page                  | 100,000                           | [3]    |
 * | rows per page where none are asked for   | 25                                | [4]    |
 *
 * [1] https://confluence.atlassian.com/bitbucketserver086/improving-instance-stability-with-rate-limiting-1188783544.html
 * [2] https://confluence.atlassian.com/bitbucketserver/scaling-bitbucket-server-776640073.html
 * [3] `page.max.*` in https://confluence.atlassian.com/x/m5ZKLg
 * [4] https://developer.atlassian.com/server/bitbucket/rest/ ("Paged APIs")
 *
 * What follows from them for this host:
 */

/** Repositories to ask for per page [3]. */
export const REPOSITORIES_LIMIT = 1_000;

/** Branches and tags to ask for per page [3]. */
export const REFS_LIMIT = 1_000;

/** Changed paths to ask for: there is no further page [3]. */
export const CHANGES_LIMIT = 1_000;

/** Paths of files to ask for per page [3]. */
export const FILES_LIMIT = 100_000;

/**
 * The largest page of paths that is read, in bytes. Where one is larger, fewer are asked
 * for at once.
 */
export const MAX_LISTING_BYTES = 16 * 1024 * 1024;

/** Most heads that walks ask for in a second, which leaves some of the limit [1] to others. */
export const SWEEP_PER_SECOND = 4;

/**
 * How old a head may be where pushes are delivered, and where they are not. A delivery
 * is sent once, so that one that is lost is made up for after the former. With an hour,
 * an idle instance of 1,500 repositories would get one request for thirty of the stock
 * module; with two, one for sixty.
 */
export const HEAD_AGE_MS = { withWebhooks: 7_200_000, without: 600_000 };

/** Personal projects have no webhooks of their own. */
export const isPersonal = (projectKey = '') => projectKey.startsWith('~');

/** How long the query of a URL may be, so that every server and proxy takes it. */
export const MAX_QUERY_LENGTH = 2_000;

/**
 * How old heads may be, and how many of them a walk asks for: what it can in half of the
 * time until the next one.
 *
 * @param walkMs - the time between two walks
 */
export function headsOf(options: {
  withWebhooks: boolean;
  walkMs: number;
}): HeadsPolicy {
  const { withWebhooks, walkMs } = options;
  const perWalk = Math.floor((SWEEP_PER_SECOND * walkMs) / 1_000 / 2);
  return {
    maxAgeMs: withWebhooks ? HEAD_AGE_MS.withWebhooks : HEAD_AGE_MS.without,
    withoutDeliveries: { isIn: isPersonal, maxAgeMs: HEAD_AGE_MS.without },
    perWalk: Math.max(1, perWalk),
    walkMs,
  };
}
