import { FaultKind, FaultTarget } from '../../../dev/simulator';

/**
 * What a walk asks for. `self` leads from such a request to another of its kind.
 * The catalog's readers are struck too where they ask for the same.
 */
type Place = FaultTarget & { self: string };

export const A_LIST: Place = {
  endpoint: 'repositories',
  path: /[?&]sort=updated_on/,
  self: '?sort=updated_on',
};
export const LISTS: Record<string, Place> = {
  'what was updated': A_LIST,
  'the first page of repositories': {
    endpoint: 'repositories',
    path: /^(?!.*[?&]page=).*[?&]sort=created_on/,
    self: '?sort=created_on&pagelen=2',
  },
  'a later page of repositories': {
    endpoint: 'repositories',
    path: /[?&]page=2(&|$)/,
    self: '?sort=created_on&pagelen=2&page=2',
  },
  'the files below a folder': {
    endpoint: 'src',
    path: /[?&]max_depth=/,
    self: '?max_depth=1',
  },
};
export const A_FILE: Place = {
  endpoint: 'src',
  path: /\/catalog-info\.yaml/,
  self: 'catalog-info.yaml',
};
export const PLACES = { ...LISTS, 'a file': A_FILE };

const lackOfScope = JSON.stringify({
  type: 'error',
  error: {
    message: 'Your credentials lack one or more required privilege scopes.',
    detail: { required: ['repository'], granted: ['account'] },
  },
});
const badGateway = '<html><head><title>Bad gateway</title></head></html>';
export const anHour = { 'Retry-After': '3600' };

/** Faults that end a walk wherever they strike, and what the log says of them. */
export const FAULTS: [string, FaultKind, RegExp][] = [
  ['401', { kind: 'status', status: 401 }, /answered 401 .*access token/],
  [
    '403 for want of a scope',
    { kind: 'status', status: 403, text: lackOfScope },
    /answered 403 .*lacks a scope \(required: repository;/,
  ],
  ['500', { kind: 'status', status: 500 }, /answered 500/],
  [
    '502 as HTML',
    { kind: 'status', status: 502, html: badGateway },
    /answered 502 .*Bitbucket says: Bad gateway/,
  ],
  ['503', { kind: 'status', status: 503 }, /answered 503/],
  ['504', { kind: 'status', status: 504 }, /answered 504/],
  ['555', { kind: 'status', status: 555 }, /answered 555: the listing takes/],
  ['204', { kind: 'status', status: 204 }, /answered 204/],
  ['a body cut short', { kind: 'cutBody' }, /the connection failed/],
  ['an empty body', { kind: 'emptyBody' }, /the answer is empty/],
  [
    'broken gzip',
    { kind: 'brokenGzip' },
    /the compressed body is broken or cut short/,
  ],
  [
    'a connection dropped before the headers',
    { kind: 'dropSocket', when: 'beforeHeaders' },
    /the connection failed \(ECONNRESET\)/,
  ],
  [
    'a connection dropped in the body',
    { kind: 'dropSocket', when: 'inBody' },
    /the connection failed/,
  ],
];

/** Faults that take their time. */
export const SLOW_FAULTS: typeof FAULTS = [
  [
    'no answer',
    { kind: 'hang', when: 'beforeHeaders' },
    /no complete answer within the time limit/,
  ],
  [
    'no body',
    { kind: 'hang', when: 'afterHeaders' },
    /no complete answer within the time limit/,
  ],
];

/** Faults of lists, which are JSON. */
export const LIST_FAULTS: typeof FAULTS = [
  ['a body that is not JSON', { kind: 'notJson' }, /the answer is not JSON/],
  [
    'a list in place of an object',
    { kind: 'json', change: () => [] },
    /not have the expected shape/,
  ],
  [
    'an object without values',
    { kind: 'json', change: () => ({}) },
    /not have the expected shape: values: /,
  ],
  [
    'rows of the wrong type',
    { kind: 'json', change: () => ({ values: [5] }) },
    /not have the expected shape: values\[0\]: /,
  ],
];

/** What Bitbucket says when it wants to be left alone, and the status it is known by. */
export const RESTS: [string, FaultKind, number][] = [
  ['429', { kind: 'status', status: 429 }, 429],
  [
    '429 for a second',
    { kind: 'status', status: 429, headers: { 'Retry-After': '1' } },
    429,
  ],
  ['429 for an hour', { kind: 'status', status: 429, headers: anHour }, 429],
  ['503 for an hour', { kind: 'status', status: 503, headers: anHour }, 503],
];

const withNext = (next: string): FaultKind => ({
  kind: 'json',
  change: body => ({ ...Object(body), next }),
});

/** Answers that send a walk elsewhere; `elsewhere` is another origin. */
type Detour = [
  string,
  (urls: { self: string; elsewhere: string }) => FaultKind,
  RegExp,
];

export const DETOURS: Detour[] = [
  [
    'a circle of redirects',
    ({ self }) => ({ kind: 'redirect', location: self }),
    /redirects in a circle/,
  ],
  [
    'a redirect to another host',
    ({ elsewhere }) => ({ kind: 'redirect', location: elsewhere }),
    /redirects to another origin, http/,
  ],
];

export const LIST_DETOURS: Detour[] = [
  [
    'a circle of pages',
    ({ self }) => withNext(self),
    /the pages of the list lead in a circle/,
  ],
  [
    'a next page on another host',
    ({ elsewhere }) => withNext(elsewhere),
    /the link to the next page leads to another origin, http/,
  ],
];

/** What Bitbucket says when it will not show something, or a gateway in its place. */
export const REFUSALS: [string, FaultKind, RegExp, string][] = [
  [
    '403',
    { kind: 'status', status: 403, message: 'You do not have access.' },
    /answered 403/,
    'unreadable',
  ],
  [
    '404 for the repository',
    {
      kind: 'status',
      status: 404,
      message:
        'You may not have access to this repository or it no longer exists in this workspace.',
    },
    /answered 404/,
    'vanished',
  ],
  [
    '404 for the URL',
    { kind: 'status', status: 404, message: 'Resource not found' },
    /answered 404/,
    'unreadable',
  ],
  [
    '404 of a gateway',
    { kind: 'status', status: 404, html: '<title>Not here</title>' },
    /answered 404/,
    'unreadable',
  ],
  [
    '410',
    { kind: 'status', status: 410, message: 'This workspace is gone.' },
    /answered 410/,
    'unreadable',
  ],
];
