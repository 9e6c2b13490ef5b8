import { RowTexts } from './row';
import { walkFailed } from '../../ingestion/WalkReporter';

const GOES_ON = 'the catalog keeps its entities, and the next walk continues';

/** The tables that a walk writes to, of this module and of the catalog. */
export const WRITTEN_TABLES = [
  'bitbucket__repositories',
  'bitbucket__refs',
  'bitbucket__files',
  'bitbucket__contents',
  'bitbucket__emitted',
  'bitbucket__providers',
  'refresh_state',
];

export const WRITE_REFUSED: RowTexts = {
  fault: 'the database refuses a write',
  strikes: 'each table that a walk writes to',
  happens: `the walk fails, ${GOES_ON}`,
  says: `${walkFailed('…')}: … the disk is full`,
};

export const LOCKED: RowTexts = {
  fault: 'another process locks the SQLite file',
  strikes: 'during a walk',
  happens:
    'what needs the database waits for five seconds and fails then; this walk or the next one continues',
  says: 'database is locked',
};

export const STOPPED: RowTexts = {
  fault: 'PostgreSQL stops, and starts again',
  strikes: 'during a walk',
  happens: `the walk fails, ${GOES_ON}; the backend reconnects by itself`,
  says: `${walkFailed('…')}: `,
};

export const CUT_OFF: RowTexts = {
  fault: 'PostgreSQL ends every connection',
  strikes: 'during a walk',
  happens: 'the backend reconnects, and this walk or the next one continues',
  says: 'Walked …workspace ',
};

export const CLOCK_BACK: RowTexts = {
  fault: 'the clock is set back',
  strikes: 'between walks',
  happens:
    'what it said before is not believed: the full list is read, and pauses and budgets of before are over',
  says: 'Walked workspace ',
};

export const CLOCK_AHEAD: RowTexts = {
  fault: 'the clock jumps ahead, permanently or for a while',
  strikes: 'between walks',
  happens: 'the full list is read, and nothing is taken for gone',
  says: 'Walked workspace ',
};

export const ENDED: RowTexts = {
  fault: 'the process is ended by SIGTERM or SIGKILL',
  strikes: 'at several points of the first walk',
  happens:
    'the next process continues where it stopped, and repeats only the requests that were under way',
  says: 'Walked workspace ',
};

const REPLICAS: RowTexts = {
  fault: 'two replicas start together on one PostgreSQL, and die in turn',
  strikes: 'during a walk',
  happens:
    "the other one continues once the schedule's timeout has passed, and a minute more",
  says: 'Walked workspace ',
};

/** Faults of a database, a clock and a process. */
export const DATABASE: RowTexts[] = [
  WRITE_REFUSED,
  LOCKED,
  STOPPED,
  CUT_OFF,
  CLOCK_BACK,
  CLOCK_AHEAD,
  ENDED,
  REPLICAS,
];
