import {
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';
import { Deliveries } from './events';

/** Counts deliveries for the plugin that lets them in and the one that acts on them. */
export const deliveriesServiceRef = createServiceRef<Deliveries>({
  id: 'backstage-plugin-catalog-backend-module-bitbucket-cloud.deliveries',
  scope: 'root',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: {},
      factory: () => new Deliveries(),
    }),
});
