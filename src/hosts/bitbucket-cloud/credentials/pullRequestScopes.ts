import { CredentialConfig } from '../../../config/types';

/** What a request does with a pull request, by the scope that it needs. */
export type PullRequestTask = 'read' | 'report' | 'comment';

type Scopes = Record<PullRequestTask, string>;

const OF_API_TOKENS: Scopes = {
  read: 'read:pullrequest:bitbucket',
  // Reports and build statuses take no scope to write.
  report: 'read:repository:bitbucket',
  comment: 'write:pullrequest:bitbucket',
};

const OF_OTHERS: Scopes = {
  read: 'pullrequest',
  report: 'repository',
  comment: 'pullrequest:write',
};

/**
 * The scopes that a kind of credential needs for pull requests. Those of API tokens are
 * named for who has no credential yet, since that is what such a person is to create.
 *
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
 */
export function pullRequestScopes(kind: CredentialConfig['kind']): Scopes {
  return kind === 'apiToken' || kind === 'anonymous'
    ? OF_API_TOKENS
    : OF_OTHERS;
}
