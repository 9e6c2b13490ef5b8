import { describeRows } from './describeRows';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

// So many that the brake has something to hold back.
const repositories = 14;

describeRows(GROUPS.access, databases =>
  WalkWorld.start(databases, { repositories }),
);
