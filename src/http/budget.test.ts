import { Headers } from 'node-fetch';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { isRateLimitedError, RateLimitedError } from '../scm/errors';
import { Purpose } from '../scm/types';
import { PURPOSES } from './allowance';
import { Budget, CostClass } from './budget';
import { HttpRequest } from './transport';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LIST = 'https://api.bitbucket.org/2.0/repositories/acme';

const ANONYMOUS: CostClass[] = [
  {
    name: 'anonymous',
    limit: 60,
    hasAllowances: true,
    advice: 'with a credential, there are 1,000',
  },
];
const SIGNED: CostClass[] = [
  {
    name: 'repositories',
    limit: 1_000,
    hasAllowances: true,
    advice: 'if Bitbucket grants more, set integration.requestsPerHour',
  },
  { name: 'archives', limit: 5_000, unit: 'archives' },
  { name: 'webhooks', limit: 1_000 },
];

describe('Budget', () => {
  function setUp(
    options: { isAnonymous?: boolean; requestsPerHour?: number } = {},
  ) {
    const timing = fakeTiming();
    const { isAnonymous = false, requestsPerHour } = options;
    const [first, ...others] = isAnonymous ? ANONYMOUS : SIGNED;
    const limit = requestsPerHour ?? first.limit;
    const budget = new Budget({
      costClasses: [{ ...first, limit }, ...others],
      requestsPerHour,
      key: 'integration.requestsPerHour',
      now: timing.now,
    });
    const costClass = first.name;
    const request = (purpose?: Purpose): HttpRequest => ({
      method: 'GET',
      url: LIST,
      purpose,
    });
    const isSent = (ofClass: string, purpose: Purpose) => {
      try {
        budget.spend(ofClass, request(purpose));
        return true;
      } catch (error) {
        if (isRateLimitedError(error)) {
          return false;
        }
        throw error;
      }
    };

    return {
      budget,
      timing,
      /** Sends until nothing more may be sent, by default for any purpose, and counts. */
      sendAll(purpose?: Purpose, ofClass: string = costClass): number {
        const purposes = purpose ? [purpose] : PURPOSES;
        let sent = 0;
        while (purposes.some(one => isSent(ofClass, one))) {
          sent += 1;
        }
        return sent;
      },
      /** Sends for one purpose, or for those that may. */
      send(count: number, purpose?: Purpose) {
        const purposes = purpose ? [purpose] : PURPOSES;
        for (let sent = 0; sent < count; sent += 1) {
          expect(purposes.some(one => isSent(costClass, one))).toBe(true);
        }
      },
      refusal(purpose?: Purpose): RateLimitedError {
        try {
          budget.spend(costClass, request(purpose));
        } catch (error) {
          if (isRateLimitedError(error)) {
            return error;
          }
        }
        throw new Error('expected a RateLimitedError');
      },
      hear(
        headers: Record<string, string | number>,
        { isSource = false, status = 200 } = {},
      ) {
        const texts = Object.entries(headers).map(([name, value]) => [
          name === 'Retry-After' ? name : `X-RateLimit-${name}`,
          String(value),
        ]);
        budget.correct(
          costClass,
          {
            status,
            headers: new Headers(Object.fromEntries(texts)),
            body: Buffer.alloc(0),
          },
          { isSource },
        );
      },
    };
  }

  describe('limits', () => {
    it.each([
      [{}, 1000, 800, 60],
      [{ isAnonymous: true }, 60, 48, 5],
      [{ requestsPerHour: 300 }, 300, 240, 18],
      [{ requestsPerHour: 5000 }, 5000, 4000, 300],
      [{ isAnonymous: true, requestsPerHour: 33 }, 33, 26, 4],
      [{ requestsPerHour: 1 }, 1, 1, 0],
    ])(
      'allows with %j %i requests, of which walks have %i, and then reads %i',
      (options, all, walks, reads) => {
        expect(setUp(options).sendAll()).toBe(all);
        const { sendAll } = setUp(options);
        expect(sendAll('walk')).toBe(walks);
        expect(sendAll('read')).toBe(reads);
        expect(sendAll()).toBe(all - walks - reads);
      },
    );

    it.each([
      [{}, 5000],
      [{ requestsPerHour: 10_000 }, 5000],
      [{ requestsPerHour: 300 }, 300],
    ])(
      'allows with %j %i archives, which are counted apart',
      (options, archives) => {
        const { sendAll } = setUp(options);
        sendAll();
        expect(sendAll('read', 'archives')).toBe(archives);
      },
    );
  });

  it('takes requests back into the budget an hour after the end of their minute', () => {
    const { timing, send, sendAll, budget } = setUp();
    timing.advance(30_000);
    send(1000);
    timing.advance(HOUR + 30_000 - 1);
    expect(sendAll()).toBe(0);
    timing.advance(1);
    expect(sendAll()).toBe(1000);
    timing.advance(2 * HOUR);
    expect(budget.snapshot()[0]).toEqual({
      costClass: 'repositories',
      limit: 1000,
      used: 0,
      free: 1000,
      freeForWalks: 800,
      purposes: {
        walk: { used: 0, free: 800 },
        read: { used: 0, free: 760 },
        interactive: { used: 0, free: 780 },
        delivery: { used: 0, free: 760 },
        'pull-request': { used: 0, free: 0 },
        recheck: { used: 0, free: 500 },
      },
      moreAt: undefined,
    });
  });

  it('says when there is room again, for each purpose', () => {
    const { refusal, send, timing } = setUp();
    send(100, 'walk');
    timing.advance(10 * MINUTE);
    send(700, 'walk');
    expect(refusal('walk').retryAt).toEqual(new Date('2026-11-22T13:01:00Z'));
    send(200);
    expect(refusal('walk').retryAt).toEqual(new Date('2026-11-22T13:11:00Z'));
    expect(refusal('read').retryAt).toEqual(new Date('2026-11-22T13:01:00Z'));
  });

  it('reports its state', () => {
    const { budget, send, timing } = setUp();
    send(700, 'walk');
    timing.advance(MINUTE);
    send(150, 'interactive');
    expect(budget.snapshot()).toEqual([
      {
        costClass: 'repositories',
        limit: 1000,
        used: 850,
        free: 150,
        freeForWalks: 0,
        purposes: {
          walk: { used: 700, free: 0 },
          read: { used: 0, free: 90 },
          interactive: { used: 150, free: 30 },
          delivery: { used: 0, free: 90 },
          'pull-request': { used: 0, free: 0 },
          recheck: { used: 0, free: 0 },
        },
        moreAt: new Date('2026-11-22T13:01:00Z'),
      },
      expect.objectContaining({ costClass: 'archives', limit: 5000, used: 0 }),
      expect.objectContaining({ costClass: 'webhooks', limit: 1000, used: 0 }),
    ]);
  });

  describe('messages', () => {
    it('say that a walk leaves requests to others, and how to get more', () => {
      const { refusal, send } = setUp();
      send(800, 'walk');
      expect(refusal('walk')).toMatchObject({
        status: undefined,
        message: `GET ${LIST}: not sent, because the budget of 1,000 requests an hour is used up for walks until 2026-11-22T13:01:00.000Z; 200 are kept for other purposes; if Bitbucket grants more, set integration.requestsPerHour`,
      });
    });

    it.each<[Purpose, number, string]>([
      ['read', 760, 'catalog reads until 2026-11-22T13:01:00.000Z; 240'],
      [
        'interactive',
        780,
        'interactive requests until 2026-11-22T13:01:00.000Z; 220',
      ],
      [
        'delivery',
        760,
        'webhook deliveries until 2026-11-22T13:01:00.000Z; 240',
      ],
      ['recheck', 500, 're-checks until 2026-11-22T13:01:00.000Z; 500'],
    ])(
      'name the purpose whose allowance is used up: %s',
      (purpose, count, message) => {
        const { refusal, send } = setUp();
        send(count, purpose);
        expect(refusal(purpose).message).toContain(
          `an hour is used up for ${message} are kept`,
        );
      },
    );

    it.each([
      [
        { requestsPerHour: 5 },
        {},
        '5 requests an hour is used up until 2026-11-22T13:01:00.000Z; integration.requestsPerHour sets this limit',
      ],
      [
        { isAnonymous: true },
        {},
        '60 requests an hour is used up until 2026-11-22T13:01:00.000Z; with a credential, there are 1,000',
      ],
      [
        {},
        { Limit: 2000, Remaining: 500 },
        '2,000 requests an hour is used up until 2026-11-22T13:00:00.000Z; others with the same credential have sent 1,500',
      ],
    ])('%j, when Bitbucket answers %j', (options, headers, message) => {
      const { hear, refusal, sendAll } = setUp(options);
      hear(headers);
      sendAll();
      expect(refusal().message).toContain(`the budget of ${message}`);
      expect(refusal().message.endsWith(message)).toBe(true);
    });
  });

  describe('the limit in the headers', () => {
    it('is applied, whether it is higher or lower', () => {
      const { hear, send, sendAll } = setUp();
      hear({ Limit: 10_000 });
      send(5000);
      hear({ Limit: 6000 });
      expect(sendAll()).toBe(1000);
    });

    it('does not exceed what the user allows', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Limit: 10_000, Remaining: 9_000 });
      expect(sendAll()).toBe(300);
    });

    it('is applied if it is lower than what the user allows', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 5000 });
      hear({ Limit: 1000 });
      expect(sendAll()).toBe(1000);
    });
  });

  describe('the remaining requests in the headers', () => {
    it('count the requests of others', () => {
      const { budget, hear, send, sendAll } = setUp();
      send(100);
      hear({ Remaining: 600 });
      expect(budget.snapshot()[0]).toMatchObject({ used: 400, free: 600 });
      send(50);
      hear({ Remaining: 580 });
      expect(sendAll('walk')).toBe(380);
      expect(sendAll()).toBe(200);
    });

    it('never lower the count below what was sent', () => {
      const { hear, send, sendAll } = setUp();
      send(100);
      hear({ Remaining: 995 });
      expect(sendAll()).toBe(900);
    });

    it('do not charge the requests of others to what the user allows', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Limit: 1000, Remaining: 400 });
      expect(sendAll()).toBe(300);
    });

    it('limit what the user allows if Bitbucket leaves less', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Limit: 1000, Remaining: 100 });
      expect(sendAll()).toBe(100);
    });

    it('forget the requests of others after an hour', () => {
      const { hear, refusal, send, sendAll, timing } = setUp();
      hear({ Remaining: 100, Reset: 20 });
      send(10, 'walk');
      expect(refusal('walk').retryAt).toEqual(new Date('2026-11-22T13:00:00Z'));
      timing.advance(HOUR);
      expect(sendAll()).toBe(990);
    });

    it('stop all requests for as long as Bitbucket says when none are left', () => {
      const { hear, refusal, sendAll, timing } = setUp();
      hear({ Remaining: 0, Reset: 90 });
      expect(refusal().retryAt).toEqual(new Date('2026-11-22T12:01:30Z'));
      timing.advance(90_000);
      expect(sendAll()).toBe(1000);
    });
  });

  describe('where every answer says that no requests are left', () => {
    const nothing = { Limit: 1000, Remaining: 0, Reset: 1800 };

    it('sends what the user allows all the same', () => {
      const { hear, send, sendAll } = setUp({ requestsPerHour: 300 });
      for (let sent = 0; sent < 240; sent += 1) {
        send(1, 'walk');
        hear(nothing);
      }
      expect(sendAll()).toBe(60);
    });

    it('relies on it in a refusal, until the time that it names', () => {
      const { hear, refusal, sendAll, timing } = setUp({
        requestsPerHour: 300,
      });
      hear(nothing, { status: 429 });
      expect(refusal().retryAt).toEqual(new Date('2026-11-22T12:30:00Z'));
      timing.advance(30 * MINUTE);
      expect(sendAll()).toBe(300);
    });

    it('leaves a refusal without a time to the pause that follows it', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Remaining: 0 }, { status: 429 });
      expect(sendAll()).toBe(300);
    });
  });

  it('is not used up by what was sent before the clock was set back', () => {
    const { hear, refusal, sendAll, timing } = setUp();
    sendAll();
    timing.advance(-2 * HOUR);
    hear({ Remaining: 0, Reset: 90 });
    expect(sendAll()).toBe(0);
    timing.advance(-2 * HOUR);
    expect(sendAll()).toBe(1000);
    expect(refusal().retryAt).toEqual(new Date('2026-11-22T09:01:00Z'));
  });

  describe('the headers of an answer to a file request', () => {
    it('count if they are about the same limit', () => {
      const { hear, sendAll } = setUp();
      hear({ Limit: 1000, Resource: 'api', Remaining: 900 });
      hear({ Limit: 1000, Resource: 'api', Remaining: 10 }, { isSource: true });
      expect(sendAll()).toBe(10);
    });

    it.each([
      ['resource', { Limit: 1000, Resource: 'raw', Remaining: 10 }],
      ['limit', { Limit: 5000, Resource: 'api', Remaining: 10 }],
    ])('do not count if their %s is another', (_, headers) => {
      const { hear, sendAll } = setUp();
      hear({ Limit: 1000, Resource: 'api', Remaining: 900 });
      hear(headers, { isSource: true });
      expect(sendAll()).toBe(900);
    });

    it('do not count before the limit is known', () => {
      const { hear, sendAll } = setUp();
      hear({ Limit: 5000, Remaining: 4000 }, { isSource: true });
      expect(sendAll()).toBe(1000);
    });
  });
});
