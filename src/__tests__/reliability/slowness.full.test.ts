import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

const attemptTimeoutMs = 1_000;

describeRows(GROUPS.slowness, databases =>
  WalkWorld.start(databases, { attemptTimeoutMs }),
);
