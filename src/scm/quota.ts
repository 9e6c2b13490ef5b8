import { Purpose } from './types';

/** How many requests a host still grants. */
export type QuotaView = {
  /** Where it stands, for each kind of requests that is counted apart. */
  snapshot(): QuotaSnapshot[];
  /**
   * Saves what was counted since it was last saved, before a backend stops. Never
   * rejects.
   */
  save(): Promise<void>;
};

/** One kind of requests, and how many of them may be sent. */
export type QuotaSnapshot = {
  costClass: string;
  /** Requests in a rolling hour. */
  limit: number;
  used: number;
  free: number;
  /** Of those that are free, how many walks may send. */
  freeForWalks: number;
  /** What each purpose has used, and how many more requests it may send. */
  purposes: Record<Purpose, { used: number; free: number }>;
  /** When there will be more; absent when all are free. */
  moreAt?: Date;
};
