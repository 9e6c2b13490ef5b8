import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeRows(GROUPS.meanwhile, databases => WalkWorld.start(databases));
