import { connectionRows } from '../connections';
import { ACCESS, HIDDEN } from './access';
import { ARCHIVED } from './archived';
import { BODIES, SLOWNESS } from './bodies';
import { DELIVERIES } from './deliveries';
import { GONE_ROWS } from './gone';
import { MEANWHILE, WITHOUT_REDIRECTS } from './meanwhile';
import { READ_ROWS } from './reads';
import { SECOND_REQUESTS } from './secondRequests';
import { STALE_HEADS } from './staleHeads';
import { EVERYWHERE, STATUSES } from './statuses';
import { WRONG_ROWS } from './wrong';

/** The parts of the fault table of Bitbucket Data Center. */
export const DATA_CENTER = {
  statuses: { title: 'Data Center: statuses', rows: STATUSES },
  bodies: { title: 'Data Center: bodies and links', rows: BODIES },
  connections: {
    title: 'Data Center: connections',
    rows: connectionRows(EVERYWHERE),
  },
  slowness: {
    title: 'Data Center: answers that take too long',
    rows: SLOWNESS,
  },
  wrong: {
    title: 'Data Center: answers that look right and are not true',
    rows: [...WRONG_ROWS, ...STALE_HEADS],
  },
  secondRequests: {
    title: 'Data Center: requests that confirm something',
    rows: SECOND_REQUESTS,
  },
  reads: { title: "Data Center: the catalog's reads", rows: READ_ROWS },
  deliveries: {
    title: 'Data Center: deliveries that are struck',
    rows: DELIVERIES,
  },
  archived: {
    title: 'Data Center: archived repositories, where they are excluded',
    rows: ARCHIVED,
  },
  gone: { title: 'Data Center: what is really gone', rows: GONE_ROWS },
  access: { title: 'Data Center: credentials and access', rows: ACCESS },
  hidden: {
    title: 'Data Center: access, where 404 hides repositories',
    rows: HIDDEN,
  },
  meanwhile: {
    title: 'Data Center: changes in the middle of a walk',
    rows: MEANWHILE,
  },
  withoutRedirects: {
    title: 'Data Center: renames, where nothing redirects',
    rows: WITHOUT_REDIRECTS,
  },
};
