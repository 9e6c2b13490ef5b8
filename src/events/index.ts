export { readDelivery } from './delivery';
export type { Delivery, Hint, PushedBranch } from './delivery';
export { isSigned } from './signature';
