import {
  BackendFeature,
  coreServices,
  createBackendModule,
  DatabaseService,
} from '@backstage/backend-plugin-api';

/**
 * Hands over the database of a plugin, if that is there, so that a test can close
 * it: a backend that stops leaves its connections open.
 */
export function captureDatabase(
  pluginId: string,
  take: (database: DatabaseService) => void | Promise<void>,
): BackendFeature {
  return createBackendModule({
    pluginId,
    moduleId: 'test-database',
    register(env) {
      env.registerInit({
        deps: { database: coreServices.database },
        async init({ database }) {
          await take(database);
        },
      });
    },
  });
}
