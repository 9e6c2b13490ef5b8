import { describeSample } from './sample';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeSample(
  [GROUPS.statuses, GROUPS.bodies, GROUPS.connections],
  WalkWorld.start,
);
describeSample([GROUPS.slowness], WalkWorld.start, { attemptTimeoutMs: 1_000 });
