export { branchBody } from './branch';
export { buildStatusBody } from './buildStatus';
export { commentBody } from './comment';
export { commitBody } from './commit';
export { conflictBody } from './conflict';
export { diffstatBody } from './diffstat';
export type { Comparison } from './diffstat';
export { eventBody } from './event';
export { hookBody } from './hook';
export { encodePath } from './links';
export { projectBody } from './project';
export {
  comparisonLink,
  HIDDEN_IN_PULL_REQUESTS,
  pullRequestBody,
} from './pullRequest';
export { annotationBody, reportBody } from './report';
export {
  HIDDEN_IN_REPOSITORY,
  repositoryBody,
  repositoryReference,
} from './repository';
export { tagBody } from './tag';
export { treeEntryBody } from './treeEntry';
export { workspaceAccessBody, workspaceBody } from './workspace';
