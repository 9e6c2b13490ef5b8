import { FaultKind } from '../../../../dev/simulator';
import {
  authenticationRequired,
  badCredentials,
} from '../../../../dev/simulator/data-center/errors';
import { CONNECTION_FAILED } from '../../../http/transportFaults';
import type { Read, ReaderWorld } from '../ReaderWorld';
import { Row } from '../row';
import { refusal } from './statuses';

type ReadRow = Read & { fault: string };

const status = (code: number): FaultKind => ({ kind: 'status', status: code });

const NO_ID = 'the response has no X-AREQUESTID';
const TOO_LATE = 'no complete answer within the time limit';
const LOGIN_FORM = '<html><head><title>Log in</title></head></html>';

/** What the location shows where the file is struck. */
const ERRORS: [fault: string, kind: FaultKind, says: string][] = [
  [
    '`401` `IncorrectPasswordAuthenticationException`',
    refusal(badCredentials()),
    'answered 401 Unauthorized',
  ],
  [
    '`401` `AuthenticationRequiredException`',
    refusal(authenticationRequired()),
    'answered 401 Unauthorized',
  ],
  ['`403`', status(403), 'answered 403 Forbidden'],
  ['`409`', status(409), 'answered 409 Conflict'],
  ['`500`', status(500), 'answered 500'],
  ['`503`', status(503), 'answered 503'],
  ['`504`', status(504), 'answered 504'],
  ['a body that is cut short', { kind: 'cutBody' }, `${CONNECTION_FAILED} (`],
  ['an empty body of something in between', { kind: 'emptyBody' }, NO_ID],
  [
    'the form of a login, with `200`',
    { kind: 'status', status: 200, html: LOGIN_FORM },
    NO_ID,
  ],
  [
    'gzip that is broken',
    { kind: 'brokenGzip' },
    'the compressed body is broken or cut short',
  ],
  [
    'a connection that drops before the headers',
    { kind: 'dropSocket', when: 'beforeHeaders' },
    `${CONNECTION_FAILED} (ECONNRESET)`,
  ],
  ['no answer', { kind: 'hang', when: 'beforeHeaders' }, TOO_LATE],
  ['a body that drips', { kind: 'drip' }, TOO_LATE],
  [
    'a redirect to another host',
    { kind: 'redirect', location: 'http://elsewhere.example/' },
    'redirects to another origin, http://elsewhere.example, which is not followed',
  ],
];

/** Passing faults of the head. */
const SERVED = [
  '`500`',
  '`504`',
  'a body that is cut short',
  'a connection that drops before the headers',
  'no answer',
];

export const READS: ReadRow[] = [
  ...ERRORS.map(([fault, kind, says]): ReadRow => ({
    ...{ fault, kind, says },
    at: 'file',
    shows: 'the error',
  })),
  ...ERRORS.filter(([fault]) => SERVED.includes(fault)).map(
    ([fault, kind, says]): ReadRow => ({
      ...{ fault, kind, says },
      at: 'list',
      shows: 'what is known',
    }),
  ),
];

const STRIKES = {
  list: 'the repository and its default branch, before a file is read',
  file: 'a file that has changed',
};

const HAPPENS = {
  'the error': 'the entity stays, and its location shows the error',
  'what is known': 'what is known is served',
};

/** The catalog reads files of the same instance, each of a repository of its own. */
export const READ_ROWS: Row<ReaderWorld>[] = READS.map(read => ({
  fault: read.fault,
  strikes: STRIKES[read.at],
  happens: HAPPENS[read.shows],
  says: read.says,
  run: world => world.expectOutcome(read),
}));
