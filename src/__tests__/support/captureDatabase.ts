import {
  BackendFeature,
  coreServices,
  createBackendModule,
  DatabaseService,
} from '@backstage/backend-plugin-api';

/**
 * Hands over the catalog's database, so that a test can close it: a backend
 * that stops leaves its connections open.
 */
export function captureDatabase(
  take: (database: DatabaseService) => void,
): BackendFeature {
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: 'test-database',
    register(env) {
      env.registerInit({
        deps: { database: coreServices.database },
        async init({ database }) {
          take(database);
        },
      });
    },
  });
}
