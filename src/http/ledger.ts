import { Purpose } from '../scm/types';
import { allowanceOf, HourState, PURPOSES, Spent } from './allowance';
import { RATE_LIMIT_WINDOW_MS, RateLimitHeaders } from './retry';

const MINUTE_MS = 60_000;

/** Requests that were sent within one minute. */
export type MinuteCount = {
  costClass: string;
  /** Whole minutes since the epoch. */
  minute: number;
  requests: number;
  /** Of those, what is known to have been for which purpose. */
  byPurpose?: Spent;
  /** The limit that Bitbucket named last, if it named one. */
  limit?: number;
};

/** The minute that a time, in milliseconds since the epoch, lies in. */
export function minuteOf(time: number): number {
  return Math.floor(time / MINUTE_MS);
}

/** The oldest minute whose requests still count. */
export function oldestMinute(now: number): number {
  return minuteOf(now - RATE_LIMIT_WINDOW_MS);
}

/**
 * Whether the requests of a minute count. Those of a minute to come do not: they
 * were sent before the clock was set back, or by a process whose clock is ahead.
 */
function countsAt(minute: number, now: number): boolean {
  return minute <= minuteOf(now) + 1 && comesBackAt(minute) > now;
}

/**
 * When the requests of a minute come back: an hour after its end, and so, for
 * most of them, a little late. The count is never too low.
 */
function comesBackAt(minute: number): number {
  return (minute + 1) * MINUTE_MS + RATE_LIMIT_WINDOW_MS;
}

/** Where a limit comes from. */
type LimitSource = 'configuration' | 'host' | 'default';

/**
 * The account of one cost class over a rolling hour: what this process sent,
 * what other processes with the same database sent, and what must have been
 * sent by others with the same credential, since Bitbucket counts more.
 */
export class Ledger {
  readonly costClass: string;
  readonly #assumedLimit: number;
  readonly #cap: number;
  readonly #hasAllowances: boolean;
  readonly #pullRequests?: number;
  readonly #own = new Map<number, Spent>();
  #shared: MinuteCount[] = [];
  #foreign = { requests: 0, since: 0, until: 0 };
  #namedLimit?: number;
  #answer?: RateLimitHeaders;

  constructor(
    costClass: string,
    options: {
      /** Bitbucket's limit until it names one. */
      assumedLimit: number;
      /** The most that the user wants to be sent. Default: no bound of its own. */
      cap?: number;
      /** Whether several purposes share the requests. Default: one may use them all. */
      hasAllowances?: boolean;
      /** The most requests an hour for pull requests. Default: none. */
      pullRequests?: number;
    },
  ) {
    this.costClass = costClass;
    this.#hasAllowances = options.hasAllowances ?? false;
    this.#pullRequests = options.pullRequests;
    this.#assumedLimit = options.assumedLimit;
    this.#cap = options.cap ?? Infinity;
  }

