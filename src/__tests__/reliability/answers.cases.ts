import { describeSample } from './sample';
import { GROUPS } from './table';

describeSample([GROUPS.statuses, GROUPS.bodies, GROUPS.connections]);
describeSample([GROUPS.slowness], { attemptTimeoutMs: 1_000 });
