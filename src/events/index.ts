export { DELIVERIES_TOPIC } from './topic';
export { Deliveries } from './Deliveries';
export type { DeliverySnapshot } from './Deliveries';
export { DeliveryReceiver } from './DeliveryReceiver';
export { EVENTS } from './delivery';
export type { Hint, ProjectHint, RepositoryHint } from './delivery';
export { RepositoryLooks } from './RepositoryLooks';
export type { Look, RepositoryWatcher } from './RepositoryLooks';
export { createDeliveryValidator } from './validator';
