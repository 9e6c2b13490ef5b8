import { A_LIST_OR_FILE, OAUTH_TOKEN } from './places';
import { Row } from './row';
import { ends } from './walks';
import type { WalkWorld } from './WalkWorld';

const TOO_LATE = 'no complete answer within the time limit';

/** For a world with a short time limit. */
export const SLOWNESS: Row<WalkWorld>[] = [
  ends({
    fault: 'no answer',
    kind: { kind: 'hang', when: 'beforeHeaders' },
    at: A_LIST_OR_FILE,
    says: TOO_LATE,
  }),
  ends({
    fault: 'headers and no body',
    kind: { kind: 'hang', when: 'afterHeaders' },
    at: A_LIST_OR_FILE,
    says: TOO_LATE,
  }),
  ends({
    fault: 'a body that drips',
    kind: { kind: 'drip' },
    at: A_LIST_OR_FILE,
    says: TOO_LATE,
  }),
  ends({
    fault: 'no answer',
    kind: { kind: 'hang', when: 'beforeHeaders' },
    at: OAUTH_TOKEN,
    says: `POST …/site/oauth2/access_token: ${TOO_LATE}`,
  }),
];
