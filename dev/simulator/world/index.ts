export { DuplicateStatus } from './buildStatuses';
export type { BuildStatus, BuildStatusContent } from './buildStatuses';
export { diffTrees } from './diff';
export type { DiffSide, FileDiff } from './diff';
export type { PullRequestBefore, WorkspaceEvent } from './events';
export { SimulatedFile } from './file';
export type { FileAttribute } from './file';
export { history, mergeBase } from './history';
export { HOOK_EVENTS } from './hooks';
export type { HookEvent, Hooks, NewHook, SimulatedHook } from './hooks';
export { sha1, uuid } from './ids';
export { mergeTrees } from './merge';
export type { FileConflict } from './merge';
export type { NewRepository } from './newRepository';
export type { Project } from './project';
export { ROBIN } from './pullRequest';
export type {
  InlinePlace,
  NewPullRequest,
  PullRequestComment,
  PullRequestSide,
  SimulatedPullRequest,
} from './pullRequest';
export type { PullRequests } from './pullRequests';
export type {
  Annotation,
  AnnotationContent,
  Report,
  ReportContent,
} from './reports';
export { SimulatedRepository } from './repository';
export type { Commit, Refs } from './repository';
export { emptyTree, isDirectory, listTree } from './tree';
export type { Changes, Files, Tree, TreeEntry } from './tree';
export { SimulatedWorkspace } from './workspace';
