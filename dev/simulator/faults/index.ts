export { applyFault } from './apply';
export type { ErrorBody } from './apply';
export { Faults } from './Faults';
export type {
  Fault,
  FaultKind,
  FaultTarget,
  Rewrite,
  SimulatedResponse,
} from './types';
export * as wrongResponses from './wrongResponses';
export type { WrongRows, WrongTarget } from './rewriting';
