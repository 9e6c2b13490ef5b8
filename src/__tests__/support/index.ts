export { TestBackend } from './backend';
export type { Database } from './backend';
export { componentFile } from './entities';
export type { LogLine } from './logs';
export { ON_DEMAND } from './schedule';
export { until } from './until';
