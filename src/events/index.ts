export { DELIVERIES_TOPIC } from './topic';
export { Deliveries } from './Deliveries';
export type { DeliverySnapshot } from './Deliveries';
export { DeliveryReceiver } from './DeliveryReceiver';
export type { Heard, Hint } from './delivery';
export { createSignatureValidator } from './validator';
