import { Headers } from 'node-fetch';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { RateLimitedError } from '../scm/errors';
import { withHostPause } from './hostPause';
import { Timing } from './retry';
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

  const MINUTE = 60_000;

  const HOST = {
    product: 'Bitbucket Cloud',
    repositoryOf: (url: string) =>
      /\/repositories\/([^/]+\/[^/]+)/.exec(url)?.[1],
  };

  function setUp(...responses: (HttpResponse | Error)[]) {
    return setUpWith({}, ...responses);
  }

  function setUpWith(
    overrides: Partial<Timing>,
    ...responses: (HttpResponse | Error)[]
  ) {
    const timing = fakeTiming(overrides);
    const logger = recordingLogger();
    const sent: number[] = [];
    const start = timing.now();
    const send = withHostPause(
      async () => {
        sent.push(timing.now() - start);
        const next = responses.shift() ?? response(200);
        if (next instanceof Error) {
          throw next;
        }
        return next;
      },
      { ...HOST, timing, logger, isCounted: ({ method }) => method === 'GET' },
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

  it('turns a 429 into an error that says when requests are sent again', async () => {
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

  describe('after a 503 with Retry-After for single repositories', () => {
    const of = (repository: string) => ({
      ...request,
      url: `https://api.bitbucket.org/2.0/repositories/acme/${repository}/src/c/a.yaml`,
    });
    const busy = (seconds: number) =>
      response(503, { 'Retry-After': `${seconds}` });

    it('holds the requests to that repository alone, however often it asks', async () => {
      const { send, sent, timing, logger } = setUp(
        ...[busy(600), response(200), busy(600), response(200), busy(600)],
      );
      for (let times = 0; times < 2; times += 1) {
        expect((await send(of('a'))).status).toBe(503);
        await expect(send(of('a'))).rejects.toMatchObject({
          name: 'UnavailableError',
          status: 503,
          message: expect.stringContaining(
            'acme/a/src/c/a.yaml: answered 503, so no requests are sent to this repository until 2026-11-22T12:',
          ),
        });
        expect((await send(of('b'))).status).toBe(200);
        timing.advance(600_000);
      }
      expect(sent).toEqual([0, 0, 600_000, 600_000]);
      expect(logger.lines).toEqual([]);
    });

    it('waits for the end of a short pause', async () => {
      const { send, sent } = setUp(busy(20));
      await send(of('a'));
      await send(of('a'));
      expect(sent).toEqual([0, 20_000]);
    });

    it('holds all requests when several repositories ask for a pause in a row', async () => {
      const { send, sent } = setUp(busy(600), busy(600), busy(600));
      await send(of('a'));
      await send(of('b'));
      const expected = { name: 'RateLimitedError', status: 503 };
      await expect(send(of('c'))).rejects.toMatchObject(expected);
      await expect(send(of('d'))).rejects.toMatchObject(expected);
      expect(sent).toHaveLength(3);
    });

    it('does not hold all requests when they ask again, with good answers in between', async () => {
      const ask = (name: string) => send(of(name)).catch(error => error);
      const { send, timing } = setUp(
        ...[busy(60), busy(60), response(200), busy(60)],
        ...[busy(60), busy(60), busy(60), response(200)],
      );
      for (const name of ['a', 'b', 'x', 'c']) {
        await ask(name);
      }
      timing.advance(60_000);
      for (const name of ['a', 'b', 'c']) {
        expect((await ask(name)).status).toBe(503);
      }
      expect((await ask('x')).status).toBe(200);
    });
  });

  describe('the pause after a 429', () => {
    /** The pauses, in seconds, that follow upon answers, each after the last one's end. */
    async function pausesAfter(...answers: HttpResponse[]): Promise<number[]> {
      const { send, timing } = setUpWith(
        { maxRetryAfterMs: 60 * MINUTE },
        ...answers,
      );
      for (const _ of answers) {
        await send(request).catch(() => {});
      }
      await send(request);
      return timing.waits.map(ms => ms / 1000);
    }
    const asking = (seconds: number) =>
      response(429, { 'Retry-After': `${seconds}` });

    it('grows from one minute to an hour if the answer names no length', async () => {
      expect(await pausesAfter(...Array(8).fill(response(429)))).toEqual([
        60, 120, 240, 480, 960, 1920, 3600, 3600,
      ]);
    });

    it('is twice as long as the last one, whatever Retry-After says', async () => {
      expect(
        await pausesAfter(asking(20), asking(20), asking(500), response(429)),
      ).toEqual([20, 40, 500, 1000]);
    });

    it('lasts a second at least', async () => {
      expect(await pausesAfter(asking(0), asking(0))).toEqual([1, 2]);
    });

    it('still grows if a good answer came in between, up to a limit', async () => {
      const { send, timing } = setUpWith(
        { maxRetryAfterMs: 60 * MINUTE },
        ...[429, 200, 429, 200, 429].map(status => response(status)),
      );
      const cycle = async () => {
        await expect(send(request)).rejects.toThrow(RateLimitedError);
        await send(request);
      };
      await cycle();
      await cycle();
      timing.advance(60 * MINUTE);
      await cycle();
      expect(timing.waits).toEqual([MINUTE, 2 * MINUTE, MINUTE]);
    });
  });

  describe('the first request after a pause', () => {
    /** Three requests when a pause is over, of which the first has left. */
    async function setUpThree() {
      const { promise, resolve, reject } = deferred<HttpResponse>();
      const timing = fakeTiming();
      const sent: string[] = [];
      const answers = [
        Promise.resolve(response(429, { 'Retry-After': '20' })),
        promise,
      ];
      const send = withHostPause(
        async ({ url }) => {
          sent.push(new URL(url).pathname);
          return answers.shift() ?? response(200);
        },
        {
          ...HOST,
          timing,
          logger: recordingLogger(),
          isCounted: () => true,
        },
      );
      const get = (path: string, signal?: AbortSignal) =>
        send({ method: 'GET', url: `https://bitbucket.org${path}`, signal });
      await expect(get('/0')).rejects.toThrow(RateLimitedError);
      timing.advance(20_000);
      const gaveUp = new AbortController();
      const outcomes = Promise.allSettled([
        get('/1'),
        get('/2'),
        get('/3', gaveUp.signal),
      ]);
      await new Promise(setImmediate);
      expect(sent).toEqual(['/0', '/1']);
      return { answer: resolve, fail: reject, gaveUp, outcomes, sent, timing };
    }

    const statuses = (outcomes: PromiseSettledResult<HttpResponse>[]) =>
      outcomes.map(outcome =>
        outcome.status === 'fulfilled'
          ? outcome.value.status
          : outcome.reason.name,
      );

    it('lets the others follow after a good answer', async () => {
      const { answer, outcomes, sent } = await setUpThree();
      answer(response(404));
      expect(statuses(await outcomes)).toEqual([404, 200, 200]);
      expect(sent).toEqual(['/0', '/1', '/2', '/3']);
    });

    it('holds the others after another 429', async () => {
      const { answer, outcomes, sent, timing } = await setUpThree();
      answer(response(429));
      expect(statuses(await outcomes)).toEqual(['RateLimitedError', 200, 200]);
      expect(sent).toHaveLength(4);
      expect(timing.waits).toContain(MINUTE);
    });

    it('fails the others when the next pause is too long to wait for', async () => {
      const { answer, outcomes, sent } = await setUpThree();
      answer(response(429, { 'Retry-After': '600' }));
      expect(statuses(await outcomes)).toEqual(
        Array(3).fill('RateLimitedError'),
      );
      expect(sent).toEqual(['/0', '/1']);
    });

    it('is followed by another single one if it got no answer', async () => {
      const { fail, outcomes, sent } = await setUpThree();
      fail(new TypeError('dropped'));
      expect(statuses(await outcomes)).toEqual(['TypeError', 200, 200]);
      expect(sent).toEqual(['/0', '/1', '/2', '/3']);
    });

    it('is never one that was cancelled in the meantime', async () => {
      const { answer, gaveUp, outcomes, sent } = await setUpThree();
      gaveUp.abort();
      answer(response(200));
      expect(statuses(await outcomes)).toEqual([200, 200, 'AbortError']);
      expect(sent).toEqual(['/0', '/1', '/2']);
    });
  });

  it('learns nothing from the answer to a request that is not counted', async () => {
    const { send, sent } = setUp(
      response(429, { 'Retry-After': '20' }),
      response(200),
      response(429, { 'Retry-After': '30' }),
    );
    await expect(send(request)).rejects.toThrow(RateLimitedError);
    await send({ ...request, method: 'POST' });
    await Promise.allSettled([send(request), send(request), send(request)]);
    expect(sent).toEqual([0, 20_000, 20_000, 60_000, 60_000]);
  });

  it('takes several 429s at once for one', async () => {
    const { send, timing, logger } = setUp(
      response(429),
      response(429),
      response(429),
    );
    await Promise.allSettled([send(request), send(request), send(request)]);
    await send(request);
    expect(timing.waits).toEqual([60_000]);
    expect(logger.lines).toEqual([
      {
        level: 'warn',
        message:
          'Bitbucket Cloud answered 429, so no requests are sent until 2026-11-22T12:01:00.000Z (GET https://api.bitbucket.org/2.0/x)',
      },
    ]);
  });

  it('continues to wait when the pause grows in the meantime', async () => {
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

  it('ends the pause where the clock is set back', async () => {
    const { send, sent, timing } = setUp(
      response(429, { 'Retry-After': '50' }),
      response(429, { 'Retry-After': '20' }),
    );
    await expect(send(request)).rejects.toThrow(RateLimitedError);
    timing.advance(-MINUTE);
    await expect(send(request)).rejects.toThrow(RateLimitedError);
    await send(request);
    expect(sent).toEqual([0, -MINUTE, -MINUTE + 20_000]);
  });

  it('ends the wait when the caller gives up', async () => {
    const { send, sent } = setUp(response(429, { 'Retry-After': '20' }));
    await expect(send(request)).rejects.toThrow(RateLimitedError);
    const signal = AbortSignal.abort();
    await expect(send({ ...request, signal })).rejects.toBe(signal.reason);
    expect(sent).toHaveLength(1);
  });
});

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}
