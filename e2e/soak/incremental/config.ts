import { JsonObject } from '@backstage/types';
import { CATALOG_PATHS } from '../catalogFiles';
import { EXCLUDED_PROJECT, World } from '../World';

/** Of the webhooks. */
export const SECRET = 'a-secret-for-the-soak';

/** Projects, of which each is another provider's but for the excluded one. */
export const PROJECTS = ['PAY', 'SHOP', EXCLUDED_PROJECT];

/** The ids of the providers that are in the configuration: one for each project. */
export const providersOf = ({ projects, unconfigured }: World): string[] =>
  projects
    .filter(key => key !== EXCLUDED_PROJECT && !unconfigured.has(key))
    .map(idOf);

const idOf = (key: string) => key.replace('~', '').toLowerCase();

/**
 * With the default `fullWalk`, so that nearly all walks are incremental.
 *
 * @param name - of the product in the configuration
 * @param integration - how to get at it
 * @param more - of each provider
 */
export function configOf(
  world: World,
  name: string,
  integration: JsonObject,
  more: JsonObject & { filters?: JsonObject },
): JsonObject {
  const { projects, branch } = world;
  const ids = new Set(providersOf(world));
  const providers = Object.fromEntries(
    projects
      .filter(key => ids.has(idOf(key)))
      .map(key => [
        idOf(key),
        {
          ...more,
          catalogPath: CATALOG_PATHS,
          filters: { ...more.filters, projectKey: key },
          ...(branch ? { branch, fallbackToDefaultBranch: true } : {}),
          // What is held back is the concern of other tests.
          removals: { maxPercentage: 100 },
        },
      ]),
  );
  return {
    integrations: { [name]: [integration] },
    events: {
      useEventBus: 'never',
      modules: { [name]: { webhookSecret: SECRET } },
    },
    catalog: {
      processingInterval: { seconds: 8 },
      stitchingStrategy: { pollingInterval: { milliseconds: 100 } },
      providers: { [name]: providers },
    },
  };
}
