import { FaultKind } from '../../../dev/simulator';
import type { Read, ReaderWorld } from './ReaderWorld';
import { Row, RowTexts } from './row';
import { noRequestsUntil } from '../../http/hostPause';
import { CONNECTION_FAILED } from '../../http/transportFaults';

type ReadRow = Read & Pick<RowTexts, 'fault'>;

const status = (code: number, message?: string): FaultKind => ({
  kind: 'status',
  status: code,
  message,
});

const ELSEWHERE = 'http://elsewhere.example/';

/** What the location shows, whatever the catalog knows. */
const ERRORS: [fault: string, kind: FaultKind, says: string][] = [
  ['`401`', status(401), 'answered 401 Unauthorized. The access token in'],
  ['`403`', status(403), 'answered 403 Forbidden'],
  [
    '`404` for the repository',
    status(404, 'You may not have access to this repository'),
    'answered 404 Not Found (Bitbucket says: You may not have access',
  ],
  ['`410`', status(410), 'answered 410 Gone'],
  ['`500`', status(500), 'answered 500'],
  [
    '`502` as HTML',
    { kind: 'status', status: 502, html: '<title>Bad gateway</title>' },
    'answered 502 Bad Gateway (Bitbucket says: Bad gateway)',
  ],
  ['`503`', status(503), 'answered 503'],
  ['`504`', status(504), 'answered 504'],
  ['a body that is cut short', { kind: 'cutBody' }, `${CONNECTION_FAILED} (`],
  ['an empty body', { kind: 'emptyBody' }, 'the response is empty'],
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
  [
    'a connection that drops in the body',
    { kind: 'dropSocket', when: 'inBody' },
    `${CONNECTION_FAILED} (`,
  ],
  [
    'no answer',
    { kind: 'hang', when: 'beforeHeaders' },
    'no complete answer within the time limit',
  ],
  [
    'headers and no body',
    { kind: 'hang', when: 'afterHeaders' },
    'no complete answer within the time limit',
  ],
  [
    'a body that drips',
    { kind: 'drip' },
    'no complete answer within the time limit',
  ],
  [
    'a redirect to another host',
    { kind: 'redirect', location: ELSEWHERE },
    'redirects to another origin, http://elsewhere.example, which is not followed',
  ],
];

/** Passing faults of the list. */
const SERVED = [
  '`500`',
  '`502` as HTML',
  'a body that is cut short',
  'a connection that drops before the headers',
  'no answer',
];

const TOO_MANY = { fault: '`429`', kind: status(429), isAlone: true };

export const READS: ReadRow[] = [
  ...ERRORS.map(([fault, kind, says]): ReadRow => ({
    fault,
    kind,
    at: 'file',
    says,
    shows: 'the error',
  })),
  ...ERRORS.filter(([fault]) => SERVED.includes(fault)).map(
    ([fault, kind, says]): ReadRow => ({
      fault,
      kind,
      at: 'list',
      says,
      shows: 'what is known',
    }),
  ),
  {
    fault: '`401`',
    kind: status(401),
    at: 'list',
    says: 'answered 401 Unauthorized. The access token in',
    shows: 'the error',
  },
  {
    ...TOO_MANY,
    at: 'file',
    says: noRequestsUntil(429, '…'),
    shows: 'the error',
  },
  {
    ...TOO_MANY,
    at: 'list',
    says: `Bitbucket Cloud ${noRequestsUntil(429, '…')}`,
    shows: 'what is known',
  },
];

const STRIKES = {
  list: 'the look for news, before a file is read',
  file: 'a file that has changed',
};

const HAPPENS = {
  'the error': 'the entity stays, and its location shows the error',
  'what is known': 'what is known is served',
};

export const rowsOf = (reads: ReadRow[]): Row<ReaderWorld>[] =>
  reads.map(read => ({
    fault: read.fault,
    strikes: STRIKES[read.at],
    happens: HAPPENS[read.shows],
    says: read.says,
    run: world => world.expectOutcome(read),
  }));

export const READER = rowsOf(READS);
