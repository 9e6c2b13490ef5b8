export type { SimulatedAccount } from './accounts';
export type {
  Deliveries,
  Delivery,
  DeliveryAttempt,
  DeliveryPlan,
  Fate,
} from './deliveries';
export type { Endpoint, LimitedResource } from './endpoints';
export { wrongResponses } from './faults';
export type {
  Fault,
  FaultKind,
  FaultTarget,
  Faults,
  Rewrite,
  SimulatedResponse,
  WrongRows,
  WrongTarget,
} from './faults';
export { generateWorkspace } from './generate';
export type { GenerateOptions } from './generate';
export {
  folderOf,
  loadWorkspaceFolder,
  openPullRequests,
  readDescription,
  readFiles,
} from './loadFolder';
export type { RepositoryDescription, WorkspaceDescription } from './loadFolder';
export type { RateLimitHeader, RateLimitOptions } from './limits';
export { Random } from './random';
export type { LoggedRequest, RequestLog } from './requestLog';
export { startSimulator } from './simulator';
export type { Simulator, SimulatorOptions } from './simulator';
export {
  SimulatedFile,
  SimulatedRepository,
  SimulatedWorkspace,
} from './world';
export type {
  Changes,
  Commit,
  FileAttribute,
  Files,
  HookEvent,
  NewHook,
  NewPullRequest,
  NewRepository,
  Project,
  PullRequestComment,
  SimulatedHook,
  SimulatedPullRequest,
} from './world';
