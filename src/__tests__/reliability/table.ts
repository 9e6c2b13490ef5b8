import { ACCESS } from './access';
import { BODIES } from './bodies';
import { MEANWHILE } from './meanwhile';
import { CONNECTIONS } from './connections';
import { DATA_CENTER } from './data-center/table';
import { DATABASE } from './database';
import { OAUTH } from './oauth';
import { READER } from './reads';
import { Group } from './row';
import { SLOWNESS } from './slowness';
import { STATUSES } from './statuses';

/** The parts of the fault table of Bitbucket Cloud, and of databases. */
export const GROUPS = {
  statuses: { title: 'Statuses', rows: STATUSES },
  bodies: { title: 'Bodies and links', rows: BODIES },
  connections: { title: 'Connections', rows: CONNECTIONS },
  slowness: { title: 'Answers that take too long', rows: SLOWNESS },
  oauth: { title: 'OAuth', rows: OAUTH },
  access: { title: 'Credentials and access', rows: ACCESS },
  meanwhile: { title: 'Changes in the middle of a walk', rows: MEANWHILE },
  reads: { title: "The catalog's reads", rows: READER },
  database: { title: 'Databases, clocks and processes', rows: DATABASE },
};

export const TABLE: Group[] = [GROUPS, DATA_CENTER].flatMap(Object.values);
