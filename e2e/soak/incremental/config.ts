import { JsonObject } from '@backstage/types';
import { CATALOG_PATHS } from '../catalogFiles';
import { EXCLUDED_PROJECT, World, WORKSPACE } from '../World';

/** Of the webhook of the workspace. */
export const SECRET = 'a-secret-for-the-soak';

/** The ids of the providers that are in the configuration: one for each project. */
export const providersOf = ({ projects, unconfigured }: World): string[] =>
  projects
    .filter(key => key !== EXCLUDED_PROJECT && !unconfigured.has(key))
    .map(key => key.toLowerCase());

/** With the default `fullWalk`, so that nearly all walks are incremental. */
export function configOf(world: World): JsonObject {
  const { simulator, account, branch } = world;
  const bitbucketCloud = Object.fromEntries(
    providersOf(world).map(id => [
      id,
      {
        workspace: WORKSPACE,
        catalogPath: CATALOG_PATHS,
        filters: { projectKey: id.toUpperCase() },
        ...(branch ? { branch, fallbackToDefaultBranch: true } : {}),
        // What is held back is the concern of other tests.
        removals: { maxPercentage: 100 },
      },
    ]),
  );
  return {
    integrations: {
      bitbucketCloud: [
        {
          apiBaseUrl: simulator.apiBaseUrl,
          token: account.token,
          requestsPerHour: 100_000,
        },
      ],
    },
    events: {
      useEventBus: 'never',
      modules: { bitbucketCloud: { webhookSecret: SECRET } },
    },
    catalog: {
      processingInterval: { seconds: 8 },
      stitchingStrategy: { pollingInterval: { milliseconds: 100 } },
      providers: { bitbucketCloud },
    },
  };
}
