import { FaultKind } from '../../../dev/simulator';
import {
  A_LIST_OR_FILE,
  ANY_FILE,
  FOLDER_OR_FILE,
  ANY_READ,
  ANY_REQUEST,
  Places,
  REPOSITORY_LIST,
  THE_PROOF,
} from './places';
import { patternOf, Row } from './row';
import { until } from '../../../testing/until';
import { ends, isolated, keeps, pauses, skips } from './walks';
import type { WalkWorld } from './WalkWorld';
import { noRequestsUntil } from '../../http/hostPause';

type StatusFault = Extract<FaultKind, { kind: 'status' }>;

function status(
  code: number,
  body: Partial<Omit<StatusFault, 'kind' | 'status'>> = {},
): StatusFault {
  return { kind: 'status', status: code, ...body };
}

const retryAfter = (value: string) => ({ headers: { 'Retry-After': value } });

const LACK_OF_SCOPE = JSON.stringify({
  type: 'error',
  error: {
    message: 'Your credentials lack one or more required privilege scopes.',
    detail: { required: ['repository'], granted: ['account'] },
  },
});

const WRONG_URL = JSON.stringify({
  type: 'error',
  error: {
    message: 'Resource not found',
    detail: 'There is no API hosted at this URL.',
  },
});

const BAD_GATEWAY = '<html><head><title>Bad gateway</title></head></html>';

const IN_2099 = 'Wed, 21 Oct 2099 07:28:00 GMT';

/** Answers that may be an outage. */
const OUTAGES: [fault: string, kind: StatusFault, says: string][] = [
  ['`500`', status(500), 'answered 500 Internal Server Error'],
  [
    '`502` as HTML',
    status(502, { html: BAD_GATEWAY }),
    'answered 502 Bad Gateway (Bitbucket says: Bad gateway)',
  ],
  ['`503`', status(503), 'answered 503 Service Unavailable'],
  ['`504`', status(504), 'answered 504 Gateway Timeout'],
  [
    '`410`',
    status(410, { message: 'This workspace is gone.' }),
    'answered 410 Gone (Bitbucket says: This workspace is gone.)',
  ],
];

/** Answers that are about the repository that was asked for, if there is one. */
const ODDITIES: [fault: string, kind: StatusFault, says: string][] = [
  ['`402`', status(402), 'answered 402 Payment Required'],
  ['`409`', status(409), 'answered 409 Conflict'],
  ['`451`', status(451), 'answered 451 Unavailable For Legal Reasons'],
  ['`555`', status(555), 'answered 555: the listing takes Bitbucket too long'],
  ['`204`', status(204), 'answered 204 No Content'],
];

/** Answers that may be about one repository alone. */
const REFUSALS: {
  fault: string;
  kind: StatusFault;
  says: string;
  reason: 'vanished' | 'failing';
  /** Whether it proves that a repository is gone. */
  isProof?: boolean;
  /** Where it strikes one repository. Default: everywhere. */
  at?: Places;
}[] = [
  {
    fault: '`403`',
    kind: status(403, { message: 'You do not have access.' }),
    says: 'answered 403 Forbidden. … (Bitbucket says: You do not have access.)',
    reason: 'failing',
  },
  {
    fault: '`404` for the repository',
    kind: status(404, {
      message:
        'You may not have access to this repository or it no longer exists in this workspace.',
    }),
    says: 'answered 404 Not Found (Bitbucket says: You may not have access to this repository',
    reason: 'vanished',
    isProof: true,
  },
  {
    fault: '`404` for the URL',
    kind: status(404, { text: WRONG_URL }),
    says: 'answered 404 Not Found (Bitbucket says: Resource not found There is no API',
    reason: 'failing',
    // The list of branches decides whether there is one.
    at: FOLDER_OR_FILE,
  },
  {
    fault: '`404` of a gateway',
    kind: status(404, { html: '<title>Not here</title>' }),
    says: 'answered 404 Not Found (Bitbucket says: Not here)',
    reason: 'failing',
    // The list of branches decides whether there is one.
    at: FOLDER_OR_FILE,
  },
];

