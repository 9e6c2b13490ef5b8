import { describeRows } from '../describeRows';
import { READS } from './reads';
import { startDataCenterReader } from './startReader';
import { DATA_CENTER } from './table';

describeRows(DATA_CENTER.reads, databases =>
  startDataCenterReader(databases, READS),
);
