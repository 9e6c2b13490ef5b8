import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeRows(GROUPS.bodies, databases => WalkWorld.start(databases));
