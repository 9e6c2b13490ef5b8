import { createBackend } from '@backstage/backend-defaults';
import { WinstonLogger } from '@backstage/backend-defaults/rootLogger';
import {
  coreServices,
  createServiceFactory,
  ServiceRef,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { format, transports } from 'winston';
import { toConfig } from './config';
import { fastClock } from './fastClock';
import { plainEntities } from './plainEntities';
import { BackendSettings } from './settings';
import { sendStockModuleTo } from './stockAddress';
import { teams } from './teams';

/** A backend with the catalog and one of the modules, all of it loaded. */
export async function loadBackend(settings: BackendSettings) {
  if (settings.module === 'stock' && settings.product === 'cloud') {
    sendStockModuleTo(settings.apiBaseUrl);
  }
  const features = [
    import('@backstage/plugin-catalog-backend'),
    ...(settings.webhookSecret
      ? [import('@backstage/plugin-events-backend')]
      : []),
    ...moduleFeatures(settings),
    ...(settings.teams ? [teams(settings.teams)] : []),
  ];
  await Promise.all(features);
  const backend = createBackend();
  backend.add(
    provide(coreServices.rootConfig, new ConfigReader(toConfig(settings))),
  );
  backend.add(provide(coreServices.rootLogger, createLogger()));
  features.forEach(feature => backend.add(feature));
  return backend;
}

function moduleFeatures(settings: BackendSettings) {
  const { module, product, components = 0, clock } = settings;
  const isCloud = product === 'cloud';
  switch (module) {
    case 'ours':
      return [
        isCloud ? import('../../src') : import('../../src/dataCenter'),
        ...(clock ? [fastClock(clock)] : []),
      ];
    case 'stock':
      return [
        isCloud
          ? import('@backstage/plugin-catalog-backend-module-bitbucket-cloud')
          : import('@backstage/plugin-catalog-backend-module-bitbucket-server'),
      ];
    case 'none':
      return [plainEntities(components)];
  }
}

function provide<T extends {}>(
  service: ServiceRef<T, 'root', 'singleton'>,
  value: T,
) {
  return createServiceFactory({ service, deps: {}, factory: () => value });
}

const createLogger = () =>
  WinstonLogger.create({
    level: 'info',
    format: format.combine(format.timestamp(), format.simple()),
    transports: [new transports.Console()],
  });
