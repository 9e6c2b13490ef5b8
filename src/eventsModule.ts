import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { eventsExtensionPoint } from '@backstage/plugin-events-node/alpha';
import { readWebhookConfig } from './config';
import { deliveriesServiceRef } from './deliveriesService';
import { createDeliveryValidator, DELIVERIES_TOPIC } from './events';

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
        const webhooks = readWebhookConfig(config);
        if (webhooks.allowUnsigned) {
          logger.warn(
            'Anyone may send deliveries of Bitbucket Cloud webhooks, since events.modules.bitbucketCloud.allowUnsigned is set. A forged one costs requests to Bitbucket. Give the webhook a secret, put it into events.modules.bitbucketCloud.webhookSecret, and take allowUnsigned out.',
          );
        } else if (webhooks.secrets.length === 0) {
          logger.info(
            'Deliveries of Bitbucket Cloud webhooks are refused with 403, since events.modules.bitbucketCloud.webhookSecret is not set. To use webhooks, set it to the secret of the webhook, for example to what this prints: openssl rand -hex 32',
          );
        }
        events.addHttpPostIngress({
          topic: DELIVERIES_TOPIC,
          validator: createDeliveryValidator(webhooks, deliveries),
        });
      },
    });
  },
});
