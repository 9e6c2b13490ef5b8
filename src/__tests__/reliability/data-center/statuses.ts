import { FaultKind } from '../../../../dev/simulator';
import {
  ApiError,
  archived,
  authenticationRequired,
  badCredentials,
  badRequest,
  noLicence,
  notFound,
  notPermitted,
  serverBusy,
  unknownCommit,
  unknownProject,
  unknownRepository,
} from '../../../../dev/simulator/data-center/errors';
import { noRequestsUntil } from '../../../http/hostPause';
import { Places } from '../places';
import { patternOf, Row } from '../row';
import { ends, Everywhere, isolated, keeps, pauses, skips } from '../walks';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';
import {
  AFTER_HEAD,
  ANY_REQUEST,
  CHANGES,
  LIST,
  LIST_OR_FILE,
  LOOKS,
  THE_PROOF,
} from './places';

type StatusFault = Extract<FaultKind, { kind: 'status' }>;

/** A failure in Bitbucket's words. */
export const refusal = (
  { status, body }: ApiError,
  headers?: Record<string, string>,
): StatusFault => ({
  ...{ kind: 'status', status, headers },
  text: JSON.stringify(body),
});

/** A failure in the words of something in between. */
const page = (status: number, title: string): StatusFault => ({
  ...{ kind: 'status', status },
  html: `<html><head><title>${title}</title></head></html>`,
});

const bare = (status: number, headers?: Record<string, string>): StatusFault =>
  refusal(new ApiError(status, 'Something went wrong'), headers);

const retryAfter = (value: string) => ({ 'Retry-After': value });

/** What the log says of an answer that proves nothing. */
const SEEN = 'GET …/projects/ACME/repos/…';

/** Where a fault may be about a single repository. */
export const EVERYWHERE: Everywhere = {
  ...{ lists: LIST, looks: LOOKS, proof: THE_PROOF, seen: SEEN },
};

/** Refusals of the credential, whatever is requested. */
const REFUSED: [fault: string, kind: StatusFault, says: string][] = [
  [
    '`401` `IncorrectPasswordAuthenticationException`',
    refusal(badCredentials()),
    'answered 401 Unauthorized. The HTTP access token in integrations.bitbucketServer[0].token has expired',
  ],
  [
    '`401` `NoAccessAuthenticationException`',
    refusal(noLicence()),
    'answered 401 Unauthorized. … has no licence to use this Bitbucket instance',
  ],
  [
    '`401` `AuthenticationRequiredException`',
    refusal(authenticationRequired()),
    'answered 401 Unauthorized. Bitbucket treated the request as anonymous',
  ],
  [
    '`401` of a gateway',
    page(401, 'Log in'),
    'answered 401 Unauthorized. The HTTP access token in integrations.bitbucketServer[0].token has expired',
  ],
];

/** Answers that may be an outage. */
const OUTAGES: [fault: string, kind: StatusFault, says: string][] = [
  ['`500`', bare(500), 'answered 500 Internal Server Error'],
  ['`501`', bare(501), 'answered 501 Not Implemented'],
  [
    '`502` of a gateway',
    page(502, 'Bad gateway'),
    'answered 502 Bad Gateway (Bitbucket says: Bad gateway)',
  ],
  [
    '`503` `ResourceBusyException`',
    refusal(serverBusy()),
    'answered 503 Service Unavailable (Bitbucket says: The server is currently under heavy load',
  ],
  [
    '`504` of a gateway',
    page(504, 'Timeout'),
    'answered 504 Gateway Timeout (Bitbucket says: Timeout)',
  ],
];

