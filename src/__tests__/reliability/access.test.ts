import { DATABASES } from '../../../testing';
import { describeRows } from './describeRows';
import { ReaderWorld } from './ReaderWorld';
import { READS, rowsOf } from './reads';
import { describeSample } from './sample';
import { GROUPS } from './table';

describeSample(GROUPS.oauth);
// So many that the brake has something to hold back.
describeSample(GROUPS.access, { repositories: 14 });
describeSample(GROUPS.meanwhile);

/** The file and the list are both among them; what goes alone takes long. */
const reads = READS.filter(({ isAlone }, index) => !isAlone && index % 4 === 0);

describeRows(
  { ...GROUPS.reads, rows: rowsOf(reads) },
  databases => ReaderWorld.start(databases, reads),
  DATABASES,
);
