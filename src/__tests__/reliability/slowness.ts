import { FaultKind } from '../../../dev/simulator';
import { A_FILE, A_LIST, OAUTH_TOKEN } from './places';
import { Row } from './row';
import { ends, outage } from './walks';
import type { WalkWorld } from './WalkWorld';

const TOO_LATE = 'no complete answer within the time limit';

const slow = (strike: { fault: string; kind: FaultKind }) => [
  ends({ ...strike, at: A_LIST, says: TOO_LATE }),
  outage({ ...strike, at: A_FILE, says: TOO_LATE }),
];

/** For a world with a short time limit. */
export const SLOWNESS: Row<WalkWorld>[] = [
  ...slow({
    fault: 'no answer',
    kind: { kind: 'hang', when: 'beforeHeaders' },
  }),
  ...slow({
    fault: 'headers and no body',
    kind: { kind: 'hang', when: 'afterHeaders' },
  }),
  ...slow({
    fault: 'a body that drips',
    kind: { kind: 'drip' },
  }),
  ends({
    fault: 'no answer',
    kind: { kind: 'hang', when: 'beforeHeaders' },
    at: OAUTH_TOKEN,
    says: `POST …/site/oauth2/access_token: ${TOO_LATE}`,
  }),
];
