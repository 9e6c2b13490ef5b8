import { DATABASES } from '../../../testing';
import { describeRows } from './describeRows';
import { Row } from './row';
import { WalkWorld } from './WalkWorld';

/** Runs each row of a part of the fault table, where a fault strikes at one place of those it could. */
export function describeSample(
  group: { title: string; rows: Row<WalkWorld>[] },
  options: { repositories?: number; attemptTimeoutMs?: number } = {},
): void {
  describeRows(
    group,
    databases => WalkWorld.start(databases, { ...options, isSample: true }),
    DATABASES,
  );
}
