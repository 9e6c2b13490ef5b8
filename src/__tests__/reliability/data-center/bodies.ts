import { FaultKind } from '../../../../dev/simulator';
import { CONNECTION_FAILED } from '../../../http/transportFaults';
import { Row } from '../row';
import { ends, isolated, outage, skips } from '../walks';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';
import { A_PAGE, HEADS, JSON_LOOKS, LIST, LIST_OR_FILE, PAGES } from './places';
import { EVERYWHERE } from './statuses';

const json = (change: (body: object) => unknown): FaultKind => ({
  kind: 'json',
  change: body => change(Object(body)),
});

const LOGIN_FORM =
  '<!DOCTYPE html><html><head><title>Log in - Bitbucket</title></head><body></body></html>';

/** What is in no answer of something in between. */
const NO_ID = 'the response has no X-AREQUESTID';

const NO_END =
  'the page of the list says neither that it is the last nor what is next';

/** Lists whose pages are wrong, and what is said of them. */
const WRONG_PAGES: [fault: string, kind: FaultKind, says: string][] = [
  [
    '`values` is missing',
    json(({ ...page }: { values?: unknown }) => ({
      ...page,
      values: undefined,
    })),
    'the response does not have the expected shape: values: ',
  ],
  [
    '`isLastPage` and `nextPageStart` are missing',
    json(page => ({
      ...page,
      isLastPage: undefined,
      nextPageStart: undefined,
    })),
    NO_END,
  ],
  [
    'a page says that there are more, and not where',
    json(page => ({ ...page, isLastPage: false, nextPageStart: null })),
    NO_END,
  ],
  [
    'a page leads to itself',
    json(page => ({ ...page, isLastPage: false, nextPageStart: 0 })),
    'the page of the list begins at …',
  ],
];

/** Of these, a single answer tells nothing about the others. */
export const BODIES: Row<WalkWorld<DataCenter>>[] = [
  ...isolated({
    ...EVERYWHERE,
    fault: 'a body that is cut short',
    kind: { kind: 'cutBody' },
    isOutage: true,
    says: `${CONNECTION_FAILED} (`,
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'gzip that is broken',
    kind: { kind: 'brokenGzip' },
    isOutage: true,
    says: 'the compressed body is broken or cut short (Z_DATA_ERROR)',
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'the form of a login, with `200`',
    kind: { kind: 'status', status: 200, html: LOGIN_FORM },
    says: NO_ID,
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'an empty body of something in between',
    kind: { kind: 'emptyBody' },
    says: NO_ID,
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'a body that is not JSON',
    kind: {
      kind: 'rewrite',
      rewrite: response => ({ ...response, body: Buffer.from('<') }),
    },
    looks: JSON_LOOKS,
    says: 'the response is not JSON',
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'JSON of another shape',
    kind: json(() => ({ id: null, message: 'ok' })),
    looks: JSON_LOOKS,
    says: 'the response does not have the expected shape: ',
  }),
  ...WRONG_PAGES.flatMap(([fault, kind, says]) => [
    ends({ fault, kind, says, at: LIST }),
  ]),
  ...WRONG_PAGES.slice(0, 3).map(([fault, kind, says]) =>
    skips({ fault, kind, says, at: PAGES, reason: 'failing' }),
  ),
  skips({
    fault: 'a head that is not a hash',
    kind: json(branch => ({ ...branch, latestCommit: 'main' })),
    at: {
      ...HEADS,
      name: 'a default branch',
      places: HEADS.places.slice(0, 1),
    },
    says: 'the response does not have the expected shape: latestCommit: ',
    reason: 'failing',
  }),
  ends({
    fault: 'a page of more than 32 MiB',
    kind: json(page => ({ ...page, padding: 'x'.repeat(33 * 1024 * 1024) })),
    at: A_PAGE,
    says: 'the body is larger than 32 MiB',
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'a circle of redirects',
    kind: ({ self }) => ({ kind: 'redirect', location: self }),
    says: 'redirects in a circle',
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'a redirect to another host',
    kind: (_, location) => ({ kind: 'redirect', location }),
    says: 'redirects to another origin, …, which is not followed',
  }),
  ...isolated({
    ...EVERYWHERE,
    fault: 'a redirect to the form of a login on the same host',
    kind: { kind: 'redirect', location: '/bitbucket/login?next=/rest' },
    says: 'redirects to …/bitbucket/login…, which is not part of the API and not followed',
  }),
];

const TOO_LATE = 'no complete answer within the time limit';

const SLOW: [fault: string, kind: FaultKind][] = [
  ['no answer', { kind: 'hang', when: 'beforeHeaders' }],
  ['headers and no body', { kind: 'hang', when: 'afterHeaders' }],
  ['a body that drips', { kind: 'drip' }],
];

/** For a world with a short time limit. */
export const SLOWNESS: Row<WalkWorld<DataCenter>>[] = SLOW.flatMap(
  ([fault, kind]) => {
    const [first, file] = LIST_OR_FILE.places;
    const says = TOO_LATE;
    return [
      ends({
        ...{ fault, kind, says },
        at: { name: 'the first page of the repository list', places: [first] },
      }),
      outage({ fault, kind, says, at: { name: 'a file', places: [file] } }),
    ];
  },
);
