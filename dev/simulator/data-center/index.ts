export type { DataCenterAccount, Level } from './accounts';
export type { DataCenterDeliveries } from './announce';
export type { PageLimits, Quirks } from './context';
export type { Endpoint as DataCenterEndpoint } from './endpoints';
export { instanceFromWorkspace } from './fromWorkspace';
export { generateInstance } from './generate';
export { HOOK_EVENTS } from './hooks';
export type {
  HookEvent as DataCenterHookEvent,
  NewHook as NewDataCenterHook,
  SimulatedHook as DataCenterHook,
} from './hooks';
export { SimulatedInstance } from './instance';
export type { Address, InstanceEvent, NewProject } from './instance';
export type { AnnotationContent, BuildStatus, InsightReport } from './quality';
export type { BucketSettings, RateLimitOptions } from './rateLimit';
export { startDataCenterSimulator } from './simulator';
export type { DataCenterOptions, DataCenterSimulator } from './simulator';
export * as dataCenterWrongResponses from './wrongResponses';
