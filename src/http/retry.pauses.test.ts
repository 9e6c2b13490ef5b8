import { Headers } from 'node-fetch';
import { readRateLimitHeaders, readRetryAfter } from './retry';

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

  it('falls back to X-RateLimit-Reset for a 429', () => {
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

  it('returns undefined without the header', () => {
    expect(read({})).toBeUndefined();
  });
});

describe('readRateLimitHeaders', () => {
  const read = (headers: Record<string, string>) =>
    readRateLimitHeaders(new Headers(headers), Date.UTC(2026, 10, 22, 12));

  it('reads the headers', () => {
    expect(
      read({
        'X-RateLimit-Limit': '1000',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Resource': 'repositories',
        'X-RateLimit-Reset': '90',
      }),
    ).toEqual({
      limit: 1000,
      remaining: 0,
      resource: 'repositories',
      resetMs: 90_000,
    });
  });

  it('reads those headers that are there', () => {
    expect(read({})).toEqual({});
    expect(read({ 'X-RateLimit-Remaining': '7' })).toEqual({ remaining: 7 });
  });

  it.each([
    ['1000, 1000;w=3600', 1000],
    ['10000;w=3600', 10_000],
    [' 60 ', 60],
  ])('takes the first number of the limit "%s"', (value, limit) => {
    expect(read({ 'X-RateLimit-Limit': value })).toEqual({ limit });
  });

  it.each(['0', '-1', '1.5', '1e3', 'unlimited', '1000000', ''])(
    'reads past the limit "%s"',
    value => {
      expect(
        read({ 'X-RateLimit-Limit': value, 'X-RateLimit-Remaining': '7' }),
      ).toEqual({ remaining: 7 });
    },
  );

  it.each(['-1', '0.5', 'many', '9999999'])(
    'reads past "%s" requests that remain',
    value => {
      expect(read({ 'X-RateLimit-Remaining': value })).toEqual({});
    },
  );

  it('uses nothing that is about another window than an hour', () => {
    expect(
      read({
        'X-RateLimit-Limit': '10, 10;w=60',
        'X-RateLimit-Remaining': '0',
      }),
    ).toEqual({});
  });

  it('prefers Retry-After, and takes no epoch for seconds', () => {
    expect(
      read({ 'Retry-After': '5', 'X-RateLimit-Reset': '90' }).resetMs,
    ).toBe(5_000);
    expect(read({ 'X-RateLimit-Reset': '1795348800' }).resetMs).toBe(undefined);
  });
});
