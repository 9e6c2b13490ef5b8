import { DATABASES } from '../../../testing';
import { describeRows } from './describeRows';
import { ReaderWorld } from './ReaderWorld';
import { READS, rowsOf } from './reads';
import { describeSample } from './sample';
import { GROUPS } from './table';

describeSample([GROUPS.oauth, GROUPS.meanwhile]);
// So many that a removal can be large enough to be held.
describeSample([GROUPS.access], { repositories: 14 });

/** The file and the list are both among them; those that strike alone take long. */
const reads = READS.filter(({ isAlone }, index) => !isAlone && index % 4 === 0);

describeRows(
  { ...GROUPS.reads, rows: rowsOf(reads) },
  databases => ReaderWorld.start(databases, reads),
  DATABASES,
);
