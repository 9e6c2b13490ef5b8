import { describeRows } from '../describeRows';
import { startDataCenterWorld } from './DataCenter';
import { DATA_CENTER } from './table';

describeRows(DATA_CENTER.statuses, databases =>
  startDataCenterWorld(databases),
);