const RESTS: [
  fault: string,
  kind: StatusFault,
  rest: string,
  seconds: number,
  at: Places,
][] = [
  ['`429`', status(429), 'a minute, then two', 120, ANY_REQUEST],
  [
    '`429` with `Retry-After` of a second',
    status(429, retryAfter('1')),
    'a second, then two',
    2,
    A_LIST_OR_FILE,
  ],
  [
    '`429` with `Retry-After` of an hour',
    status(429, retryAfter('3600')),
    'an hour',
    3600,
    ANY_REQUEST,
  ],
  [
    '`429` with `Retry-After` of a date, years ahead',
    status(429, retryAfter(IN_2099)),
    'an hour',
    3600,
    A_LIST_OR_FILE,
  ],
  [
    '`429` with `Retry-After` of nonsense',
    status(429, retryAfter('soon')),
    'a minute, then two',
    120,
    A_LIST_OR_FILE,
  ],
  [
    '`503` with `Retry-After` of an hour',
    status(503, retryAfter('3600')),
    'an hour',
    3600,
    REPOSITORY_LIST,
  ],
];

const NO_SCOPE = {
  fault: '`403` for want of a scope',
  kind: status(403, { text: LACK_OF_SCOPE }),
  says: 'answered 403 Forbidden. … lacks a scope (required: repository; granted: account)',
};

/** What the log says of an answer that proves nothing. */
const seen = (code: number) => `GET …/repositories/acme/…: ${code} after … ms`;

export const STATUSES: Row<WalkWorld>[] = [
  ends({
    fault: '`401`',
    kind: status(401),
    at: ANY_REQUEST,
    says: 'answered 401 Unauthorized. Bitbucket refuses the access tokens',
  }),
  ...[...OUTAGES, ...ODDITIES].flatMap(strike => {
    const [fault, kind, says] = strike;
    const isOutage = OUTAGES.includes(strike);
    return isolated({
      ...{ fault, kind, says, isOutage },
      seen: seen(kind.status),
    });
  }),
  ends({ ...NO_SCOPE, at: ANY_READ }),
  keeps({ ...NO_SCOPE, at: THE_PROOF, says: seen(403) }),
  ...REFUSALS.flatMap(({ isProof, reason, at = ANY_FILE, ...refusal }) => [
    ends({ ...refusal, at: REPOSITORY_LIST }),
    skips({ ...refusal, at, reason }),
    ...(isProof
      ? []
      : [
          keeps({ ...refusal, at: THE_PROOF, says: seen(refusal.kind.status) }),
        ]),
  ]),
  ...RESTS.map(([fault, kind, rest, seconds, at]) => {
    const says = noRequestsUntil(kind.status, '…');
    return pauses({ fault, kind, at, says, rest, seconds });
  }),
  {
    fault: 'a walk before the time that Bitbucket has named',
    strikes: 'each request of a walk',
    happens: 'nothing is sent',
    says: noRequestsUntil(429, '…'),
    async run(world) {
      const { simulator } = world.bitbucket;
      const anHour = status(429, retryAfter('3600'));
      const [place] = REPOSITORY_LIST.places;
      await world.struckWalk(place, anHour, () => world.bitbucket.change());
      const asked = simulator.requests.count();
      await world.backend.walk();
      // The pause is logged once.
      expect(world.lastLine()).toMatch(patternOf(this.says));
      expect(simulator.requests.count()).toBe(asked);
      await world.catchesUp('1 added, 1 removed');
      await world.hasTheTruth();
    },
  },
  {
    fault: '`500` for one repository of several that are new',
    strikes: 'files below a folder',
    happens:
      'it is skipped (failing), and the others are in the catalog; the next walk reads it',
    says: 'answered 500 Internal Server Error',
    async run(world) {
      const { bitbucket } = world;
      const [first, second] = [bitbucket.addOne(), bitbucket.addOne()];
      const place = {
        target: { endpoint: 'src', path: `/acme/${second}/` },
        self: '',
        after: '1 added, 0 removed',
      } as const;
      const line = await world.struckWalk(place, status(500), () => {});
      expect(line).toContain('1 skipped (1 failing), ');
      expect(world.backend.messages('warn')).toContainEqual(
        expect.stringMatching(patternOf(`/acme/${second}/src/…${this.says}`)),
      );
      await until(
        async () => (await world.backend.names()).includes(first),
        `${first}, which was found before`,
      );
      bitbucket.simulator.requests.clear();
      await world.catchesUp(place.after);
      const read = bitbucket.simulator.requests.entries.filter(
        ({ endpoint, path }) =>
          endpoint === 'src' && path.includes(`/acme/${second}/`),
      );
      expect(read).toHaveLength(2);
      [first, second].forEach(slug => bitbucket.acme.removeRepository(slug));
      await world.catchesUp('0 added, 2 removed');
      await world.hasTheTruth();
    },
  },
];
