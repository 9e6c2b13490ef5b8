export { branchBody } from './branch';
export { commitBody } from './commit';
export { diffstatBody } from './diffstat';
export { eventBody } from './event';
export { hookBody } from './hook';
export { encodePath } from './links';
export { projectBody } from './project';
export {
  HIDDEN_IN_REPOSITORY,
  repositoryBody,
  repositoryReference,
} from './repository';
export { tagBody } from './tag';
export { treeEntryBody } from './treeEntry';
export { workspaceAccessBody, workspaceBody } from './workspace';
