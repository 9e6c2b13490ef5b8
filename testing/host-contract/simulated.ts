import type { FaultKind } from '../../dev/simulator';
import { SimulatedFile } from '../../dev/simulator/world/file';
import { HostFailure, HostFile } from './world';

type Simulated = string | SimulatedFile;

/** Files of the contract, as the simulators of both products have them. */
export function simulated(
  files: Record<string, HostFile>,
): Record<string, Simulated>;
export function simulated(
  files: Record<string, HostFile | null>,
): Record<string, Simulated | null>;
export function simulated(files: Record<string, HostFile | null>) {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => [path, simulatedFile(file)]),
  );
}

function simulatedFile(file: HostFile | null): Simulated | null {
  return file === null || typeof file === 'string'
    ? file
    : new SimulatedFile(file.linkTo, ['link']);
}

/** A failure of the contract, as a fault of either simulator. */
export function faultOf(failure: HostFailure): FaultKind {
  return failure === 'malformed'
    ? { kind: 'notJson' }
    : {
        kind: 'status',
        status: failure,
        message: 'Something else',
        ...(failure === 429 && { headers: { 'Retry-After': '3600' } }),
      };
}
