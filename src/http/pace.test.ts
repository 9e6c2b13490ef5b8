import { Headers } from 'node-fetch';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { RateLimitedError } from '../scm/errors';
import { Purpose } from '../scm/types';
import { Pace, withPace } from './pace';
import { HttpRequest, HttpResponse, Send } from './transport';

/** A clock that goes on to the end of the shortest wait when nothing else is to do. */
function steppedTiming() {
  const timing = fakeTiming();
  let sleepers: { until: number; wake(): void }[] = [];
  let isGoing = false;
  const step = () => {
    const [next] = sleepers.sort((a, b) => a.until - b.until);
    sleepers = sleepers.filter(sleeper => sleeper !== next);
    isGoing = sleepers.length > 0;
    timing.advance(Math.max(0, next.until - timing.now()));
    next.wake();
    if (isGoing) {
      setImmediate(step);
    }
  };
  return {
    ...timing,
    sleep: (ms: number) =>
      new Promise<void>(wake => {
        sleepers.push({ until: timing.now() + ms, wake });
        if (!isGoing) {
          isGoing = true;
          setImmediate(step);
        }
      }),
  };
}

type Options = Partial<ConstructorParameters<typeof Pace>[0]> & {
  /** Answers for the requests to come; 200 beyond them. */
  answers?: (number | [number, Record<string, string>])[];
};

/** What was sent when, in milliseconds from the start. */
function start({ answers = [], ...options }: Options = {}) {
  const timing = steppedTiming();
  const logger = recordingLogger();
  const begin = timing.now();
  const sent: { url: string; at: number }[] = [];
  const pace = new Pace({
    timing,
    logger,
    product: 'The host',
    concurrency: 100,
    ...options,
  });
  const transport: Send = async ({ url }): Promise<HttpResponse> => {
    sent.push({ url, at: timing.now() - begin });
    const [status, headers] = [answers.shift() ?? 200].flat() as [
      number,
      Record<string, string>?,
    ];
    return { status, headers: new Headers(headers), body: Buffer.alloc(0) };
  };
  const send = withPace(transport, pace);
  const request = (
    path: string,
    purpose: Purpose = 'read',
    rest: Partial<HttpRequest> = {},
  ) => send({ method: 'GET', url: `https://h/${path}`, purpose, ...rest });
  return { timing, logger, sent, pace, request, transport };
}

const many = (length: number) => Array.from({ length }, (_, index) => index);

const timesOf = (sent: { at: number }[]) => sent.map(({ at }) => at);

