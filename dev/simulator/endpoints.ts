/** What a request asks for, as counted by the request log. */
export type Endpoint =
  | 'repositories'
  | 'repository'
  | 'src'
  | 'refs'
  | 'branches'
  | 'branch'
  | 'commits'
  | 'commit'
  | 'diffstat'
  | 'fileConflicts'
  | 'pullrequests'
  | 'pullrequest'
  | 'pullrequestDiffstat'
  | 'pullrequestConflicts'
  | 'comments'
  | 'comment'
  | 'reports'
  | 'report'
  | 'annotations'
  | 'statuses'
  | 'status'
  | 'workspace'
  | 'projects'
  | 'project'
  | 'hooks'
  | 'hook'
  | 'user'
  | 'codeSearch'
  | 'oauth'
  | 'archive'
  | 'other';

/**
 * Resources that Bitbucket counts apart in its rolling hour.
 *
 * @see https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 */
export type LimitedResource =
  'repositories' | 'rawFiles' | 'archives' | 'webhooks';

/** A scope under its two names; OAuth consumers and access tokens may need none. */
export type Scope = { apiToken: string; oauth?: string };

type EndpointRule = {
  endpoint: Endpoint;
  resource?: LimitedResource;
  scope?: Scope;
  /** Scopes of methods that need another one. */
  scopes?: Partial<Record<string, Scope>>;
};

const REPOSITORY: Scope = {
  apiToken: 'read:repository:bitbucket',
  oauth: 'repository',
};
const PROJECT: Scope = { apiToken: 'read:project:bitbucket', oauth: 'project' };
const WORKSPACE: Scope = { apiToken: 'read:workspace:bitbucket' };
const ACCOUNT: Scope = { apiToken: 'read:user:bitbucket', oauth: 'account' };

const PULL_REQUEST: Scope = {
  apiToken: 'read:pullrequest:bitbucket',
  oauth: 'pullrequest',
};
const PULL_REQUEST_WRITE: Scope = {
  apiToken: 'write:pullrequest:bitbucket',
  oauth: 'pullrequest:write',
};

const webhook = (verb: 'read' | 'write' | 'delete'): Scope => ({
  apiToken: `${verb}:webhook:bitbucket`,
  oauth: 'webhook',
});

/** What a webhook takes that asks for events of a kind, by the start of its name. */
const EVENT_SCOPES: Record<string, Scope | undefined> = {
  issue: { apiToken: 'read:issue:bitbucket', oauth: 'issue' },
  pipeline: { apiToken: 'read:pipeline:bitbucket', oauth: 'pipeline' },
  project: PROJECT,
  pullrequest: PULL_REQUEST,
  repo: REPOSITORY,
};

/**
 * What asking for an event such as `repo:push` takes.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/#api-workspaces-workspace-hooks-post
 */
export function scopeOfEvent(event: string): Scope | undefined {
  return EVENT_SCOPES[event.split(':')[0]];
}

const repositoryRule = (endpoint: Endpoint): EndpointRule => ({
  endpoint,
  resource: 'repositories',
  scope: REPOSITORY,
});

const pullRequestRule = (endpoint: Endpoint): EndpointRule => ({
  endpoint,
  resource: 'repositories',
  scope: PULL_REQUEST,
});

/**
 * Atlassian's description asks for no more than to read pull requests; what
 * Renovate documents for its comments is the scope to write them.
 */
const commentRule = (endpoint: Endpoint): EndpointRule => ({
  ...pullRequestRule(endpoint),
  scopes: {
    POST: PULL_REQUEST_WRITE,
    PUT: PULL_REQUEST_WRITE,
    DELETE: PULL_REQUEST_WRITE,
  },
});

const webhookRule = (endpoint: Endpoint): EndpointRule => ({
  endpoint,
  resource: 'webhooks',
  scope: webhook('read'),
  scopes: {
    POST: webhook('write'),
    PUT: webhook('write'),
    DELETE: webhook('delete'),
  },
});

/** Below the URL of a repository. */
const below = (path: string) =>
  new RegExp(`^/2\\.0/repositories/[^/]+/[^/]+/${path}$`);

/**
 * Reports and build statuses ask for no scope to write: Atlassian's description
 * says so, and Jenkins has seen `X-Accepted-OAuth-Scopes: repository`
 * (jenkinsci/bitbucket-branch-source-plugin#192).
 */
