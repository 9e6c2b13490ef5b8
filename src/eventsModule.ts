import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { eventsExtensionPoint } from '@backstage/plugin-events-node/alpha';
import { readWebhookSecrets } from './config';
import { deliveriesServiceRef } from './deliveriesService';
import { createSignatureValidator, DELIVERIES_TOPIC } from './events';

/**
 * Opens `/api/events/http/bitbucketCloud` for webhooks of Bitbucket Cloud. Where
 * there is no events backend, the backend system leaves this module out.
 */
export const eventsModuleBitbucketCloud = createBackendModule({
  pluginId: 'events',
  moduleId: 'bitbucket-cloud-webhooks',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        deliveries: deliveriesServiceRef,
        events: eventsExtensionPoint,
        logger: coreServices.logger,
      },
      async init({ config, deliveries, events, logger }) {
        const secrets = readWebhookSecrets(config);
        if (secrets.length === 0) {
          logger.warn(
            'Anyone may send deliveries of Bitbucket Cloud webhooks, since events.modules.bitbucketCloud.webhookSecret is not set. A forged one changes nothing, but costs requests to Bitbucket. Give the webhook a secret, and put it there too.',
          );
        }
        events.addHttpPostIngress({
          topic: DELIVERIES_TOPIC,
          validator:
            secrets.length > 0
              ? createSignatureValidator(secrets, deliveries)
              : undefined,
        });
      },
    });
  },
});
