import { resolve } from 'node:path';
import {
  Endpoint,
  loadWorkspaceFolder,
  LoggedRequest,
  startSimulator,
} from '../simulator';
import { followFolder } from './followFolder';
import { CatalogSource } from './source';
import { Row } from './table';
import { WorkspaceFolder } from './WorkspaceFolder';

const WORKSPACE_FOLDER = resolve(__dirname, '../workspace');

/** A component, and the repository with its file. */
const EXAMPLE = 'booking-api';

const ACCESS_TOKEN = 'access-token-of-the-demonstration';

/**
 * Plays a folder as a workspace of Bitbucket Cloud.
 *
 * @param port - where to listen; 0 is any free port
 * @param folder - default `dev/workspace`
 */
export async function startSimulatedSource(
  port: number,
  folder = WORKSPACE_FOLDER,
): Promise<CatalogSource> {
  const workspace = loadWorkspaceFolder(folder);
  // At once, so that nothing is missed that is changed from now on.
  const workspaceFolder = new WorkspaceFolder(folder, workspace);
  const simulator = await startSimulator({
    port,
    workspaces: [workspace],
    accounts: [
      {
        name: 'demonstration',
        kind: 'accessToken',
        token: ACCESS_TOKEN,
        scopes: ['repository'],
      },
    ],
  });
  let unfollow: (() => Promise<void>) | undefined;
  return {
    introduction: [
      `A simulator plays Bitbucket Cloud at ${simulator.apiBaseUrl}`,
      `and serves ${workspace.name} from dev/workspace: ${workspace.repositories.length} repositories in ${workspace.projects.length} projects.`,
    ].join('\n'),
    integration: [{ token: ACCESS_TOKEN, apiBaseUrl: simulator.apiBaseUrl }],
    provider: {
      workspace: workspace.slug,
      // In any folder, for the sake of the monorepo.
      catalogPath: 'catalog-info.yaml',
      schedule: { frequency: { minutes: 1 }, timeout: { minutes: 1 } },
    },
    requests: () => countByEndpoint(simulator.requests.entries),
    trial: {
      invitation: `Try it: change dev/workspace/repositories/${EXAMPLE}/catalog-info.yaml and save it. That is a push, and the entity follows in a second or two.`,
      component: EXAMPLE,
    },
    follow: (webhook, logger) => {
      const { deliveries } = simulator;
      unfollow = followFolder({
        folder: workspaceFolder,
        deliveries,
        webhook,
        logger,
      });
    },
    stop: async () => {
      await unfollow?.();
      await simulator.stop();
    },
  };
}

const REPOSITORY = '/repositories/{workspace}/{repository}';

/** The endpoints in Bitbucket's own words, as far as requests go there. */
const ENDPOINTS: Partial<Record<Endpoint, string>> = {
  repositories: '/repositories/{workspace}',
  repository: REPOSITORY,
  branch: `${REPOSITORY}/refs/branches/{name}`,
  branches: `${REPOSITORY}/refs/branches`,
  commit: `${REPOSITORY}/commit/{commit}`,
  src: `${REPOSITORY}/src/{commit}/{path}`,
};

function countByEndpoint(requests: readonly LoggedRequest[]): Row[] {
  const counts = new Map<string, number>();
  for (const { endpoint } of requests) {
    const label = ENDPOINTS[endpoint] ?? endpoint;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts];
}
