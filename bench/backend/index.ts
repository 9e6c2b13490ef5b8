export { BackendProcess, WALK_TASK } from './BackendProcess';
export type { Intervals, ModuleName, Usage } from './settings';
