export { BackendProcess, walkTaskOf } from './BackendProcess';
export type { Intervals, ModuleName, Product, Usage } from './settings';
