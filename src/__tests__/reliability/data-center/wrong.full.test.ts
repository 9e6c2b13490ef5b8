import { describeRows } from '../describeRows';
import { startDataCenterWorld } from './DataCenter';
import { DATA_CENTER } from './table';

describeRows(DATA_CENTER.wrong, databases => startDataCenterWorld(databases));
describeRows(DATA_CENTER.gone, databases => startDataCenterWorld(databases));
describeRows(DATA_CENTER.meanwhile, databases =>
  startDataCenterWorld(databases),
);
describeRows(DATA_CENTER.withoutRedirects, databases =>
  startDataCenterWorld(databases, { quirks: { redirects: false } }),
);
