import { createBackendModule } from '@backstage/backend-plugin-api';
import { Entity } from '@backstage/catalog-model';
import {
  catalogProcessingExtensionPoint,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';

const NAME = 'plain-entities';

/**
 * Fills the catalog with as many components and Locations as a module would,
 * from nowhere.
 */
export const plainEntities = (components: number) =>
  createBackendModule({
    pluginId: 'catalog',
    moduleId: NAME,
    register(env) {
      env.registerInit({
        deps: { catalog: catalogProcessingExtensionPoint },
        async init({ catalog }) {
          catalog.addEntityProvider(new PlainEntityProvider(components));
        },
      });
    },
  });

class PlainEntityProvider implements EntityProvider {
  constructor(private readonly components: number) {}

  getProviderName(): string {
    return NAME;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    const entities = Array.from({ length: this.components }, (_, index) => [
      component(index),
      location(index),
    ]).flat();
    await connection.applyMutation({
      type: 'full',
      entities: entities.map(entity => ({ entity, locationKey: NAME })),
    });
  }
}

const component = (index: number): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: metadata(`component-${index}`),
  spec: { type: 'service', lifecycle: 'production', owner: 'team-routes' },
});

/** Says that there is nothing to read. */
const location = (index: number): Entity => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Location',
  metadata: metadata(`location-${index}`),
  spec: { type: 'url', targets: [] },
});

function metadata(name: string): Entity['metadata'] {
  const url = `url:https://bitbucket.org/bench/${name}/src/main/catalog-info.yaml`;
  return {
    name,
    annotations: {
      'backstage.io/managed-by-location': url,
      'backstage.io/managed-by-origin-location': url,
    },
  };
}
