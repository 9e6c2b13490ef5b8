import { resolve } from 'node:path';
import {
  Endpoint,
  loadWorkspaceFolder,
  LoggedRequest,
  startSimulator,
} from '../simulator';
import { CatalogSource } from './source';
import { Row } from './table';

const WORKSPACE_FOLDER = resolve(__dirname, '../workspace');

const ACCESS_TOKEN = 'access-token-of-the-demonstration';

/**
 * Plays `dev/workspace` as a workspace of Bitbucket Cloud.
 *
 * @param port - where to listen; 0 is any free port
 */
export async function startSimulatedSource(
  port: number,
): Promise<CatalogSource> {
  const workspace = loadWorkspaceFolder(WORKSPACE_FOLDER);
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
    stop: () => simulator.stop(),
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
