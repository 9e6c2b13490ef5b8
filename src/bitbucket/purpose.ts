import { AsyncLocalStorage } from 'node:async_hooks';
import { Purpose } from './types';

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
