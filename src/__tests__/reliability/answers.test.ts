import { describeSample } from './sample';
import { GROUPS } from './table';

describeSample(GROUPS.bodies);
describeSample(GROUPS.connections);
describeSample(GROUPS.slowness, { attemptTimeoutMs: 1_000 });
