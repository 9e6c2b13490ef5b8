import { Headers } from 'node-fetch';
import { fakeTiming, recordingLogger } from './__testUtils__';
import { RateLimitedError } from './errors';
import { withHostPause } from './hostPause';
import { HttpResponse } from './transport';

describe('withHostPause', () => {
  const request = {
    method: 'GET' as const,
    url: 'https://api.bitbucket.org/2.0/x',
  };
  const response = (
    status: number,
    headers: Record<string, string> = {},
    body = '',
  ): HttpResponse => ({
    status,
    headers: new Headers(headers),
    body: Buffer.from(body),
  });

  function setUp(...responses: HttpResponse[]) {
    const timing = fakeTiming();
    const logger = recordingLogger();
    const sent: number[] = [];
    const start = timing.now();
    const send = withHostPause(
      async () => {
        sent.push(timing.now() - start);
        return responses.shift() ?? response(200);
      },
      { timing, logger },
    );
    return { send, sent, timing, logger };
  }

  it.each([429, 503])(
    'keeps all requests back for as long as a %i asks',
    async status => {
      const { send, sent } = setUp(response(status, { 'Retry-After': '20' }));
      await send(request).catch(() => {});
      await Promise.all([send(request), send(request)]);
      expect(sent).toEqual([0, 20_000, 20_000]);
    },
  );

  it('makes an error of a 429 that says when to come back', async () => {
    const { send } = setUp(
      response(429, { 'Retry-After': '20' }, 'Rate limit exceeded'),
    );
    const failure = send(request);
    await expect(failure).rejects.toThrow(RateLimitedError);
    await expect(failure).rejects.toThrow('Rate limit exceeded');
    await expect(failure).rejects.toMatchObject({
      status: 429,
      retryAt: new Date('2026-11-22T12:00:20Z'),
    });
  });

  it('keeps the words of the token endpoint to itself', async () => {
    const { send } = setUp(response(429, {}, 'Too many tokens for key-1'));
    const failure = send({ ...request, method: 'POST' });
    await expect(failure).rejects.toMatchObject({
      name: 'RateLimitedError',
      bitbucketMessage: undefined,
      message: expect.not.stringContaining('key-1'),
    });
  });

  it('lets other answers pass without a pause', async () => {
    const { send, sent } = setUp(
      response(200, { 'Retry-After': '20' }),
      response(503),
      response(500, { 'Retry-After': '20' }),
    );
    for (let i = 0; i < 4; i += 1) {
      await send(request);
    }
    expect(sent).toEqual([0, 0, 0, 0]);
  });

  it.each([429, 503])(
    'sends nothing more when a %i names a time too far away',
    async status => {
      const { send, sent, timing } = setUp(
        response(status, { 'Retry-After': '600' }),
      );
      const expected = {
        name: 'RateLimitedError',
        status,
        retryAt: new Date('2026-11-22T12:10:00Z'),
      };
      await expect(send(request)).rejects.toMatchObject(expected);
      await expect(send(request)).rejects.toMatchObject(expected);
      expect(sent).toHaveLength(1);

      // Near enough to wait for what is left of it.
      timing.advance(550_000);
      await send(request);
      expect(sent).toEqual([0, 600_000]);
    },
  );

  it('doubles the pause while nothing is said about its length', async () => {
    const { send, timing } = setUp(
      response(429),
      response(429),
      response(429),
      response(200),
      response(429),
    );
    for (let i = 0; i < 3; i += 1) {
      await expect(send(request)).rejects.toThrow(RateLimitedError);
    }
    await send(request);
    expect(timing.waits).toEqual([500, 1_000, 2_000]);

    await expect(send(request)).rejects.toThrow(RateLimitedError);
    await send(request);
    expect(timing.waits.at(-1)).toBe(500);
  });

  it('takes several 429s at once for one', async () => {
    const { send, timing, logger } = setUp(
      response(429),
      response(429),
      response(429),
    );
    await Promise.allSettled([send(request), send(request), send(request)]);
    await send(request);
    expect(timing.waits).toEqual([500]);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message:
          'Bitbucket Cloud answered 429; no requests are sent until 2026-11-22T12:00:00.500Z (GET https://api.bitbucket.org/2.0/x)',
      },
    ]);
  });

  it('goes on waiting when the pause grows meanwhile', async () => {
    const { send, sent, timing } = setUp(
      response(429, { 'Retry-After': '5' }),
      response(429, { 'Retry-After': '10' }),
    );
    const first = send(request);
    const second = send(request);
    await expect(first).rejects.toThrow(RateLimitedError);
    await expect(second).rejects.toThrow(RateLimitedError);
    await send(request);
    expect(sent).toEqual([0, 0, 10_000]);
    expect(timing.waits).toEqual([10_000]);
  });

  it('ends the wait when the caller gives up', async () => {
    const { send, sent } = setUp(response(429, { 'Retry-After': '20' }));
    await expect(send(request)).rejects.toThrow(RateLimitedError);
    const signal = AbortSignal.abort();
    await expect(send({ ...request, signal })).rejects.toBe(signal.reason);
    expect(sent).toHaveLength(1);
  });
});
