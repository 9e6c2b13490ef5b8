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
    expect([...matcher.select([...matching, ...others])]).toEqual(matching);
  });

  it('gives up on an expression that takes too long', () => {
    const matcher = parseValueMatcher('(a+)+b');
    expect([...matcher.select(['aab', 'c'])]).toEqual(['aab']);
    expect(() => matcher.select(['a'.repeat(60)])).toThrow(
      'the regular expression (a+)+b takes more than 1000 ms to match. Write it without a repetition within a repetition, such as (a+)+',
    );
    expect([...matcher.select(['ab'])]).toEqual(['ab']);
  });
});