/** Answers that may be about one repository alone. */
const ODDITIES: {
  fault: string;
  kind: StatusFault;
  says: string;
  reason?: 'vanished' | 'failing';
  /** Where it strikes one repository. Default: everywhere. */
  at?: Places;
}[] = [
  {
    fault: '`400`',
    kind: refusal(badRequest('The revision is not valid')),
    says: 'answered 400 Bad Request (Bitbucket says: The revision is not valid)',
  },
  {
    fault: '`401` `AuthorisationException`',
    kind: refusal(notPermitted()),
    says: 'answered 401 Unauthorized. … is valid, but has no permission for this.',
  },
  {
    fault: '`403`',
    kind: page(403, 'Forbidden'),
    says: 'answered 403 Forbidden. … is valid, but has no permission for this.',
  },
  {
    fault: '`404` without the name of an exception',
    kind: refusal(notFound()),
    says: 'answered 404 Not Found (Bitbucket says: The requested resource was not found.)',
    at: AFTER_HEAD,
  },
  {
    fault: '`404` of a gateway',
    kind: page(404, 'Not here'),
    says: 'answered 404 Not Found (Bitbucket says: Not here)',
    at: AFTER_HEAD,
  },
  {
    fault: '`404` `NoSuchCommitException`',
    kind: refusal(unknownCommit('refs/heads/main', 'api')),
    says: "answered 404 Not Found (Bitbucket says: Commit 'refs/heads/main' does not exist",
    at: AFTER_HEAD,
  },
  {
    fault: '`404` `NoSuchRepositoryException`',
    kind: refusal(unknownRepository('ACME', 'api')),
    says: 'answered 404 Not Found (Bitbucket says: Repository ACME/api does not exist.)',
    reason: 'vanished',
  },
  {
    fault: '`404` `NoSuchProjectException`',
    kind: refusal(unknownProject('ACME')),
    says: 'answered 404 Not Found (Bitbucket says: Project ACME does not exist.)',
    reason: 'vanished',
  },
  {
    fault: '`406` without a body',
    kind: { kind: 'status', status: 406, text: '' },
    says: 'answered 406 Not Acceptable',
  },
  {
    fault: '`409`',
    kind: refusal(archived('ACME/api')),
    says: 'answered 409 Conflict (Bitbucket says: ACME/api is archived',
  },
];

const IN_2099 = 'Wed, 21 Oct 2099 07:28:00 GMT';

const RESTS: [
  fault: string,
  kind: StatusFault,
  rest: string,
  seconds: number,
  at: Places,
][] = [
  ['`429`', bare(429), 'a second or two', 1, ANY_REQUEST],
  [
    '`429` with `Retry-After` of an hour',
    bare(429, retryAfter('3600')),
    'an hour',
    3600,
    LIST,
  ],
  [
    '`429` with `Retry-After` of a date, years ahead',
    bare(429, retryAfter(IN_2099)),
    'an hour',
    3600,
    LIST,
  ],
  [
    '`429` with `Retry-After` of nonsense',
    bare(429, retryAfter('soon')),
    'a second or two',
    1,
    LIST_OR_FILE,
  ],
  [
    '`503` with `Retry-After` of an hour',
    bare(503, retryAfter('3600')),
    'an hour',
    3600,
    LIST,
  ],
];

export const STATUSES: Row<WalkWorld<DataCenter>>[] = [
  ...REFUSED.map(([fault, kind, says]) =>
    ends({ fault, kind, says, at: ANY_REQUEST }),
  ),
  ...OUTAGES.flatMap(([fault, kind, says]) =>
    isolated({
      ...{ ...EVERYWHERE, fault, kind, says, isOutage: true },
      seen: `${SEEN}: ${kind.status} after … ms`,
    }),
  ),
  ...ODDITIES.flatMap(({ reason = 'failing', at = LOOKS, ...oddity }) => [
    ends({ ...oddity, at: LIST }),
    skips({ ...oddity, at, reason }),
    // Two different responses that agree are proof.
    ...(reason === 'vanished'
      ? []
      : [
          keeps({
            ...oddity,
            at: THE_PROOF,
            says: `${SEEN}: ${oddity.kind.status} after … ms`,
          }),
        ]),
  ]),
  ...RESTS.map(([fault, kind, rest, seconds, at]) => {
    const says = noRequestsUntil(kind.status, '…');
    return pauses({ fault, kind, at, says, rest, seconds });
  }),
  {
    fault: '`409`, `404` or JSON of another shape',
    strikes: CHANGES.name,
    happens: 'the files are read again instead',
    says: ' 0 skipped, ',
    async run(world) {
      const kinds: FaultKind[] = [
        refusal(archived('ACME/api')),
        refusal(unknownCommit('abc', 'api')),
        { kind: 'json', change: () => ({ changes: [] }) },
      ];
      for (const kind of kinds) {
        const [place] = CHANGES.places;
        const line = await world.struckWalk(place, kind, () =>
          world.bitbucket.push(),
        );
        expect(line).toMatch(patternOf(this.says));
        await world.hasTheTruth();
      }
    },
  },
];
