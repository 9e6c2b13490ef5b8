import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  CatalogScmEvent,
  catalogScmEventsServiceRef,
} from '@backstage/plugin-catalog-node/alpha';
import { eventsServiceRef } from '@backstage/plugin-events-node';

/**
 * Records what anyone publishes, and publishes what the bridge of the stock module
 * does when a repository is renamed to `bridged`.
 */
export function recordScmEvents(published: CatalogScmEvent[]) {
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: 'recorder',
    register(env) {
      env.registerInit({
        deps: {
          events: eventsServiceRef,
          logger: coreServices.logger,
          scmEvents: catalogScmEventsServiceRef,
        },
        async init({ events, scmEvents }) {
          scmEvents.subscribe({
            onEvents: async news => {
              published.push(...news);
            },
          });
          await events.subscribe({
            id: 'bridge',
            topics: ['bitbucketCloud'],
            onEvent: async ({ eventPayload }) => {
              const { repository } = eventPayload as {
                repository: { full_name: string };
              };
              if (repository.full_name === 'acme/bridged') {
                await scmEvents.publish([
                  {
                    type: 'repository.moved',
                    fromUrl: 'https://bitbucket.org/acme/shop',
                    toUrl: 'https://bitbucket.org/acme/bridged',
                  },
                ]);
              }
            },
          });
        },
      });
    },
  });
}
