import { InputError } from '@backstage/errors';
import {
  BlockedError,
  ForbiddenError,
  Missing,
  NotFoundError,
  RateLimitedError,
  TooMuchError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../scm/errors';
import {
  afterFailure,
  Attempts,
  Concern,
  concernOf,
  isHeldBack,
  isRefusal,
  waitAfter,
} from './failures';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const details = (status?: number) => ({ method: 'GET', url: '/x', status });
const notFound = (missing: Missing) =>
  new NotFoundError('', { ...details(404), missing });
const unexpected = (status: number) =>
  new UnexpectedResponseError('', details(status));

describe('concernOf', () => {
  const required = ['repository'];
  const retryAt = new Date();

  it.each<[string, Error, Concern]>([
    ['401', new UnauthorizedError('', details(401)), 'everything'],
    [
      'a missing scope',
      new ForbiddenError('', { ...details(403), required }),
      'everything',
    ],
    [
      'a used-up quota',
      new RateLimitedError('', { ...details(), retryAt }),
      'everything',
    ],
    ['a missing workspace', notFound('workspace'), 'either'],
    ['an abort', new DOMException('', 'AbortError'), 'everything'],
    ['a fault of the database', new Error('SQLITE_FULL'), 'everything'],
    ['403', new ForbiddenError('', details(403)), 'repository'],
    ['404 for the repository', notFound('repository'), 'repository'],
    ['404 for a commit', notFound('ref'), 'repository'],
    ['404 without known words', notFound('unknown'), 'repository'],
    ['402', new BlockedError('', details(402)), 'repository'],
    ['409', unexpected(409), 'repository'],
    ['a malformed body', unexpected(200), 'repository'],
    ['too large a listing', new TooMuchError('', details(555)), 'repository'],
    ['a name that no URL can hold', new InputError(''), 'repository'],
    ['503', new UnavailableError('', details(503)), 'either'],
    ['a failed connection', new UnavailableError('', details()), 'either'],
  ])('takes %s to concern: %2$s', (_, error, expected) => {
    expect(concernOf(error)).toBe(expected);
  });

  it.each<[string, Error, boolean]>([
    ['403', new ForbiddenError('', details(403)), true],
    ['404 for the repository', notFound('repository'), true],
    ['402', new BlockedError('', details(402)), true],
    ['451', new BlockedError('', details(451)), true],
    ['409', unexpected(409), false],
    ['404 for a commit', notFound('ref'), false],
    ['503', new UnavailableError('', details(503)), false],
  ])('takes %s for a refusal of all requests: %2$s', (_, error, expected) => {
    expect(isRefusal(error)).toBe(expected);
  });
});

describe('a request that fails time and again', () => {
  it('is repeated at once, and then at growing intervals up to a day', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 100].map(
      attempts => waitAfter(attempts) / MINUTE,
    );
    expect(minutes).toEqual([0, 2, 12, 72, 432, 1440, 1440, 1440]);
  });

  it.each<[string, Attempts | undefined, Attempts]>([
    ['first', undefined, { since: DAY, failedAt: DAY, attempts: 1 }],
    [
      'again',
      { since: 5, failedAt: DAY - MINUTE, attempts: 2 },
      { since: 5, failedAt: DAY, attempts: 3 },
    ],
    [
      'for two who ask at once',
      { since: 5, failedAt: DAY - 1_000, attempts: 2 },
      { since: 5, failedAt: DAY, attempts: 2 },
    ],
  ])('counts a failure %s', (_, before, expected) => {
    const { retryAt, ...after } = afterFailure(before, DAY);
    expect(after).toEqual(expected);
    expect(retryAt).toBe(DAY + waitAfter(expected.attempts));
  });

  it.each<[string, string, number, boolean]>([
    ['before its time', 'same', DAY + MINUTE, true],
    ['at its time', 'same', DAY, false],
    ['after a push', 'other', DAY + MINUTE, false],
    ['when the clock was set back', 'same', 3 * DAY, false],
  ])('is held back %s: %3$s', (_, stamp, retryAt, expected) => {
    expect(isHeldBack({ stamp: 'same', retryAt }, stamp, DAY)).toBe(expected);
  });
});
