import { DATABASES } from '../../../testing';
import {
  startDataCenterWorld,
  startDeliveredWorld,
} from './data-center/DataCenter';
import { READS } from './data-center/reads';
import { startDataCenterReader } from './data-center/startReader';
import { DATA_CENTER } from './data-center/table';
import { describeRows } from './describeRows';
import { Row } from './row';
import { describeSample } from './sample';

/** One of three, since no two of them have the same outcome. */
const someOf = <World>(group: { title: string; rows: Row<World>[] }) => ({
  ...group,
  rows: group.rows.filter((_, index) => index % 3 === 0),
});

describeSample(
  [
    DATA_CENTER.statuses,
    someOf(DATA_CENTER.bodies),
    someOf(DATA_CENTER.wrong),
    someOf(DATA_CENTER.gone),
    DATA_CENTER.secondRequests,
  ],
  startDataCenterWorld,
);
describeSample([DATA_CENTER.deliveries], startDeliveredWorld, {
  repositories: DATA_CENTER.deliveries.rows.length,
});

const isOfSample = (_: unknown, index: number) => index % 4 === 0;

describeRows(
  { ...DATA_CENTER.reads, rows: DATA_CENTER.reads.rows.filter(isOfSample) },
  databases => startDataCenterReader(databases, READS.filter(isOfSample)),
  DATABASES,
);
