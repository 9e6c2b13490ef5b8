import { DATABASES } from '../../../testing';
import { describeRows } from './describeRows';
import { ReaderWorld } from './ReaderWorld';
import { READS } from './reads';
import { describeSample } from './sample';
import { GROUPS } from './table';

describeSample(GROUPS.oauth);
// So many that the brake has something to hold back.
describeSample(GROUPS.access, { repositories: 14 });
describeSample(GROUPS.meanwhile);
describeRows(
  GROUPS.reads,
  databases => ReaderWorld.start(databases, READS),
  DATABASES,
);
