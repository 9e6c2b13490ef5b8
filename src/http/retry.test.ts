import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import {
  NotFoundError,
  RateLimitedError,
  UnavailableError,
  UnexpectedResponseError,
} from '../scm/errors';
import { MalformedBodyError } from './responseBody';
import { backoff, retry } from './retry';

describe('retry', () => {
  const details = { method: 'GET', url: 'https://api.bitbucket.org/2.0/x' };
  const logger = recordingLogger();

  const countAttempts = async (error: unknown, timing = fakeTiming()) => {
    const attempt = jest.fn().mockRejectedValue(error);
    await expect(retry(attempt, { timing, logger })).rejects.toBe(error);
    return attempt.mock.calls.length;
  };

  it.each([
    ['a network fault', new UnavailableError('', details)],
    ['500', new UnavailableError('', { ...details, status: 500 })],
    ['502', new UnavailableError('', { ...details, status: 502 })],
    ['503', new UnavailableError('', { ...details, status: 503 })],
    ['504', new UnavailableError('', { ...details, status: 504 })],
    ['a body that is not JSON', new MalformedBodyError('', details)],
  ])('tries again after %s, up to the limit', async (_, error) => {
    expect(await countAttempts(error)).toBe(4);
  });

  it.each([
    ['501', new UnavailableError('', { ...details, status: 501 })],
    ['555', new UnavailableError('', { ...details, status: 555 })],
    ['404', new NotFoundError('', { ...details, missing: 'path' })],
    ['an unexpected shape', new UnexpectedResponseError('', details)],
    ['a mistake of ours', new TypeError('oops')],
    ['an abort', AbortSignal.abort().reason],
  ])('does not try again after %s', async (_, error) => {
    expect(await countAttempts(error)).toBe(1);
  });

  it('tries again after 429 if its end is near', async () => {
    const timing = fakeTiming();
    const limited = (ms: number) =>
      new RateLimitedError('', {
        ...details,
        retryAt: new Date(timing.now() + ms),
      });
    expect(await countAttempts(limited(60_000), timing)).toBe(4);
    expect(await countAttempts(limited(3_600_000), timing)).toBe(1);
  });

  it('gives the first success', async () => {
    const attempt = jest
      .fn()
      .mockRejectedValueOnce(new UnavailableError('', details))
      .mockResolvedValue('answer');
    const timing = fakeTiming();
    await expect(retry(attempt, { timing, logger })).resolves.toBe('answer');
    expect(timing.waits).toEqual([500]);
  });

  it('waits twice as long each time', async () => {
    const timing = fakeTiming();
    await countAttempts(new UnavailableError('', details), timing);
    expect(timing.waits).toEqual([500, 1_000, 2_000]);
  });

  it('ends the wait when the caller gives up', async () => {
    const controller = new AbortController();
    const attempt = jest.fn().mockImplementation(async () => {
      controller.abort();
      throw new UnavailableError('', details);
    });
    const { signal } = controller;
    await expect(
      retry(attempt, { timing: fakeTiming(), logger, signal }),
    ).rejects.toBe(signal.reason);
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it('says in the debug log why it tries again', async () => {
    await countAttempts(new UnavailableError('answered 502', details));
    expect(logger.lines).toContainEqual({
      level: 'debug',
      message:
        'GET https://api.bitbucket.org/2.0/x: answered 502; trying again in 500 ms',
    });
  });
});

describe('backoff', () => {
  it('lies between half and all of the doubling wait, up to its maximum', () => {
    const shortest = fakeTiming({ random: () => 0 });
    const longest = fakeTiming();
    expect([1, 2, 7, 99].map(n => backoff(n, shortest))).toEqual([
      250, 500, 15_000, 15_000,
    ]);
    expect([1, 2, 7, 99].map(n => backoff(n, longest))).toEqual([
      500, 1_000, 30_000, 30_000,
    ]);
  });
});
