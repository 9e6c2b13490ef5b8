import { AsyncLocalStorage } from 'node:async_hooks';
import { Purpose } from '../scm/types';

/** How many requests were sent for each purpose. */
export type Spent = Partial<Record<Purpose, number>>;

/** Where the requests of an hour stand. */
export type HourState = {
  /** Requests in a rolling hour. */
  limit: number;
  /** Of those, how many are used, by whomever. */
  used: number;
  /** What each purpose used; the rest was sent by others with the same credential. */
  spent: Spent;
  /** The most requests for pull requests; absent where none are checked. */
  pullRequests?: number;
};

/**
 * What each purpose may use of an hour's requests, in percent. Nothing that is
 * guaranteed to one purpose is used by another, so that none starves another; what is
 * not reserved for a purpose goes to the first request.
 */
const ALLOWANCES: Record<
  Purpose,
  {
    /** What the others leave to it. */
    guaranteed: number;
    /** What it leaves to the other purposes once its own share is used up. */
    leaves: number;
    /** For people. */
    label: string;
  }
> = {
  // 65 requests an hour suffice for an idle workspace of any size. A long first walk
  // leaves a fifth to whatever someone waits for.
  walk: { guaranteed: 10, leaves: 20, label: 'walks' },
  read: { guaranteed: 6, leaves: 0, label: 'catalog reads' },
  // One analysis takes about 55 requests.
  interactive: { guaranteed: 8, leaves: 0, label: 'interactive requests' },
  delivery: { guaranteed: 6, leaves: 0, label: 'webhook deliveries' },
  // Where they are checked, and no more than is configured.
  'pull-request': { guaranteed: 10, leaves: 0, label: 'pull requests' },
  // From what is spare alone.
  recheck: { guaranteed: 0, leaves: 50, label: 're-checks' },
};

/** Every purpose. */
export const PURPOSES = Object.keys(ALLOWANCES) as Purpose[];

/** A purpose, as people call it. */
export const purposeInWords = (purpose: Purpose) => ALLOWANCES[purpose].label;

/**
 * How many more requests a purpose may send, if no other sends any meanwhile.
 *
 * Shares are of what is not used by others with the same credential. A purpose whose
 * share is too small to be a request has one all the same, while there are any.
 */
export function allowanceOf(purpose: Purpose, state: HourState): number {
  const { limit, used, spent } = state;
  const free = Math.max(0, limit - used);
  const own =
    guaranteedTo(purpose, state) > 0 && !spent[purpose]
      ? Math.max(1, unusedShare(purpose, state))
      : unusedShare(purpose, state);
  const most = mostOf(purpose, state) - (spent[purpose] ?? 0);
  return Math.max(
    0,
    Math.min(free, most, Math.max(own, free - keptFrom(purpose, state))),
  );
}

/** The most requests of an hour, however many are free. */
function mostOf(purpose: Purpose, { pullRequests = 0 }: HourState): number {
  return purpose === 'pull-request' ? pullRequests : Infinity;
}

/** In percent of the hour. */
function guaranteedTo(purpose: Purpose, state: HourState): number {
  const most = (100 * mostOf(purpose, state)) / state.limit;
  return Math.min(ALLOWANCES[purpose].guaranteed, most);
}

/** How many requests a purpose leaves to the others when it has used its own share. */
export function keptFrom(purpose: Purpose, state: HourState): number {
  const { limit } = state;
  const least = Math.ceil((limit * ALLOWANCES[purpose].leaves) / 100);
  const ofOthers = PURPOSES.filter(other => other !== purpose)
    .map(other => unusedShare(other, state))
    .reduce((sum, share) => sum + share, 0);
  return Math.max(ofOthers, Math.min(least, limit - 1));
}

function unusedShare(purpose: Purpose, state: HourState): number {
  const { limit, used, spent } = state;
  const ofAll = PURPOSES.reduce((sum, one) => sum + (spent[one] ?? 0), 0);
  const toShare = limit - Math.max(0, used - ofAll);
  const share = Math.floor((toShare * guaranteedTo(purpose, state)) / 100);
  return Math.max(0, share - (spent[purpose] ?? 0));
}

const current = new AsyncLocalStorage<Purpose>();

/**
 * Does some work whose requests are made for a purpose, unless they name another. It
 * holds across services that have no parameter for it, such as the catalog's URL reader.
 */
export function withPurpose<T>(
  purpose: Purpose,
  work: () => Promise<T>,
): Promise<T> {
  return current.run(purpose, work);
}

/** What the requests are made for that are about to be sent. Default `read`. */
export function currentPurpose(): Purpose {
  return current.getStore() ?? 'read';
}
