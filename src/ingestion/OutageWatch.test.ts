import { OutageWatch } from './walkRepositories';

describe('OutageWatch', () => {
  /** `+a` begins a look, `*a` one of a repository that keeps failing, `a!` fails, `a` succeeds. */
  function isOutage(events: string): boolean {
    const watch = new OutageWatch();
    const failures = new Map<string, () => boolean>();
    let result = false;
    for (const event of events.split(' ')) {
      const name = event.replace(/[+*!]/, '');
      if (/^[+*]/.test(event)) {
        failures.set(name, watch.begin(event.startsWith('*')));
      } else if (event.endsWith('!')) {
        result = failures.get(name)!();
      } else {
        watch.succeed();
      }
    }
    return result;
  }

  it.each<[string, string, boolean]>([
    ['one failure', '+a a!', false],
    ['two failures', '+a a! +b b!', false],
    ['three in a row', '+a a! +b b! +c c!', true],
    ['three at once', '+a +b +c a! b! c!', true],
    ['three after a success', '+a a +b b! +c c! +d d!', true],
    ['a success in between', '+a a! +b b! +c c +d d!', false],
    ['three while others are read', '+a +b +c +d d a! b! c!', false],
    [
      'three after the others that were under way',
      '+a +b +c +d d a! b! c! +e +f +g e! f! g!',
      true,
    ],
    ['those that keep failing', '*a a! *b b! *c c! *d d!', false],
    ['one that keeps failing', '*a a! +b b! +c c!', false],
  ])('takes %s (%s) for an outage: %s', (_, events, expected) => {
    expect(isOutage(events)).toBe(expected);
  });
});
