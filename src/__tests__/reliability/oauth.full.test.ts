import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeRows(GROUPS.oauth, databases => WalkWorld.start(databases));
