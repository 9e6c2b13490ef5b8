export { Metrics } from './Metrics';
export type { ReadResult, WalkResult } from './Metrics';
