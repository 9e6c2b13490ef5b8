import { FaultKind } from '../../../dev/simulator';
import { OAUTH_TOKEN } from './places';
import { patternOf, Row } from './row';
import { ends, pauses } from './walks';
import type { WalkWorld } from './WalkWorld';
import { noRequestsUntil } from '../../http/hostPause';
import { CONNECTION_FAILED } from '../../http/transportFaults';

/** What the log says of each fault of the token endpoint. */
const ENDS: [fault: string, kind: FaultKind, says: string][] = [
  [
    '`401`',
    { kind: 'status', status: 401 },
    'answered 401. … are not the key and secret of a consumer',
  ],
  [
    '`404`',
    { kind: 'status', status: 404 },
    'answered 404. Check apiBaseUrl, if it is set, and any proxy in between.',
  ],
  [
    '`500`',
    { kind: 'status', status: 500 },
    'POST …/site/oauth2/access_token: answered 500',
  ],
  [
    '`503`',
    { kind: 'status', status: 503 },
    'POST …/site/oauth2/access_token: answered 503',
  ],
  [
    'a redirect',
    { kind: 'redirect', location: '/elsewhere' },
    'answered 302. Check apiBaseUrl, if it is set, and any proxy in between.',
  ],
  [
    'a body that is cut short',
    { kind: 'cutBody' },
    `POST …/site/oauth2/access_token: ${CONNECTION_FAILED} (`,
  ],
  [
    'an empty body',
    { kind: 'emptyBody' },
    'Could not obtain an OAuth token: … its body is not JSON',
  ],
  [
    'a body that is not JSON',
    { kind: 'notJson' },
    'Could not obtain an OAuth token: … its body is not JSON',
  ],
  [
    'no token in the body',
    { kind: 'json', change: () => ({}) },
    'Could not obtain an OAuth token: … access_token is missing or wrong',
  ],
  [
    'gzip that is broken',
    { kind: 'brokenGzip' },
    'the compressed body is broken or cut short (Z_DATA_ERROR)',
  ],
  [
    'a connection that drops before the headers',
    { kind: 'dropSocket', when: 'beforeHeaders' },
    `POST …/site/oauth2/access_token: ${CONNECTION_FAILED} (ECONNRESET)`,
  ],
];

export const OAUTH: Row<WalkWorld>[] = [
  ...ENDS.map(([fault, kind, says]) =>
    ends({ fault, kind, at: OAUTH_TOKEN, says }),
  ),
  pauses({
    fault: '`429` with `Retry-After` of an hour',
    kind: {
      kind: 'status',
      status: 429,
      headers: { 'Retry-After': '3600' },
    },
    at: OAUTH_TOKEN,
    says: noRequestsUntil(429, '…'),
    rest: 'an hour',
    seconds: 3600,
  }),
  {
    fault: 'the token ends in the middle of a walk',
    strikes: 'a file',
    happens: 'another one is fetched, and the walk continues',
    says: 'GET …: 401 after … ms',
    async run(world) {
      const { simulator } = world.bitbucket;
      world.bitbucket.change();
      const clearFault = simulator.faults.add({
        endpoint: 'src',
        times: 1,
        kind: 'meanwhile',
        happens: () => simulator.revokeTokens(),
      });
      await world.catchesUp('1 added, 1 removed');
      clearFault();
      expect(world.backend.messages('debug')).toContainEqual(
        expect.stringMatching(patternOf(this.says)),
      );
      await world.hasTheTruth();
    },
  },
];
