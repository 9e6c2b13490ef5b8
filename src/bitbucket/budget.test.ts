import { Headers } from 'node-fetch';
import { fakeTiming } from './__testUtils__';
import { Budget } from './budget';
import { isRateLimitedError, RateLimitedError } from './errors';
import { CostClass } from './limits';
import { HttpRequest } from './transport';
import { Purpose } from './types';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LIST = 'https://api.bitbucket.org/2.0/repositories/acme';
const FILE = `${LIST}/shop/src/c0ffee/catalog-info.yaml`;

describe('Budget', () => {
  function setUp(
    options: { isAnonymous?: boolean; requestsPerHour?: number } = {},
  ) {
    const timing = fakeTiming();
    const { isAnonymous = false, requestsPerHour } = options;
    const budget = new Budget({
      isAnonymous,
      requestsPerHour,
      now: timing.now,
    });
    const costClass: CostClass = isAnonymous ? 'anonymous' : 'repositories';
    const request = (purpose?: Purpose): HttpRequest => ({
      method: 'GET',
      url: LIST,
      purpose,
    });

    return {
      budget,
      timing,
      /** Sends until nothing more may be sent, and counts. */
      sendAll(purpose?: Purpose, ofClass: CostClass = costClass): number {
        for (let sent = 0; ; sent += 1) {
          try {
            budget.spend(ofClass, request(purpose));
          } catch (error) {
            expect(isRateLimitedError(error)).toBe(true);
            return sent;
          }
        }
      },
      send(count: number, purpose?: Purpose) {
        for (let sent = 0; sent < count; sent += 1) {
          budget.spend(costClass, request(purpose));
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
      hear(headers: Record<string, string | number>, url = LIST) {
        const texts = Object.entries(headers).map(([name, value]) => [
          name === 'Retry-After' ? name : `X-RateLimit-${name}`,
          String(value),
        ]);
        budget.correct(
          costClass,
          { method: 'GET', url },
          {
            status: 200,
            headers: new Headers(Object.fromEntries(texts)),
            body: Buffer.alloc(0),
          },
        );
      },
    };
  }

  describe('grants an hour', () => {
    it.each([
      [{}, 1000, 800],
      [{ isAnonymous: true }, 60, 48],
      [{ requestsPerHour: 300 }, 300, 240],
      [{ requestsPerHour: 5000 }, 5000, 4000],
      [{ isAnonymous: true, requestsPerHour: 33 }, 33, 26],
      [{ requestsPerHour: 1 }, 1, 1],
    ])('%j: %i requests, of which walks have %i', (options, all, walks) => {
      expect(setUp(options).sendAll()).toBe(all);
      const { sendAll } = setUp(options);
      expect(sendAll('walk')).toBe(walks);
      expect(sendAll('read')).toBe(all - walks);
    });

    it.each([
      [{}, 5000],
      [{ requestsPerHour: 10_000 }, 5000],
      [{ requestsPerHour: 300 }, 300],
    ])('%j: %i archives, counted apart', (options, archives) => {
      const { sendAll } = setUp(options);
      sendAll();
      expect(sendAll('read', 'archives')).toBe(archives);
    });
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
      moreAt: undefined,
    });
  });

  it('says when there is room again, for each purpose', () => {
    const { refusal, send, timing } = setUp();
    send(100);
    timing.advance(10 * MINUTE);
    send(700);
    expect(refusal('walk').retryAt).toEqual(new Date('2026-11-22T13:01:00Z'));
    send(200);
    expect(refusal('walk').retryAt).toEqual(new Date('2026-11-22T13:11:00Z'));
    expect(refusal('read').retryAt).toEqual(new Date('2026-11-22T13:01:00Z'));
  });

  it('says where it stands', () => {
    const { budget, send, timing } = setUp();
    send(700);
    timing.advance(MINUTE);
    send(150);
    expect(budget.snapshot()).toEqual([
      {
        costClass: 'repositories',
        limit: 1000,
        used: 850,
        free: 150,
        freeForWalks: 0,
        moreAt: new Date('2026-11-22T13:01:00Z'),
      },
      expect.objectContaining({ costClass: 'archives', limit: 5000, used: 0 }),
      expect.objectContaining({ costClass: 'webhooks', limit: 1000, used: 0 }),
    ]);
  });

  describe('explains', () => {
    it('that a walk leaves something, and how to have more', () => {
      const { refusal, send } = setUp();
      send(800);
      expect(refusal('walk')).toMatchObject({
        status: undefined,
        message: `GET ${LIST}: not sent, since the budget of 1,000 requests an hour is used up until 2026-11-22T13:01:00.000Z; a walk leaves 200 of them for reads; where Bitbucket grants more, integrations.bitbucketCloud[0].requestsPerHour can say so`,
      });
    });

    it.each([
      [
        { requestsPerHour: 5 },
        {},
        '5 requests an hour is used up until 2026-11-22T13:01:00.000Z; integrations.bitbucketCloud[0].requestsPerHour sets this limit',
      ],
      [
        { isAnonymous: true },
        {},
        '60 requests an hour is used up until 2026-11-22T13:01:00.000Z; with a credential there are 1,000',
      ],
      [
        {},
        { Limit: 2000, Remaining: 500 },
        '2,000 requests an hour is used up until 2026-11-22T13:00:00.000Z; others with the same credential have sent 1,500',
      ],
    ])('%j, when told %j', (options, headers, message) => {
      const { hear, refusal, sendAll } = setUp(options);
      hear(headers);
      sendAll();
      expect(refusal().message).toContain(`the budget of ${message}`);
      expect(refusal().message.endsWith(message)).toBe(true);
    });
  });

  describe('hears of a limit', () => {
    it('and uses it, higher or lower', () => {
      const { hear, send, sendAll } = setUp();
      hear({ Limit: 10_000 });
      send(5000);
      hear({ Limit: 6000 });
      expect(sendAll()).toBe(1000);
    });

    it('but keeps to what the user allows', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Limit: 10_000, Remaining: 9_000 });
      expect(sendAll()).toBe(300);
    });

    it('that is lower than what the user allows', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 5000 });
      hear({ Limit: 1000 });
      expect(sendAll()).toBe(1000);
    });
  });

  describe('hears what remains', () => {
    it('and leaves others what they have used', () => {
      const { budget, hear, send, sendAll } = setUp();
      send(100);
      hear({ Remaining: 600 });
      expect(budget.snapshot()[0]).toMatchObject({ used: 400, free: 600 });
      send(50);
      hear({ Remaining: 580 });
      expect(sendAll('walk')).toBe(380);
      expect(sendAll('read')).toBe(200);
    });

    it('but counts no less than it sent', () => {
      const { hear, send, sendAll } = setUp();
      send(100);
      hear({ Remaining: 995 });
      expect(sendAll()).toBe(900);
    });

    it('and what others have does not count against what the user allows', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Limit: 1000, Remaining: 400 });
      expect(sendAll()).toBe(300);
    });

    it('unless Bitbucket leaves less than that', () => {
      const { hear, sendAll } = setUp({ requestsPerHour: 300 });
      hear({ Limit: 1000, Remaining: 100 });
      expect(sendAll()).toBe(100);
    });

    it('and forgets the others after an hour', () => {
      const { hear, refusal, sendAll, timing } = setUp();
      hear({ Remaining: 100, Reset: 20 });
      expect(refusal('walk').retryAt).toEqual(new Date('2026-11-22T13:00:00Z'));
      timing.advance(HOUR);
      expect(sendAll()).toBe(1000);
    });

    it('is nothing, and waits for as long as Bitbucket says', () => {
      const { hear, refusal, sendAll, timing } = setUp();
      hear({ Remaining: 0, Reset: 90 });
      expect(refusal().retryAt).toEqual(new Date('2026-11-22T12:01:30Z'));
      timing.advance(90_000);
      expect(sendAll()).toBe(1000);
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

  describe('believes an answer to a file request', () => {
    it('if it is about the same limit', () => {
      const { hear, sendAll } = setUp();
      hear({ Limit: 1000, Resource: 'api', Remaining: 900 });
      hear({ Limit: 1000, Resource: 'api', Remaining: 10 }, FILE);
      expect(sendAll()).toBe(10);
    });

    it.each([
      ['resource', { Limit: 1000, Resource: 'raw', Remaining: 10 }],
      ['limit', { Limit: 5000, Resource: 'api', Remaining: 10 }],
    ])('but not if its %s is another', (_, headers) => {
      const { hear, sendAll } = setUp();
      hear({ Limit: 1000, Resource: 'api', Remaining: 900 });
      hear(headers, FILE);
      expect(sendAll()).toBe(900);
    });

    it('and not before it knows which that is', () => {
      const { hear, sendAll } = setUp();
      hear({ Limit: 5000, Remaining: 4000 }, FILE);
      expect(sendAll()).toBe(1000);
    });
  });
});
