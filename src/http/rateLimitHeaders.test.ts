import { Headers } from 'node-fetch';
import { readRateLimitHeaders } from './retryAfter';

describe('readRateLimitHeaders', () => {
  const read = (headers: Record<string, string>) =>
    readRateLimitHeaders(new Headers(headers), Date.UTC(2026, 10, 22, 12));

  it('reads all of them', () => {
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

  it('needs none of them', () => {
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
