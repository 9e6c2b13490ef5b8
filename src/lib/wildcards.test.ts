import { minimatch } from 'minimatch';
import { createPathMatcher } from './globs';

describe('createPathMatcher', () => {
  const paths = lists(['a', 'b', 'ab', 'aab', 'a.b'], 3).map(segments =>
    segments.join('/'),
  );
  const patterns = lists(['a', '*', '**', 'a*', '*b', 'a*b', '*a*b'], 3);

  it.each(patterns.map(segments => [segments.join('/')]))(
    'finds for %s what a shell would find',
    pattern => {
      const matches = createPathMatcher(pattern);
      expect(paths.filter(matches)).toEqual(
        paths.filter(path => minimatch(path, pattern, { dot: true })),
      );
    },
  );

  it.each([
    [`${'*a'.repeat(100)}.yaml`, `${'a'.repeat(5_000)}b`],
    [`${'**/a/'.repeat(100)}b`, `${'a/'.repeat(1_000)}c`],
  ])('gives an answer to %s', (pattern, path) => {
    expect(createPathMatcher(pattern)(path)).toBe(false);
  });
});

/** All lists of up to so many of some items. */
function lists(items: string[], length: number): string[][] {
  const shorter = length > 1 ? lists(items, length - 1) : [[]];
  return [
    ...shorter.filter(list => list.length > 0),
    ...shorter
      .filter(list => list.length === length - 1)
      .flatMap(list => items.map(item => [...list, item])),
  ];
}
