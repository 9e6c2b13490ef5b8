export type { BitbucketClient, ClientBudget } from './BitbucketClient';
export type { BudgetSnapshot } from './budget';
export type { BudgetStore } from './budgetStore';
export {
  createBitbucketClient,
  type BitbucketClientOptions,
} from './createBitbucketClient';
export type { CostClass } from './limits';
export { RequestMeter } from './meter';
export { PURPOSES } from './allowance';
export { withPurpose } from './purpose';
export type { MinuteCount } from './minuteCount';
export { quote } from './query';
export type { Timing } from './timing';
export * from './errors';
export type * from './types';