const COMMIT_RULES: [RegExp, EndpointRule][] = [
  [below('commit/[^/]+/reports/?'), repositoryRule('reports')],
  [below('commit/[^/]+/reports/[^/]+/?'), repositoryRule('report')],
  [
    below('commit/[^/]+/reports/[^/]+/annotations/?'),
    repositoryRule('annotations'),
  ],
  [below('commit/[^/]+/statuses(/build)?/?'), repositoryRule('statuses')],
  [below('commit/[^/]+/statuses/build/[^/]+/?'), repositoryRule('status')],
];

const PULL_REQUEST_RULES: [RegExp, EndpointRule][] = [
  [below('pullrequests/?'), pullRequestRule('pullrequests')],
  [below('pullrequests/[^/]+/?'), pullRequestRule('pullrequest')],
  [
    below('pullrequests/[^/]+/diffstat/?'),
    pullRequestRule('pullrequestDiffstat'),
  ],
  [
    below('pullrequests/[^/]+/conflicts/?'),
    pullRequestRule('pullrequestConflicts'),
  ],
  [below('pullrequests/[^/]+/comments/?'), commentRule('comments')],
  [below('pullrequests/[^/]+/comments/[^/]+/?'), commentRule('comment')],
];

/** By the path of the URL, still encoded; the first that matches counts. */
const RULES: [RegExp, EndpointRule][] = [
  ...COMMIT_RULES,
  ...PULL_REQUEST_RULES,
  [/^\/2\.0\/repositories\/[^/]+\/?$/, repositoryRule('repositories')],
  [/^\/2\.0\/repositories\/[^/]+\/[^/]+\/?$/, repositoryRule('repository')],
  [/^\/2\.0\/repositories\/[^/]+\/[^/]+\/src(\/|$)/, repositoryRule('src')],
  [/^\/2\.0\/repositories\/[^/]+\/[^/]+\/refs\/?$/, repositoryRule('refs')],
  [
    /^\/2\.0\/repositories\/[^/]+\/[^/]+\/refs\/branches\/?$/,
    repositoryRule('branches'),
  ],
  [
    /^\/2\.0\/repositories\/[^/]+\/[^/]+\/refs\/branches\//,
    repositoryRule('branch'),
  ],
  [
    /^\/2\.0\/repositories\/[^/]+\/[^/]+\/commits(\/|$)/,
    repositoryRule('commits'),
  ],
  [/^\/2\.0\/repositories\/[^/]+\/[^/]+\/commit\//, repositoryRule('commit')],
  [
    /^\/2\.0\/repositories\/[^/]+\/[^/]+\/diffstat\//,
    repositoryRule('diffstat'),
  ],
  [below('file-conflicts/.+'), repositoryRule('fileConflicts')],
  [/^\/2\.0\/repositories\//, repositoryRule('other')],
  [
    /^\/2\.0\/workspaces\/[^/]+\/?$/,
    { endpoint: 'workspace', scope: WORKSPACE },
  ],
  [
    /^\/2\.0\/workspaces\/[^/]+\/projects\/?$/,
    { endpoint: 'projects', scope: PROJECT },
  ],
  [
    /^\/2\.0\/workspaces\/[^/]+\/projects\//,
    { endpoint: 'project', scope: PROJECT },
  ],
  [/^\/2\.0\/workspaces\/[^/]+\/hooks\/?$/, webhookRule('hooks')],
  [/^\/2\.0\/workspaces\/[^/]+\/hooks\//, webhookRule('hook')],
  [
    /^\/2\.0\/workspaces\/[^/]+\/search\/code\/?$/,
    { endpoint: 'codeSearch', scope: REPOSITORY },
  ],
  [
    /^\/2\.0\/user\/workspaces\/?$/,
    { endpoint: 'user', scope: { ...WORKSPACE, oauth: 'account' } },
  ],
  [/^\/2\.0\/user\/?$/, { endpoint: 'user', scope: ACCOUNT }],
  [/^\/site\/oauth2\/access_token$/, { endpoint: 'oauth' }],
  [
    /^\/[^/]+\/[^/]+\/get\/.+\.tar\.gz$/,
    { endpoint: 'archive', resource: 'archives', scope: REPOSITORY },
  ],
];

export function endpointRuleFor(path: string): EndpointRule {
  const found = RULES.find(([pattern]) => pattern.test(path));
  return found ? found[1] : { endpoint: 'other' };
}
