export { announceEvents } from './announce';
export { Deliveries } from './Deliveries';
export type {
  Delivery,
  DeliveryAttempt,
  DeliveryOptions,
  DeliveryPlan,
  Fate,
} from './types';
