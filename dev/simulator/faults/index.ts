export { applyFault } from './apply';
export { Faults } from './Faults';
export type { Fault, FaultKind, FaultTarget } from './types';
