import { createBackendModule } from '@backstage/backend-plugin-api';
import { Entity } from '@backstage/catalog-model';
import {
  catalogProcessingExtensionPoint,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';

const NAME = 'teams';

/** Fills the catalog with the groups that own its components. */
export const teams = (names: string[]) =>
  createBackendModule({
    pluginId: 'catalog',
    moduleId: NAME,
    register(env) {
      env.registerInit({
        deps: { catalog: catalogProcessingExtensionPoint },
        async init({ catalog }) {
          catalog.addEntityProvider(new TeamProvider(names));
        },
      });
    },
  });

class TeamProvider implements EntityProvider {
  constructor(private readonly names: string[]) {}

  getProviderName(): string {
    return NAME;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    await connection.applyMutation({
      type: 'full',
      entities: this.names.map(name => ({
        entity: group(name),
        locationKey: NAME,
      })),
    });
  }
}

function group(name: string): Entity {
  const location = 'url:https://directory.example.com/teams';
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: {
      name,
      annotations: {
        'backstage.io/managed-by-location': location,
        'backstage.io/managed-by-origin-location': location,
      },
    },
    spec: { type: 'team', children: [] },
  };
}
