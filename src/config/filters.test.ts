import { parseValueMatcher } from './filters';

describe('parseValueMatcher', () => {
  it.each([
    ['foo|bar', ['foo', 'bar'], ['foozzz', 'zzzbar', 'foobar', 'FOO', '']],
    ['^foo|bar$', ['foo', 'bar'], ['foozzz', 'zzzbar']],
    ['^foo$', ['foo'], ['foo2', 'a-foo']],
    ['team-.*', ['team-', 'team-a.b'], ['my-team-a']],
    ['(?!old-).*', ['new'], ['old-one']],
    ['a.c', ['abc'], ['a\nc', 'abcd']],
  ])('%s matches whole values', (pattern, matching, others) => {
    const matcher = parseValueMatcher(pattern);
    expect(matcher.pattern).toBe(pattern);
    expect(matching.filter(value => !matcher.matches(value))).toEqual([]);
    expect(others.filter(value => matcher.matches(value))).toEqual([]);
  });
});
