import {
  coreServices,
  createBackendFeatureLoader,
  createBackendModule,
  createServiceFactory,
  createServiceRef,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import { eventsExtensionPoint } from '@backstage/plugin-events-node/alpha';
import { createDeliveryValidator } from '../changes/DeliveryReceiver';
import { bitbucketCloudNames } from '../hosts/bitbucket-cloud/names';
import { bitbucketCloudDeliveries } from '../hosts/bitbucket-cloud/delivery';
import {
  BitbucketUrlReader,
  TreeResponseFactory,
} from '../reader/BitbucketUrlReader';
import { catalogModuleBitbucketCloud } from './module';
import { bitbucketCloudServiceRef, deliveriesServiceRef } from './services';
import { readSettings, settingsServiceRef } from './settings';

/**
 * Opens `/api/events/http/bitbucketCloud` for webhooks of Bitbucket Cloud. Where
 * there is no events backend, the backend system leaves this module out.
 */
const eventsModuleBitbucketCloud = createBackendModule({
  pluginId: 'events',
  moduleId: 'bitbucket-cloud-webhooks',
  register(env) {
    env.registerInit({
      deps: {
        deliveries: deliveriesServiceRef,
        events: eventsExtensionPoint,
        logger: coreServices.logger,
        settings: settingsServiceRef,
      },
      async init({ deliveries, events, logger, settings }) {
        const { webhooks } = settings;
        if (webhooks.allowUnsigned) {
          logger.warn(
            'Webhook deliveries are accepted without a signature, since events.modules.bitbucketCloud.allowUnsigned is set. A forged delivery causes requests to Bitbucket. Set a secret in the webhook and in events.modules.bitbucketCloud.webhookSecret, and remove allowUnsigned.',
          );
        } else if (webhooks.secrets.length === 0) {
          logger.info(
            'Webhook deliveries are refused with 403, since events.modules.bitbucketCloud.webhookSecret is not set. To use webhooks, set it to the secret of the webhook, for example to the output of: openssl rand -hex 32',
          );
        }
        events.addHttpPostIngress({
          topic: bitbucketCloudDeliveries.topic,
          validator: createDeliveryValidator(
            webhooks,
            deliveries,
            bitbucketCloudNames.configKeys.webhookSecret,
          ),
        });
      },
    });
  },
});

type UrlReaderFactory = (options: {
  treeResponseFactory: TreeResponseFactory;
}) => Array<{ predicate: (url: URL) => boolean; reader: UrlReaderService }>;

/**
 * The list of reader factories that `coreServices.urlReader` is made of, by the
 * id that `@backstage/backend-defaults/urlReader` gives it. A factory that the
 * user adds comes before this module's, the built-in ones after.
 */
const urlReaderFactoriesServiceRef = createServiceRef<UrlReaderFactory>({
  id: 'core.urlReader.factories',
  scope: 'plugin',
  multiton: true,
});

/**
 * Answers for bitbucket.org in the catalog. Every plugin that reads URLs asks
 * for these factories; the others keep the built-in reader.
 */
const bitbucketCloudUrlReaderFactory = createServiceFactory({
  service: urlReaderFactoriesServiceRef,
  deps: {
    plugin: coreServices.pluginMetadata,
    settings: settingsServiceRef,
    shared: bitbucketCloudServiceRef,
  },
  factory({ plugin, settings, shared }) {
    return ({ treeResponseFactory }) =>
      plugin.getId() === 'catalog'
        ? [
            {
              predicate: shared.index.host.urls.matches,
              reader: new BitbucketUrlReader(
                { ...shared, ...settings },
                treeResponseFactory,
              ),
            },
          ]
        : [];
  },
});

/**
 * Everything that a backend needs for Bitbucket Cloud: the entity providers of
 * `catalog.providers.bitbucketCloud`, the catalog's reader of bitbucket.org, and
 * the way in for webhooks.
 *
 * @remarks
 *
 * ```ts
 * backend.add(
 *   import('backstage-plugin-catalog-backend-module-bitbucket'),
 * );
 * ```
 *
 * The configuration is checked when the backend starts, before any plugin does.
 * A mistake stops the start with an error that names the key and the remedy.
 *
 * @public
 */
export const bitbucketCloud = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig },
  *loader({ config }) {
    // Here, since the built-in URL readers are made before any module's init,
    // and would fail at a mistake without saying how to fix it.
    const settings = readSettings(config);
    yield createServiceFactory({
      service: settingsServiceRef,
      deps: {},
      factory: () => settings,
    });
    yield catalogModuleBitbucketCloud;
    yield bitbucketCloudUrlReaderFactory;
    yield eventsModuleBitbucketCloud;
  },
});
