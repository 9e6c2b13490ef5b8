import { CostClass, RATE_LIMIT_WINDOW_MS, RESERVED_FOR_READS } from './limits';
import {
  comesBackAt,
  countsAt,
  MinuteCount,
  minuteOf,
  oldestMinute,
} from './minuteCount';
import { RateLimitHeaders } from './rateLimitHeaders';
import { Purpose } from './types';

/** Where a limit comes from. */
export type LimitSource = 'configuration' | 'bitbucket' | 'default';

/**
 * The account of one cost class over a rolling hour: what this process sent,
 * what other processes with the same database sent, and what must have been
 * sent by others with the same credential, since Bitbucket counts more.
 */
export class Ledger {
  readonly costClass: CostClass;
  readonly #assumedLimit: number;
  readonly #cap: number;
  readonly #own = new Map<number, number>();
  #shared: MinuteCount[] = [];
  #foreign = { requests: 0, since: 0, until: 0 };
  #namedLimit?: number;
  #answer?: RateLimitHeaders;

  constructor(
    costClass: CostClass,
    options: {
      /** Bitbucket's limit until it names one. */
      assumedLimit: number;
      /** The most that the user wants to be sent. Default: no bound of its own. */
      cap?: number;
    },
  ) {
    this.costClass = costClass;
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
    return this.#namedLimit === undefined ? 'default' : 'bitbucket';
  }

  /** Of the limit, what walks leave for reads. A walk has at least one request. */
  get reserve(): number {
    return Math.min(Math.ceil(this.limit * RESERVED_FOR_READS), this.limit - 1);
  }

  /** Requests that count against the limit. */
  used(now: number): number {
    // What the user's cap leaves of Bitbucket's limit is there for others.
    const forOthers = this.#bitbucketLimit - this.limit;
    return this.#counted(now) + Math.max(0, this.foreign(now) - forOthers);
  }

  /** Requests of others with the same credential, as far as Bitbucket told. */
  foreign(now: number): number {
    const { requests, since, until } = this.#foreign;
    // A time to come was noted before the clock was set back.
    return since <= now && now < until ? requests : 0;
  }

  /** Whether one more request may be sent. */
  hasRoom(purpose: Purpose, now: number): boolean {
    const reserve = purpose === 'walk' ? this.reserve : 0;
    return this.used(now) < this.limit - reserve;
  }

  /** When one more request may be sent, in milliseconds since the epoch. */
  roomAt(purpose: Purpose, now: number): number {
    return (
      [now, ...this.#returns(now)].find(time => this.hasRoom(purpose, time)) ??
      now
    );
  }

  /** When fewer requests will count than now; undefined when none does. */
  moreAt(now: number): number | undefined {
    return this.#returns(now).find(time => this.used(time) < this.used(now));
  }

  /** Counts a request that is sent. */
  count(now: number): void {
    for (const minute of this.#own.keys()) {
      if (minute < oldestMinute(now)) {
        this.#own.delete(minute);
      }
    }
    const minute = minuteOf(now);
    this.#own.set(minute, (this.#own.get(minute) ?? 0) + 1);
  }

  /** What this process has counted in a minute and after it. */
  countsSince(minute: number): MinuteCount[] {
    return [...this.#own]
      .filter(([counted]) => counted >= minute)
      .map(([counted, requests]) => ({
        costClass: this.costClass,
        minute: counted,
        requests,
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
   * @param isSource - whether a file was asked for. Such an answer may be about
   * another limit than the rest of the API, so it must name the same.
   */
  correct(answer: RateLimitHeaders, isSource: boolean, now: number): void {
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
    if (remaining !== undefined) {
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
    let requests = 0;
    for (const count of this.#counts()) {
      requests += countsAt(count.minute, now) ? count.requests : 0;
    }
    return requests;
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

  #counts(): { minute: number; requests: number }[] {
    return [...this.countsSince(0), ...this.#shared];
  }
}
