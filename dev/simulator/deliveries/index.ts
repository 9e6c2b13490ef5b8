export { announceEvents } from './announce';
export { Deliveries } from './Deliveries';
export { signature } from './post';
export type {
  Delivery,
  DeliveryAttempt,
  DeliveryOptions,
  DeliveryPlan,
  Fate,
  Sending,
} from './types';
