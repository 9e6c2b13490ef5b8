import { RateLimitedError } from '../scm/errors';
import { QuotaSnapshot } from '../scm/ScmHost';
import { Purpose } from '../scm/types';
import { keptFrom, purposeInWords, PURPOSES } from './allowance';
import { Ledger } from './ledger';
import { CostClass, REQUESTS_PER_HOUR } from './limits';
import { readRateLimitHeaders } from './retryAfter';
import { HttpRequest, HttpResponse } from './transport';
import { displayUrl } from './urls';

/** How much of the hour's requests is used. */
export type BudgetSnapshot = QuotaSnapshot & { costClass: CostClass };

/**
 * How many requests may still be sent within a rolling hour: of each kind that
 * Bitbucket counts apart, as many as the lower one of its own limit and the
 * configured `requestsPerHour`.
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
 */
export class Budget {
  readonly ledgers: readonly Ledger[];
  readonly #now: () => number;

  constructor(options: {
    isAnonymous: boolean;
    /** The most that the user wants to be sent. Default: Bitbucket's limit. */
    requestsPerHour?: number;
    now: () => number;
  }) {
    const { isAnonymous, requestsPerHour: cap, now } = options;
    this.#now = now;
    const ledger = (costClass: CostClass, assumedLimit: number) =>
      new Ledger(costClass, {
        assumedLimit,
        cap,
        // Archives and webhooks have one purpose each.
        hasAllowances: ['repositories', 'anonymous'].includes(costClass),
      });
    // What is configured is taken for what Bitbucket grants, but it says nothing
    // of the others, except that there shall not be more.
    this.ledgers = isAnonymous
      ? [ledger('anonymous', cap ?? REQUESTS_PER_HOUR.anonymous)]
      : [
          ledger('repositories', cap ?? REQUESTS_PER_HOUR.repositories),
          ledger('archives', REQUESTS_PER_HOUR.archives),
          ledger('webhooks', REQUESTS_PER_HOUR.webhooks),
        ];
  }

  /** Where the budget stands, for each kind of requests that the credential can send. */
  snapshot(): BudgetSnapshot[] {
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
  spend(costClass: CostClass, request: HttpRequest): void {
    const { method, url, purpose = 'read' } = request;
    const now = this.#now();
    const ledger = this.#ledger(costClass);
    if (ledger.allowance(purpose, now) === 0) {
      const retryAt = new Date(ledger.roomAt(purpose, now));
      throw new RateLimitedError(
        [
          `not sent, since ${whatIsUsedUp(ledger, purpose, now)} is used up until ${retryAt.toISOString()}`,
          ...circumstances(ledger, now),
        ].join('; '),
        { method, url: displayUrl(url), retryAt },
      );
    }
    ledger.count(purpose, now);
  }

  /** Takes over what an answer says about the limit. */
  correct(
    costClass: CostClass,
    { url }: HttpRequest,
    { status, headers }: HttpResponse,
  ): void {
    const now = this.#now();
    const isSource = /\/repositories\/[^/]+\/[^/]+\/src\//.test(url);
    const answer = readRateLimitHeaders(headers, now);
    const about = { isSource, isRefusal: status === 429 };
    this.#ledger(costClass).correct(answer, about, now);
  }

  #ledger(costClass: CostClass): Ledger {
    const found = this.ledgers.find(ledger => ledger.costClass === costClass);
    if (!found) {
      throw new Error(`The credential sends no ${costClass}`);
    }
    return found;
  }
}

function amount({ costClass, limit }: Ledger): string {
  return `${number(limit)} ${
    costClass === 'archives' ? 'archives' : 'requests'
  }`;
}

/** All of the hour's requests, or what one purpose may use of them. */
function whatIsUsedUp(ledger: Ledger, purpose: Purpose, now: number): string {
  const budget = `the budget of ${amount(ledger)} an hour`;
  const state = ledger.state(now);
  if (state.used >= state.limit) {
    return budget;
  }
  const kept = Math.min(keptFrom(purpose, state), state.limit - state.used);
  return `what ${purposeInWords(purpose)} may use of ${budget} (${number(kept)} are kept for other purposes)`;
}

/** Why the budget is what it is, and what could be done. */
function* circumstances(ledger: Ledger, now: number): Generator<string> {
  const { costClass, limitSource } = ledger;
  const foreign = ledger.foreign(now);
  if (foreign > 0) {
    yield `others with the same credential have sent ${number(foreign)}`;
  }
  if (limitSource === 'configuration') {
    yield 'integrations.bitbucketCloud[0].requestsPerHour sets this limit';
  } else if (limitSource === 'default' && costClass === 'anonymous') {
    yield `with a credential there are ${number(
      REQUESTS_PER_HOUR.repositories,
    )}`;
  } else if (limitSource === 'default' && costClass === 'repositories') {
    yield 'where Bitbucket grants more, integrations.bitbucketCloud[0].requestsPerHour can say so';
  }
}

function byPurpose<T>(describe: (purpose: Purpose) => T): Record<Purpose, T> {
  return Object.fromEntries(
    PURPOSES.map(purpose => [purpose, describe(purpose)]),
  ) as Record<Purpose, T>;
}

const number = (value: number) => value.toLocaleString('en-US');
