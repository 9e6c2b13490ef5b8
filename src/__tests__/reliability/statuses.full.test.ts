import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeRows(GROUPS.statuses, databases => WalkWorld.start(databases));
