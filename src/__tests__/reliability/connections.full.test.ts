import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeRows(GROUPS.connections, databases => WalkWorld.start(databases));
