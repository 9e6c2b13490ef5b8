import {
  coreServices,
  createBackendModule,
  createServiceFactory,
  createServiceRef,
  ServiceRef,
  UrlReaderService,
} from '@backstage/backend-plugin-api';
import {
  catalogAnalysisExtensionPoint,
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import { catalogScmEventsServiceRef } from '@backstage/plugin-catalog-node/alpha';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { eventsExtensionPoint } from '@backstage/plugin-events-node/alpha';
import {
  createDeliveryValidator,
  Deliveries,
} from '../changes/DeliveryReceiver';
import {
  BitbucketUrlReader,
  TreeResponseFactory,
} from '../reader/BitbucketUrlReader';
import { ScmDeliveries } from '../scm/ScmHost';
import { installEndpoints } from './endpoints';
import { installHost } from './installHost';
import { warnOfSecondCopy } from './secondCopy';
import { HostParts, installedHostsRef } from './services';
import { Settings } from './settings';

/** What the modules of a product differ in. */
type Product = {
  /** Begins the ids of its modules, such as `bitbucket-cloud`. */
  id: string;
  /** Of its hosts, as far as they are the same for all of them. */
  deliveries: Pick<ScmDeliveries, 'topic' | 'isPing'>;
  /** What all replicas take the deliveries of a host under: each reaches one of them. */
  subscriptionOf(hostId: string): string;
  settingsRef: ServiceRef<Settings, 'root', 'singleton'>;
  partsRef: ServiceRef<HostParts[], 'plugin', 'singleton'>;
  deliveriesRef: ServiceRef<Deliveries, 'root', 'singleton'>;
};

/** The features that a product is made of. */
export function createProductModules(product: Product) {
  return [
    createCatalogModule(product),
    createUrlReaderFactory(product),
    createEventsModule(product),
  ];
}

/**
 * Adds the entity providers of the configuration to the catalog, and endpoints that
 * tell how they do.
 */
function createCatalogModule(product: Product) {
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: `${product.id}-entity-provider`,
    register(env) {
      env.registerInit({
        deps: {
          analysis: catalogAnalysisExtensionPoint,
          auditor: coreServices.auditor,
          auth: coreServices.auth,
          catalog: catalogProcessingExtensionPoint,
          catalogService: catalogServiceRef,
          deliveries: product.deliveriesRef,
          events: eventsServiceRef,
          hosts: installedHostsRef,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          lifecycle: coreServices.lifecycle,
          logger: coreServices.logger,
          permissions: coreServices.permissions,
          permissionsRegistry: coreServices.permissionsRegistry,
          rootLifecycle: coreServices.rootLifecycle,
          scheduler: coreServices.scheduler,
          scmEvents: catalogScmEventsServiceRef,
          settings: product.settingsRef,
          parts: product.partsRef,
          urlReader: coreServices.urlReader,
        },
        async init(services) {
          const { deliveries, hosts, logger, parts, settings } = services;
          settings.warnings.forEach(warning => logger.warn(warning));
          if (!hosts.areServed) {
            hosts.areServed = true;
            const secondCopy = warnOfSecondCopy();
            if (secondCopy) {
              logger.warn(secondCopy);
            }
            installEndpoints({ ...services, hosts: hosts.all });
          }
          for (const one of parts) {
            hosts.all.push(
              await installHost(one, {
                ...services,
                subscriptionOf: product.subscriptionOf,
              }),
            );
          }
          observeDeliveries(parts, deliveries);
        },
      });
    },
  });
}

/** Counts deliveries by host. Those that are refused may be from any of several. */
function observeDeliveries(parts: HostParts[], deliveries: Deliveries): void {
  for (const { index, metrics } of parts) {
    metrics.observeDeliveries(() => {
      const { counts } = deliveries.snapshot(index.host.id);
      const { refused, ...known } = counts;
      return parts.length === 1 ? counts : known;
    });
  }
  if (parts.length > 1) {
    const [{ index, metrics }] = parts;
    metrics.observeRefusedDeliveries(
      () => deliveries.snapshot(index.host.id).counts.refused,
    );
  }
}

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
 * Answers for the hosts in the catalog. Every plugin that reads URLs asks for these
 * factories; the others keep the built-in reader.
 */
function createUrlReaderFactory({ partsRef, settingsRef }: Product) {
  return createServiceFactory({
    service: urlReaderFactoriesServiceRef,
    deps: {
      plugin: coreServices.pluginMetadata,
      settings: settingsRef,
      parts: partsRef,
    },
    factory:
      ({ plugin, settings, parts }) =>
      ({ treeResponseFactory }) =>
        plugin.getId() === 'catalog'
          ? parts.map(one => ({
              predicate: one.index.host.urls.matches,
              reader: new BitbucketUrlReader(
                { ...one, catalogFileNames: settings.catalogFileNames },
                treeResponseFactory,
              ),
            }))
          : [],
  });
}

/**
 * Opens `/api/events/http/…` for the webhooks of a product. Where there is no events
 * backend, the backend system leaves this module out.
 */
function createEventsModule({
  id,
  deliveries: { topic, isPing },
  ...product
}: Product) {
  return createBackendModule({
    pluginId: 'events',
    moduleId: `${id}-webhooks`,
    register(env) {
      env.registerInit({
        deps: {
          deliveries: product.deliveriesRef,
          events: eventsExtensionPoint,
          logger: coreServices.logger,
          settings: product.settingsRef,
        },
        async init({ deliveries, events, logger, settings }) {
          const { webhooks, webhookKeys } = settings;
          if (webhooks.allowUnsigned) {
            logger.warn(
              `Webhook deliveries are accepted without a signature, since ${webhookKeys.unsigned} is set. A forged delivery causes requests to Bitbucket. Set a secret in the webhook and in ${webhookKeys.secret}, and remove allowUnsigned.`,
            );
          } else if (webhooks.secrets.length === 0) {
            logger.info(
              `Webhook deliveries are refused with 403, since ${webhookKeys.secret} is not set. To use webhooks, set it to the secret of the webhook, for example to the output of: openssl rand -hex 32`,
            );
          }
          events.addHttpPostIngress({
            topic,
            validator: createDeliveryValidator(
              webhooks,
              deliveries,
              webhookKeys.secret,
              isPing,
            ),
          });
        },
      });
    },
  });
}
