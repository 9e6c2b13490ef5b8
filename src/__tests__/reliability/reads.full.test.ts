import { describeRows } from './describeRows';
import { ReaderWorld } from './ReaderWorld';
import { READS } from './reads';
import { GROUPS } from './table';

describeRows(GROUPS.reads, databases => ReaderWorld.start(databases, READS));
