/** What a request asks for, as counted by the request log. */
export type Endpoint =
  | 'applicationProperties'
  | 'projects'
  | 'project'
  | 'projectRepositories'
  | 'repositories'
  | 'repository'
  | 'defaultBranch'
  | 'branchesDefault'
  | 'branches'
  | 'tags'
  | 'tag'
  | 'commits'
  | 'commit'
  | 'changes'
  | 'files'
  | 'browse'
  | 'raw'
  | 'lastModified'
  | 'archive'
  | 'projectHooks'
  | 'projectHook'
  | 'repositoryHooks'
  | 'repositoryHook'
  | 'pullRequests'
  | 'pullRequest'
  | 'pullRequestChanges'
  | 'activities'
  | 'comments'
  | 'comment'
  | 'reports'
  | 'report'
  | 'annotations'
  | 'builds'
  | 'mirrorRepositories'
  | 'other';

const api = (path: string) =>
  new RegExp(`^/rest/api/(?:latest|1\\.0)/${path}/?$`);
const project = (path = '') => api(`projects/[^/]+${path}`);
const repository = (path = '') => project(`/repos/[^/]+${path}`);
const insights = (path: string) =>
  new RegExp(
    `^/rest/insights/(?:latest|1\\.0)/projects/[^/]+/repos/[^/]+/commits/[^/]+/${path}/?$`,
  );

/** By the path of the URL below the context path, still encoded. */
const RULES: [RegExp, Endpoint][] = [
  [api('application-properties'), 'applicationProperties'],
  [api('repos'), 'repositories'],
  [api('projects'), 'projects'],
  [project(), 'project'],
  [project('/repos'), 'projectRepositories'],
  [project('/webhooks(/search)?'), 'projectHooks'],
  [project('/webhooks/[^/]+'), 'projectHook'],
  [repository(), 'repository'],
  [repository('/default-branch'), 'defaultBranch'],
  [repository('/branches/default'), 'branchesDefault'],
  [repository('/branches'), 'branches'],
  [repository('/tags'), 'tags'],
  [repository('/tags/.+'), 'tag'],
  [repository('/commits'), 'commits'],
  [repository('/commits/[^/]+'), 'commit'],
  [repository('/(changes|commits/[^/]+/changes|compare/changes)'), 'changes'],
  [repository('/commits/[^/]+/builds'), 'builds'],
  [repository('/files(/.*)?'), 'files'],
  [repository('/browse(/.*)?'), 'browse'],
  [repository('/raw(/.*)?'), 'raw'],
  [repository('/last-modified(/.*)?'), 'lastModified'],
  [repository('/archive'), 'archive'],
  [repository('/webhooks(/search)?'), 'repositoryHooks'],
  [repository('/webhooks/[^/]+'), 'repositoryHook'],
  [repository('/pull-requests'), 'pullRequests'],
  [repository('/pull-requests/[^/]+'), 'pullRequest'],
  [repository('/pull-requests/[^/]+/changes'), 'pullRequestChanges'],
  [repository('/pull-requests/[^/]+/activities'), 'activities'],
  [repository('/pull-requests/[^/]+/comments'), 'comments'],
  [repository('/pull-requests/[^/]+/comments/[^/]+'), 'comment'],
  [insights('reports'), 'reports'],
  [insights('reports/[^/]+'), 'report'],
  [insights('(reports/[^/]+/)?annotations'), 'annotations'],
  [
    /^\/rest\/mirroring\/(?:latest|1\.0)\/(projects\/[^/]+\/)?repos\/?$/,
    'mirrorRepositories',
  ],
];

export function endpointOf(path: string): Endpoint {
  return RULES.find(([pattern]) => pattern.test(path))?.[1] ?? 'other';
}

/** Requests that run git, of which an instance answers so many at once. */
const GIT_BACKED = new Set<Endpoint>([
  'branchesDefault',
  'branches',
  'tags',
  'tag',
  'commits',
  'commit',
  'changes',
  'files',
  'browse',
  'raw',
  'lastModified',
  'archive',
  'pullRequestChanges',
]);

export const isGitBacked = (endpoint: Endpoint) => GIT_BACKED.has(endpoint);
