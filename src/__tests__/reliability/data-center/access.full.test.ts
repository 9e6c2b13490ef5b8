import { describeRows } from '../describeRows';
import { startDataCenterWorld } from './DataCenter';
import { DATA_CENTER } from './table';

// So many that a removal can be large enough to be held.
const repositories = 14;

describeRows(DATA_CENTER.access, databases =>
  startDataCenterWorld(databases, { repositories }),
);
describeRows(DATA_CENTER.hidden, databases =>
  startDataCenterWorld(databases, { repositories, quirks: { hiddenAs: 404 } }),
);
