import { CredentialConfig } from '../../config/types';
import { CostClass } from '../../http/budget';
import { PullRequestLimits } from '../../scm/pullRequests';
import { HttpRequest } from '../../http/transport';
import { bitbucketCloudNames } from './names';

/*
 * Bitbucket Cloud's limits, and where they are stated.
 *
 * | what                                       | limit                      | source |
 * | ------------------------------------------ | -------------------------- | ------ |
 * | requests to `/2.0/repositories/*`          | 1,000 in a rolling hour    | [1]    |
 * | the same, access token of a paid workspace| up to 10,000, by its seats | [1]    |
 * | requests for raw files                     | 5,000 in a rolling hour    | [1]    |
 * | requests for archives                      | 5,000 in a rolling hour    | [1]    |
 * | requests for webhooks                      | 1,000 in a rolling hour    | [1]    |
 * | anonymous requests of any kind             | 60 in a rolling hour by IP | [1]    |
 * | rows per page                              | 100, by default 10         | [2]    |
 * | changed paths per page                     | 500                        | [4]    |
 * | levels of a listing of `/src`              | what takes about 30 s      | [3]    |
 * | pull requests per page                     | 50                         | [5]    |
 * | annotations of a report, and of a request  | 1,000, and 100             | [6]    |
 * | summary of an annotation                   | 1 to 450 characters        | [7]    |
 * | values of a report                         | 10                         | [6]    |
 * | key of a build status                      | 40 characters              | [8]    |
 * | name and URL of a build status             | 255 and 450 characters     | [9]    |
 * | comment                                    | at least 200,000           | [10]   |
 *
 * [1] https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 * [2] https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 * [3] https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
 * [4] https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/
 * [5] "Invalid pagelen" from 51 on, as several clients have seen
 * [6] https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
 * [7] https://github.com/reviewdog/reviewdog/pull/1344
 * [8] https://github.com/buildbot/buildbot/issues/7049
 * [9] https://github.com/jenkinsci/bitbucket-branch-source-plugin/pull/928
 * [10] https://github.com/runatlantis/atlantis/issues/1251
 *
 * What follows from them for this client:
 */

/** Rows to ask for per page. Every page is a request, so as many as there may be [2]. */
export const MAX_PAGELEN = 100;

/** Changed paths to ask for: what a push touches should come with one request [4]. */
export const MAX_DIFFSTAT_PAGELEN = 500;

/** Pages of changed paths to ask for: more files of a pull request are not looked through. */
export const MAX_DIFFSTAT_PAGES = 2;

/** Characters of the paths that a comparison is limited to. Servers take URLs of 8,000. */
export const MAX_PATHS_LENGTH = 6_000;

/** Pull requests to ask for per page [5]. */
export const MAX_PULL_REQUEST_PAGELEN = 50;

/** The longest URL of a build status [9]. */
export const MAX_LINK_LENGTH = 450;

/**
 * The most that is posted to a pull request. Where Bitbucket states no limit, what
 * people still read: 2,000 characters of details are what Bitbucket Data Center takes.
 * A report has no more annotations than one request [6].
 */
export const PULL_REQUEST_LIMITS: PullRequestLimits = {
  annotations: 100,
  summary: 450,
  details: 2_000,
  values: 10,
  description: 255,
  comment: 30_000,
};

/**
 * What Bitbucket counts apart [1]. Files read through `/src` may count as raw
 * files, of which there may be more; that is not documented, so they are taken
 * for requests to the API like any other.
 */
type CostClassName = 'repositories' | 'archives' | 'webhooks' | 'anonymous';

/** Requests in a rolling hour unless another limit is configured [1]. */
const REQUESTS_PER_HOUR: Record<CostClassName, number> = {
  repositories: 1_000,
  archives: 5_000,
  webhooks: 1_000,
  anonymous: 60,
};

/** The key of the configuration that sets another limit. */
export const REQUESTS_PER_HOUR_KEY = `${bitbucketCloudNames.configKeys.integration}.requestsPerHour`;

/**
 * What a credential can send.
 *
 * @param configured - `requestsPerHour`. It is taken for what Bitbucket grants of the
 * API, but it says nothing of the others, except that there shall not be more.
 */
export function costClasses(
  isAnonymous: boolean,
  configured?: number,
): (CostClass & { name: CostClassName })[] {
  const { repositories, archives, webhooks, anonymous } = REQUESTS_PER_HOUR;
  if (isAnonymous) {
    return [
      {
        name: 'anonymous',
        limit: configured ?? anonymous,
        hasAllowances: true,
        advice: `with a credential, there are ${repositories.toLocaleString('en-US')}`,
      },
    ];
  }
  return [
    {
      name: 'repositories',
      limit: configured ?? repositories,
      hasAllowances: true,
      advice: `if Bitbucket grants more, set ${REQUESTS_PER_HOUR_KEY}`,
    },
    // Archives and webhooks have one purpose each.
    { name: 'archives', limit: archives, unit: 'archives' },
    { name: 'webhooks', limit: webhooks },
  ];
}

const IS_OF_WEBHOOKS = /\/workspaces\/[^/]+\/hooks(?:[/?]|$)/;

/** What a request counts as, or undefined if it is not the budget's affair. */
export type CostClassOf = (request: HttpRequest) => CostClassName | undefined;

/**
 * Says what requests count as. Not counted are those for OAuth tokens, and
 * those which another access token than the client's own credential signs.
 */
export function createCostClassOf(options: {
  apiBaseUrl: string;
  tokenUrl: string;
  credential: CredentialConfig;
}): CostClassOf {
  const { apiBaseUrl, tokenUrl, credential } = options;
  return ({ url, token }) => {
    if (token !== undefined || url === tokenUrl) {
      return undefined;
    }
    if (credential.kind === 'anonymous') {
      return 'anonymous';
    }
    if (
      url.startsWith(`${apiBaseUrl}/workspaces/`) &&
      IS_OF_WEBHOOKS.test(url)
    ) {
      return 'webhooks';
    }
    const isArchive =
      !url.startsWith(`${apiBaseUrl}/`) &&
      /\/get\/[^/]+\.tar\.gz$/.test(new URL(url).pathname);
    return isArchive ? 'archives' : 'repositories';
  };
}
