import { describeRows } from '../describeRows';
import { startDataCenterWorld, startDeliveredWorld } from './DataCenter';
import { DATA_CENTER } from './table';

describeRows(DATA_CENTER.wrong, databases => startDataCenterWorld(databases));
describeRows(DATA_CENTER.secondRequests, databases =>
  startDataCenterWorld(databases),
);
describeRows(DATA_CENTER.deliveries, databases =>
  startDeliveredWorld(databases, {
    repositories: DATA_CENTER.deliveries.rows.length,
  }),
);
describeRows(DATA_CENTER.archived, databases =>
  startDataCenterWorld(databases, {
    provider: { filters: { skipArchivedRepos: true } },
  }),
);
describeRows(DATA_CENTER.gone, databases => startDataCenterWorld(databases));
describeRows(DATA_CENTER.meanwhile, databases =>
  startDataCenterWorld(databases),
);
describeRows(DATA_CENTER.withoutRedirects, databases =>
  startDataCenterWorld(databases, { quirks: { redirects: false } }),
);