describe('A pace', () => {
  it('limits nothing at first', async () => {
    const { sent, request } = start();
    await Promise.all(many(50).map(() => request('a', 'walk')));
    expect(timesOf(sent)).toEqual(many(50).map(() => 0));
  });

  it('lets no more requests be under way than are configured', async () => {
    let underWay = 0;
    let most = 0;
    const { pace } = start({ concurrency: 3 });
    const send = withPace(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(resolve => {
        setImmediate(resolve);
      });
      underWay -= 1;
      return { status: 200, headers: new Headers(), body: Buffer.alloc(0) };
    }, pace);
    await Promise.all(
      many(10).map(() => send({ method: 'GET', url: 'https://h/a' })),
    );
    expect(most).toBe(3);
  });

  it('never exceeds a configured rate, divided by the processes that share it', async () => {
    const { sent, request } = start({
      requestsPerSecond: 4,
      processes: () => 2,
    });
    await Promise.all(many(4).map(() => request('a')));
    expect(timesOf(sent)).toEqual([0, 500, 1_000, 1_500]);
  });

  it('goes on with the rate that a refusal says is granted', async () => {
    const granted = {
      'Retry-After': '1',
      'X-RateLimit-FillRate': '20',
      'X-RateLimit-Interval-Seconds': '2',
    };
    const { sent, request } = start({ answers: [[429, granted]] });
    await expect(request('a')).rejects.toThrow('answered 429');
    await Promise.all(many(3).map(() => request('b')));
    expect(timesOf(sent)).toEqual([0, 1_000, 1_100, 1_200]);
  });

  it('leaves a fifth of the rate to what somebody waits for, which goes first', async () => {
    const { sent, request } = start({ requestsPerSecond: 10 });
    await Promise.all([
      ...many(4).map(index => request(`walk${index}`, 'walk')),
      request('a', 'interactive'),
      request('b', 'delivery'),
    ]);
    expect(sent).toEqual([
      { url: 'https://h/walk0', at: 0 },
      { url: 'https://h/a', at: 100 },
      { url: 'https://h/b', at: 200 },
      { url: 'https://h/walk1', at: 300 },
      { url: 'https://h/walk2', at: 425 },
      { url: 'https://h/walk3', at: 550 },
    ]);
  });

  it('sends no more than 4 requests of a sweep a second, and others meanwhile', async () => {
    const { sent, request } = start({
      isSweep: ({ url }) => url.includes('head'),
    });
    await Promise.all([
      ...many(3).map(() => request('head', 'walk')),
      request('file', 'walk'),
      request('head', 'interactive'),
    ]);
    expect(sent.map(({ url, at }) => `${url.slice(10)} ${at}`)).toEqual([
      'head 0',
      'file 0',
      'head 0',
      'head 250',
      'head 500',
    ]);
  });

  it.each([429, 503])(
    'pauses after a %s for a second or two, and then sends 5 a second',
    async status => {
      const { sent, request, logger } = start({ answers: [status] });
      const first = await request('a').catch(error => error);
      await Promise.all(many(3).map(() => request('b')));
      expect(first.status).toBe(status);
      expect(first instanceof RateLimitedError).toBe(status === 429);
      expect(timesOf(sent)).toEqual([0, 2_000, 2_200, 2_400]);
      expect(logger.lines).toEqual([
        {
          level: 'warn',
          message: `The host answered ${status}, so no requests are sent until 2026-11-22T12:00:02.000Z, and then at most 5 a second (GET https://h/a)`,
        },
      ]);
    },
  );

  it('takes the refusals of what was under way for one', async () => {
    const { request, pace } = start({ answers: [429, 429, 429] });
    await Promise.allSettled(many(3).map(() => request('a')));
    expect(pace.perSecond).toBe(5);
  });

  it('lowers the rate with each further refusal, and raises it while there is none', async () => {
    const { request, pace, timing } = start({ answers: [429, 429, 200] });
    await Promise.allSettled([request('a')]);
    await Promise.allSettled([request('a')]);
    expect(pace.perSecond).toBe(2.5);
    await request('a');
    timing.advance(120_000);
    expect(pace.perSecond).toBe(5);
    timing.advance(600_000);
    expect(pace.perSecond).toBe(Infinity);
  });

  it('pauses for as long as the host asks', async () => {
    const { sent, request } = start({
      answers: [[429, { 'Retry-After': '30' }]],
    });
    await Promise.allSettled([request('a')]);
    await request('b');
    expect(timesOf(sent)).toEqual([0, 30_000]);
  });

  it.each([429, 503])(
    'sends nothing after a %s until a time that is too far away is near enough',
    async status => {
      const { sent, request, timing } = start({
        answers: [[status, { 'Retry-After': '3600' }]],
      });
      for (const path of ['a', 'b']) {
        await expect(request(path)).rejects.toMatchObject({
          name: 'RateLimitedError',
          status,
          retryAt: new Date('2026-11-22T13:00:00Z'),
        });
      }
      timing.advance(3_590_000);
      await request('c');
      expect(timesOf(sent)).toEqual([0, 3_600_000]);
    },
  );

  it.each<[string, [number, string?][], string[], number, number]>([
    [
      'one repository answers 503 time and again',
      [[503], [503], [503]],
      ['x/1', 'x/2', 'x/3'],
      Infinity,
      0,
    ],
    [
      'one repository answers 503 and asks for a pause',
      [[503, '20']],
      ['x/1', 'y/1'],
      Infinity,
      0,
    ],
    [
      'several repositories answer 503',
      [[503], [503], [503]],
      ['x/1', 'y/1', 'z/1'],
      2.5,
      2,
    ],
    [
      'several repositories ask for a pause',
      [
        [503, '20'],
        [503, '20'],
      ],
      ['x/1', 'y/1'],
      5,
      1,
    ],
    ['a 503 answers no request to a repository', [[503]], [''], 5, 1],
    ['a repository answers 429', [[429]], ['x/1'], 5, 1],
  ])(
    'pauses no more than it has to where %s',
    async (_, answers, paths, perSecond, pauses) => {
      const { pace, request, logger } = start({
        answers: answers.map(([status, after]) =>
          after === undefined ? status : [status, { 'Retry-After': after }],
        ),
        repositoryOf: url => url.split('/')[3] || undefined,
      });
      for (const path of paths) {
        await request(path).catch(() => {});
      }
      expect(pace.perSecond).toBe(perSecond);
      expect(logger.lines).toHaveLength(pauses);
    },
  );

  it('leaves a repository alone that asks for it, and no other', async () => {
    const { sent, request } = start({
      answers: [[503, { 'Retry-After': '20' }]],
      repositoryOf: url => url.split('/')[3],
    });
    await request('x/1');
    await Promise.all([request('x/2'), request('y/1')]);
    expect(sent.map(({ url, at }) => `${url.slice(10)} ${at}`)).toEqual([
      'x/1 0',
      'y/1 0',
      'x/2 20000',
    ]);
  });

  it('waits no longer where the clock was set back', async () => {
    const { sent, request, timing } = start({ answers: [503] });
    await request('a');
    timing.advance(-86_400_000);
    await request('b');
    expect(timesOf(sent)).toEqual([0, -86_400_000]);
  });

  it('sends nothing for a caller that gives up while it waits', async () => {
    const { sent, request } = start({
      requestsPerSecond: 1,
      timing: { ...fakeTiming(), sleep: () => new Promise(() => {}) },
    });
    await request('a');
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = request('b', 'walk', { signal });
    controller.abort(new Error('The backend stops'));
    await expect(waiting).rejects.toThrow('The backend stops');
    await expect(request('c', 'walk', { signal })).rejects.toThrow(
      'The backend stops',
    );
    expect(sent).toHaveLength(1);
  });

  it('goes on after a request that fails', async () => {
    const { pace } = start({ concurrency: 1 });
    const send = withPace(async () => {
      throw new Error('reset');
    }, pace);
    for (const url of ['https://h/a', 'https://h/b']) {
      await expect(send({ method: 'GET', url })).rejects.toThrow('reset');
    }
  });
});