  /** Requests in a rolling hour. */
  get limit(): number {
    return Math.min(this.#cap, this.#bitbucketLimit);
  }

  get limitSource(): LimitSource {
    if (this.limit === this.#cap) {
      return 'configuration';
    }
    return this.#namedLimit === undefined ? 'default' : 'host';
  }

  /** Requests that count against the limit. */
  used(now: number): number {
    // What the user's cap leaves of Bitbucket's limit is there for others.
    const forOthers = this.#bitbucketLimit - this.limit;
    return this.#counted(now) + Math.max(0, this.foreign(now) - forOthers);
  }

  /** Requests of others with the same credential, as far as Bitbucket reports them. */
  foreign(now: number): number {
    const { requests, since, until } = this.#foreign;
    // A time to come was noted before the clock was set back.
    return since <= now && now < until ? requests : 0;
  }

  /** Where the hour stands, for the rule of who may send. */
  state(now: number): HourState {
    return {
      limit: this.limit,
      used: this.used(now),
      pullRequests: this.#pullRequests,
      spent: Object.fromEntries(
        PURPOSES.map(purpose => [purpose, this.#spent(purpose, now)]),
      ),
    };
  }

  /** How many more requests may be sent for a purpose. */
  allowance(purpose: Purpose, now: number): number {
    return this.#hasAllowances
      ? allowanceOf(purpose, this.state(now))
      : Math.max(0, this.limit - this.used(now));
  }

  /** When one more request may be sent, in milliseconds since the epoch. */
  roomAt(purpose: Purpose, now: number): number {
    return (
      [now, ...this.#returns(now)].find(
        time => this.allowance(purpose, time) > 0,
      ) ?? now
    );
  }

  /** When fewer requests will count than now; undefined when none does. */
  moreAt(now: number): number | undefined {
    return this.#returns(now).find(time => this.used(time) < this.used(now));
  }

  /** Counts a request that is sent. */
  count(purpose: Purpose, now: number): void {
    for (const minute of this.#own.keys()) {
      if (minute < oldestMinute(now)) {
        this.#own.delete(minute);
      }
    }
    const minute = minuteOf(now);
    const counted = this.#own.get(minute);
    this.#own.set(minute, {
      ...counted,
      [purpose]: (counted?.[purpose] ?? 0) + 1,
    });
  }

  /** What this process has counted in a minute and after it. */
  countsSince(minute: number): MinuteCount[] {
    return [...this.#own]
      .filter(([counted]) => counted >= minute)
      .map(([counted, byPurpose]) => ({
        costClass: this.costClass,
        minute: counted,
        requests: Object.values(byPurpose).reduce((sum, one) => sum + one, 0),
        byPurpose,
        limit: this.#namedLimit,
      }));
  }

  /** Takes over what the other processes have counted, in place of what they had before. */
  share(counts: MinuteCount[]): void {
    this.#shared = counts.filter(
      ({ costClass }) => costClass === this.costClass,
    );
    this.#namedLimit ??= this.#shared
      .filter(({ limit }) => limit !== undefined)
      .sort((a, b) => b.minute - a.minute)[0]?.limit;
  }

  /**
   * Corrects the account by what Bitbucket says. Others are known by what it
   * counts and we do not; they are forgotten an hour after it was said, or, when
   * nothing is left, by the time that Bitbucket names.
   *
   * Where the user has set the limit, "nothing left" counts with a refusal that names a
   * time alone: some proxies say it with every answer. Should it be true of a good
   * answer, the next one is a 429.
   *
   * @param about.isSource - whether a file was asked for. Such an answer may be about
   * another limit than the rest of the API, so it must name the same.
   * @param about.isRefusal - whether it was a 429
   */
  correct(
    answer: RateLimitHeaders,
    about: { isSource: boolean; isRefusal: boolean },
    now: number,
  ): void {
    const { isSource, isRefusal } = about;
    if (!isSource) {
      this.#answer = answer;
    } else if (
      !this.#answer ||
      answer.resource !== this.#answer.resource ||
      answer.limit !== this.#answer.limit
    ) {
      return;
    }
    const { limit, remaining, resetMs = RATE_LIMIT_WINDOW_MS } = answer;
    this.#namedLimit = limit ?? this.#namedLimit;
    const isDoubtful =
      this.#cap < Infinity &&
      remaining === 0 &&
      !(isRefusal && answer.resetMs !== undefined);
    if (remaining !== undefined && !isDoubtful) {
      const sentByAll = this.#bitbucketLimit - remaining;
      this.#foreign = {
        requests: Math.max(0, sentByAll - this.#counted(now)),
        since: now,
        until: now + (remaining === 0 ? resetMs : RATE_LIMIT_WINDOW_MS),
      };
    }
  }

  get #bitbucketLimit(): number {
    return this.#namedLimit ?? this.#assumedLimit;
  }

  #counted(now: number): number {
    return this.#sum(now, ({ requests }) => requests);
  }

  #spent(purpose: Purpose, now: number): number {
    return this.#sum(now, ({ byPurpose }) => byPurpose?.[purpose] ?? 0);
  }

  #sum(now: number, amount: (count: MinuteCount) => number): number {
    let sum = 0;
    for (const count of this.#counts()) {
      sum += countsAt(count.minute, now) ? amount(count) : 0;
    }
    return sum;
  }

  /** The times to come at which requests come back, soonest first. */
  #returns(now: number): number[] {
    return [
      ...this.#counts().map(({ minute }) => comesBackAt(minute)),
      this.#foreign.until,
    ]
      .filter(time => time > now)
      .sort((a, b) => a - b);
  }

  #counts(): MinuteCount[] {
    return [...this.countsSince(0), ...this.#shared];
  }
}
