import { FaultKind, FaultTarget, Random } from '../../dev/simulator';
import { World } from './World';

type Endpoint = FaultTarget['endpoint'];

/** What a request may be for; undefined is any. */
const ANYTHING: Endpoint[] = [
  undefined,
  'repositories',
  'repository',
  'src',
  'diffstat',
];

/** Lists are JSON, and what is sent in the place of one is known for what it is. */
const LISTS: Endpoint[] = ['repositories'];

/** What is about a single repository. */
const SOURCE: Endpoint[] = ['src'];

const status = (code: number, more: object = {}): FaultKind => ({
  kind: 'status',
  status: code,
  ...more,
});

const FAULTS: [name: string, kind: FaultKind, endpoints: Endpoint[]][] = [
  ['500', status(500), ANYTHING],
  ['502 as HTML', status(502, { html: '<title>Bad</title>' }), ANYTHING],
  ['503', status(503), ANYTHING],
  ['504', status(504), ANYTHING],
  ['555', status(555), ANYTHING],
  ['401', status(401), ANYTHING],
  ['429', status(429, { headers: { 'Retry-After': '2' } }), ANYTHING],
  ['503 for 3 s', status(503, { headers: { 'Retry-After': '3' } }), ANYTHING],
  ['no answer', { kind: 'hang', when: 'beforeHeaders' }, ANYTHING],
  ['no body', { kind: 'hang', when: 'afterHeaders' }, ANYTHING],
  ['dropped', { kind: 'dropSocket', when: 'beforeHeaders' }, ANYTHING],
  ['dropped in the body', { kind: 'dropSocket', when: 'inBody' }, ANYTHING],
  ['a body cut short', { kind: 'cutBody' }, ANYTHING],
  ['broken gzip', { kind: 'brokenGzip' }, ANYTHING],
  ['a late answer', { kind: 'delay', milliseconds: 700 }, ANYTHING],
  ['a slow answer', { kind: 'drip', bytes: 4_000 }, ANYTHING],
  ['403', status(403), SOURCE],
  ['404 for the URL', status(404, { message: 'Not here' }), SOURCE],
  ['404 for the repository', vanished(), SOURCE],
  ['an empty body', { kind: 'emptyBody' }, LISTS],
  ['no JSON', { kind: 'notJson' }, LISTS],
  ['a list without some of its rows', { kind: 'json', change: leak }, LISTS],
  ['a list that is not a list', { kind: 'json', change: () => ({}) }, LISTS],
];

function vanished(): FaultKind {
  const message =
    'You may not have access to this repository or it no longer exists in this workspace.';
  return status(404, { message });
}

/** Every fifteenth row is missing, as when rows shift between pages. */
function leak(body: unknown): unknown {
  const page = body as { values: unknown[] };
  return { ...page, values: page.values.filter((_, row) => row % 15 !== 7) };
}

/**
 * Lets something go wrong: for all requests of a kind or some of them, until all
 * faults are ended or just for so many.
 *
 * @returns what it is
 */
export function strike(world: World, random: Random): string {
  const [name, kind, endpoints] = random.pick(FAULTS);
  const endpoint = random.pick(endpoints);
  const skip = random.below(20);
  const times = random.chance(0.5) ? 1 + random.below(30) : undefined;
  world.faults.add({ ...kind, endpoint, skip, times });
  return `${name}, ${endpoint ?? 'anything'}, ${times ?? 'all'} after ${skip}`;
}

/** Hides so many repositories from the credential that their removal must not be believed. */
export function darken(world: World, random: Random): string {
  const { repositories } = world;
  const lost = random.sample(
    repositories,
    Math.ceil(0.6 * repositories.length),
  );
  // What is lost while a list is read may be few enough to go.
  lost.forEach(repository => world.touch(repository));
  world.blackout = new Set(lost.map(({ uuid }) => uuid));
  return `${lost.length} repositories`;
}
