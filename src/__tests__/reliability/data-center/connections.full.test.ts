import { describeRows } from '../describeRows';
import { startDataCenterWorld } from './DataCenter';
import { DATA_CENTER } from './table';

describeRows(DATA_CENTER.connections, databases =>
  startDataCenterWorld(databases),
);
describeRows(DATA_CENTER.slowness, databases =>
  startDataCenterWorld(databases, { attemptTimeoutMs: 1_000 }),
);
