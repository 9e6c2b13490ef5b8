export { KnexBudgetStore } from './budgetStore';
export { createDatabaseOpener } from './database';
export type { Scope } from './scopes';
export type { CommitFiles } from './CommitFiles';
export { UncachedFiles } from './UncachedFiles';
export type { FilesAtCommit, LookOptions } from './UncachedFiles';
export { concernOf } from './failureRules';
export { RepositoryFailingError } from './FailingRepositories';
export type { FailingRepository } from './FailingRepositories';
export type { IndexedFile, KnownFiles } from './fileRows';
export { FileIndex } from './FileIndex';
export type { OpenOptions, RefLookup } from './FileIndex';
export { findLongestRef } from './findRef';
export type { ForgetRequest, Forgotten } from './forget';
export { hashOf } from './hash';
export {
  atHead,
  branchesToTry,
  type Head,
  knownHead,
  needsMainBranch,
  openHead,
} from './heads';
export { isRegularFile } from './files';
export type { KnownName } from './NameStore';
export { createPathGlob, isGlob, mergeGlobs } from './pathGlob';
export type { PathGlob } from './pathGlob';
export { OwnLooks } from './OwnLooks';
export { RecentMap } from './RecentMap';
export type { Lookup, Reading, Stale } from './Refetch';
export { RepositoryIndex } from './RepositoryIndex';
export type { RepositoryFound, RepositoryOptions } from './RepositoryLookup';
export type { IndexedRepository } from './repositoryRows';
export { refreshKeyOf } from './UrlStore';
export { WorkspaceIndex } from './WorkspaceIndex';
