import { QuotaSnapshot } from '../scm/quota';
import { RateLimitedError } from '../scm/errors';
import { Purpose } from '../scm/types';
import { keptFrom, purposeInWords, PURPOSES } from './allowance';
import { Ledger } from './ledger';
import { readRateLimitHeaders } from './retry';
import { HttpRequest, HttpResponse } from './transport';
import { displayUrl } from './urls';

/** Requests that the host counts apart from others. */
export type CostClass = {
  name: string;
  /** Requests in a rolling hour, until the host names another limit. */
  limit: number;
  /** Whether several purposes share them. Default: one may use them all. */
  hasAllowances?: boolean;
  /** What they are called. Default: `requests`. */
  unit?: string;
  /** How to have more of them, as long as the host names no limit. */
  advice?: string;
};

/**
 * How many requests may still be sent within a rolling hour: of each kind that the
 * host counts apart, as many as the lower one of its own limit and the configured
 * `requestsPerHour`.
 */
export class Budget {
  readonly ledgers: readonly Ledger[];
  readonly #costClasses: CostClass[];
  readonly #key: string;
  readonly #now: () => number;

  constructor(options: {
    costClasses: CostClass[];
    /** The most that the user wants to be sent. Default: the host's limit. */
    requestsPerHour?: number;
    /** The most requests an hour for pull requests. Default: none. */
    pullRequests?: number;
    /** The key of the configuration that sets `requestsPerHour`. */
    key: string;
    now: () => number;
  }) {
    const { costClasses, requestsPerHour: cap, key, now } = options;
    const { pullRequests } = options;
    this.#costClasses = costClasses;
    this.#key = key;
    this.#now = now;
    this.ledgers = costClasses.map(
      ({ name, limit, hasAllowances }) =>
        new Ledger(name, {
          assumedLimit: limit,
          cap,
          hasAllowances,
          pullRequests,
        }),
    );
  }

  /** Where the budget stands, for each kind of requests that the credential can send. */
  snapshot(): QuotaSnapshot[] {
    const now = this.#now();
    return this.ledgers.map(ledger => {
      const { costClass } = ledger;
      const { limit, used, spent } = ledger.state(now);
      const moreAt = ledger.moreAt(now);
      return {
        costClass,
        limit,
        used,
        free: Math.max(0, limit - used),
        freeForWalks: ledger.allowance('walk', now),
        purposes: byPurpose(purpose => ({
          used: spent[purpose] ?? 0,
          free: ledger.allowance(purpose, now),
        })),
        moreAt: moreAt === undefined ? undefined : new Date(moreAt),
      };
    });
  }

  /**
   * Counts a request that is about to be sent.
   *
   * @throws RateLimitedError, without a status, when it must not be sent
   */
  spend(costClass: string, request: HttpRequest): void {
    const { method, url, purpose = 'read' } = request;
    const now = this.#now();
    const ledger = this.#ledger(costClass);
    if (ledger.allowance(purpose, now) === 0) {
      const retryAt = new Date(ledger.roomAt(purpose, now));
      throw new RateLimitedError(
        [
          `not sent, because ${this.#whatIsUsedUp(ledger, purpose, now)} until ${retryAt.toISOString()}`,
          ...this.#circumstances(ledger, purpose, now),
        ].join('; '),
        { method, url: displayUrl(url), retryAt },
      );
    }
    ledger.count(purpose, now);
  }

  /** Takes over what an answer says about the limit. */
  correct(
    costClass: string,
    { status, headers }: HttpResponse,
    { isSource }: { /** Whether it is a file. */ isSource: boolean },
  ): void {
    const now = this.#now();
    const answer = readRateLimitHeaders(headers, now);
    const about = { isSource, isRefusal: status === 429 };
    this.#ledger(costClass).correct(answer, about, now);
  }

  #ledger(costClass: string): Ledger {
    const found = this.ledgers.find(ledger => ledger.costClass === costClass);
    if (!found) {
      throw new Error(`There is no budget for ${costClass}`);
    }
    return found;
  }

  /** All of the hour's requests, or what one purpose may use of them. */
  #whatIsUsedUp(ledger: Ledger, purpose: Purpose, now: number): string {
    const { unit = 'requests' } = this.#costClass(ledger);
    const { limit, used, pullRequests = 0 } = ledger.state(now);
    if (isCapped(ledger, purpose, now)) {
      return `the ${number(pullRequests)} requests an hour for pull requests are used up`;
    }
    const forWhat = used < limit ? ` for ${purposeInWords(purpose)}` : '';
    return `the budget of ${number(limit)} ${unit} an hour is used up${forWhat}`;
  }

  /** Why the budget is what it is, and what could be done. */
  *#circumstances(
    ledger: Ledger,
    purpose: Purpose,
    now: number,
  ): Generator<string> {
    const state = ledger.state(now);
    if (isCapped(ledger, purpose, now)) {
      yield 'pullRequests.requestsPerHour of the provider sets this limit';
      return;
    }
    if (state.used < state.limit) {
      const kept = keptFrom(purpose, state);
      const left = Math.min(kept, state.limit - state.used);
      yield `${number(left)} are kept for other purposes`;
    }
    const foreign = ledger.foreign(now);
    if (foreign > 0) {
      yield `others with the same credential have sent ${number(foreign)}`;
    }
    const { advice } = this.#costClass(ledger);
    if (ledger.limitSource === 'configuration') {
      yield `${this.#key} sets this limit`;
    } else if (ledger.limitSource === 'default' && advice) {
      yield advice;
    }
  }

  #costClass({ costClass }: Ledger): Partial<CostClass> {
    return this.#costClasses.find(({ name }) => name === costClass) ?? {};
  }
}

/** Whether pull requests have used what they may, however many requests are free. */
function isCapped(ledger: Ledger, purpose: Purpose, now: number): boolean {
  const { pullRequests = 0, spent } = ledger.state(now);
  return purpose === 'pull-request' && (spent[purpose] ?? 0) >= pullRequests;
}

function byPurpose<T>(describe: (purpose: Purpose) => T): Record<Purpose, T> {
  return Object.fromEntries(
    PURPOSES.map(purpose => [purpose, describe(purpose)]),
  ) as Record<Purpose, T>;
}

const number = (value: number) => value.toLocaleString('en-US');
