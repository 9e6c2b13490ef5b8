import { DATABASES } from '../../../testing';
import { describeRows } from './describeRows';
import { ReaderWorld } from './ReaderWorld';
import { READS, rowsOf } from './reads';
import { describeSample } from './sample';
import { GROUPS } from './table';
import { WalkWorld } from './WalkWorld';

describeSample([GROUPS.oauth, GROUPS.meanwhile], WalkWorld.start);
// So many that a removal can be large enough to be held.
describeSample([GROUPS.access], WalkWorld.start, { repositories: 14 });

/** The file and the list are both among them; those that strike alone take long. */
const reads = READS.filter(({ isAlone }, index) => !isAlone && index % 4 === 0);

describeRows(
  { ...GROUPS.reads, rows: rowsOf(reads) },
  databases => ReaderWorld.start(databases, reads),
  DATABASES,
);
