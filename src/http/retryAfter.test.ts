import { Headers } from 'node-fetch';
import { readRetryAfter } from './retryAfter';

describe('readRetryAfter', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const read = (headers: Record<string, string>, status = 429) =>
    readRetryAfter({ status, headers: new Headers(headers) }, now);

  it.each([
    ['seconds', '30', 30_000],
    ['no time at all', '0', 0],
    ['part of a second', '1.5', 1_500],
    ['an HTTP date', 'Sun, 22 Nov 2026 12:00:10 GMT', 10_000],
    ['an HTTP date gone by', 'Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['more than an hour, as an hour', '86400', 3_600_000],
    ['a date far away, as an hour', 'Tue, 22 Nov 2039 12:00:00 GMT', 3_600_000],
    ['a negative number, as nothing', '-5', undefined],
    ['nonsense, as nothing', 'soon', undefined],
    ['an empty value, as nothing', '', undefined],
    ['a date that is none, as nothing', 'Sun, 99 Nov 2026 GMT', undefined],
  ])('reads %s', (_, value, expected) => {
    expect(read({ 'Retry-After': value })).toBe(expected);
  });

  it("takes a date relative to the server's clock", () => {
    expect(
      read({
        'Retry-After': 'Sun, 22 Nov 2026 18:00:05 GMT',
        Date: 'Sun, 22 Nov 2026 18:00:00 GMT',
      }),
    ).toBe(5_000);
  });

  it('makes do with X-RateLimit-Reset for a 429', () => {
    expect(read({ 'X-RateLimit-Reset': '90' })).toBe(90_000);
    expect(read({ 'X-RateLimit-Reset': '90', 'Retry-After': '5' })).toBe(5_000);
    expect(read({ 'X-RateLimit-Reset': '90', 'Retry-After': '?' })).toBe(
      90_000,
    );
    expect(read({ 'X-RateLimit-Reset': '90' }, 200)).toBeUndefined();
  });

  it('does not take a point in time for a number of seconds', () => {
    expect(read({ 'X-RateLimit-Reset': '1795348800' })).toBeUndefined();
  });

  it('knows when nothing is said', () => {
    expect(read({})).toBeUndefined();
  });
});
