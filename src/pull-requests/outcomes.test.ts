import { judgeReading } from './outcomes';

type Reading = Parameters<typeof judgeReading>[0];
type Other = Reading['others'][number];

const OLD = 'a'.repeat(40);
const HEAD = 'b'.repeat(40);
const NEW = 'c'.repeat(40);
const STARTED_AT = 10_000;

function side(commit: string, branch = 'main') {
  return {
    source: { branch: 'feature/x', commit },
    destination: { branch, commit: 'd'.repeat(12) },
  };
}

/** A read of a commit, and when the host says that the pull request changed last. */
function read(
  commit: string,
  options: { at?: number; branch?: string; state?: 'open' | 'merged' } = {},
): Reading['read'] {
  const { at, branch, state = 'open' } = options;
  return { ...side(commit, branch), state, updatedAt: at };
}

function run(
  head: string,
  { at, startedAt = 0 }: { at?: number; startedAt?: number },
): Other {
  const { destination } = side(head);
  return { head, destination, startedAt, pullRequestAt: at };
}

/** The run that is judged began with HEAD, of time 5 by the host's clock. */
describe('judgeReading', () => {
  it.each<
    [
      string,
      Partial<Omit<Reading, 'read'>> & { read: Reading['read'] },
      ReturnType<typeof judgeReading>,
    ]
  >([
    ['goes on with the same head', { read: read(HEAD, { at: 5 }) }, 'same'],
    [
      'goes on with the same head of a pull request that has changed otherwise',
      { read: read(HEAD.slice(0, 12), { at: 9 }) },
      'same',
    ],
    [
      'goes on with a head that it did not find before',
      {
        read: read(HEAD, { at: 5 }),
        namedInstead: { head: OLD, branch: 'main' },
      },
      'same',
    ],
    [
      'goes on with the same head that is the head again, whatever is read',
      {
        begun: { ...side(HEAD), updatedAt: 8 },
        read: read(HEAD, { at: 5 }),
        others: [run(NEW, { at: 6 })],
      },
      'same',
    ],
    [
      'goes on with the same head where an event of another head is older',
      { read: read(HEAD, { at: 9 }), others: [run(NEW, { at: 6 })] },
      'same',
    ],
    [
      'goes on with the same head where the host tells no times',
      {
        begun: side(HEAD),
        read: read(HEAD),
        others: [run(NEW, { startedAt: STARTED_AT + 1 })],
      },
      'same',
    ],
    [
      'ends where an event tells of a later head than what is read',
      { read: read(HEAD, { at: 5 }), others: [run(NEW, { at: 6 })] },
      'outdated',
    ],
    [
      'ends where the pull request was merged',
      { read: read(HEAD, { at: 9, state: 'merged' }) },
      'closed',
    ],
    [
      'makes way for a later head whose delivery was lost',
      { read: read(NEW, { at: 6 }) },
      'superseded',
    ],
    [
      'makes way for another destination',
      { read: read(HEAD, { at: 6, branch: 'next' }) },
      'superseded',
    ],
    [
      'makes way for the run of a later head',
      { read: read(NEW, { at: 6 }), others: [run(NEW, { at: 6 })] },
      'superseded',
    ],
    [
      'makes way for the run of a later head, whatever is read',
      { read: read(OLD, { at: 4 }), others: [run(NEW, { at: 6 })] },
      'superseded',
    ],
    [
      'waits where the host names the head of an earlier run',
      { read: read(OLD, { at: 4 }), others: [run(OLD, { at: 4 })] },
      'stale',
    ],
    [
      'waits where the host names the head of an earlier run, and knows of a later change',
      { read: read(OLD, { at: 6 }), others: [run(OLD, { at: 4 })] },
      'stale',
    ],
    [
      'waits where the host names an earlier head that was never checked',
      { read: read(OLD, { at: 4 }) },
      'stale',
    ],
    [
      'waits as long as the host shows a time before the delivery',
      {
        read: read(OLD, { at: 4 }),
        namedInstead: { head: OLD, branch: 'main' },
      },
      'stale',
    ],
    [
      'makes way for a head that was checked before once two reads agree, as after a forced push',
      {
        read: read(OLD, { at: 6 }),
        others: [run(OLD, { at: 4 })],
        namedInstead: { head: OLD, branch: 'main' },
      },
      'superseded',
    ],
    [
      'waits where two reads disagree',
      {
        read: read(OLD, { at: 5 }),
        namedInstead: { head: NEW, branch: 'main' },
      },
      'stale',
    ],
    ['waits where the host tells no times', { read: read(OLD) }, 'stale'],
    [
      'believes two reads where the host tells no times',
      { read: read(NEW), namedInstead: { head: NEW, branch: 'main' } },
      'superseded',
    ],
    [
      'makes way for a run that began later where the host tells no times',
      {
        read: read(NEW),
        others: [run(NEW, { startedAt: STARTED_AT + 1 })],
      },
      'superseded',
    ],
    [
      'does not make way for a run that began before where the host tells no times',
      {
        read: read(OLD),
        others: [run(OLD, { startedAt: STARTED_AT - 1 })],
      },
      'stale',
    ],
  ])('%s', (_, given, verdict) => {
    expect(
      judgeReading({
        begun: { ...side(HEAD.slice(0, 12)), updatedAt: 5 },
        startedAt: STARTED_AT,
        others: [],
        namedInstead: undefined,
        ...given,
      }),
    ).toBe(verdict);
  });
});
