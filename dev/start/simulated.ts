import { toError } from '@backstage/errors';
import { resolve } from 'node:path';
import {
  Endpoint,
  HookEvent,
  loadWorkspaceFolder,
  LoggedRequest,
  SimulatedPullRequest,
  SimulatedWorkspace,
  startSimulator,
} from '../simulator';
import { StartError } from './errors';
import { followFolder } from './followFolder';
import { CatalogSource, CLOUD } from './source';
import { Row } from './table';
import { WorkspaceFolder } from './WorkspaceFolder';

export const WORKSPACE_FOLDER = resolve(__dirname, '../workspace');

/** A component, and the repository with its file. */
const EXAMPLE = 'booking-api';

export const TRIAL = {
  invitation: `Try it: change dev/workspace/repositories/${EXAMPLE}/catalog-info.yaml and save it. That is a push, and the entity follows in a second or two.`,
  component: EXAMPLE,
};

/** All events of a webhook that the module uses. */
const EVENTS: HookEvent[] = [
  'project:updated',
  'pullrequest:created',
  'pullrequest:fulfilled',
  'pullrequest:push',
  'pullrequest:rejected',
  'pullrequest:updated',
  'repo:created',
  'repo:deleted',
  'repo:imported',
  'repo:push',
  'repo:transfer',
  'repo:updated',
];

/** How a simulated source is started. */
export type SimulatedOptions = {
  /** Where to listen; 0 is any free port. */
  port: number;
  /** Base URL of the backend, to which reports on pull requests link. */
  backendUrl: string;
  /** Default `dev/workspace`. */
  folder?: string;
};

const ACCESS_TOKEN = 'access-token-of-the-demonstration';

/** Plays a folder as a workspace of Bitbucket Cloud. */
export async function startSimulatedSource(
  options: SimulatedOptions,
): Promise<CatalogSource> {
  const { port, backendUrl, folder = WORKSPACE_FOLDER } = options;
  const workspace = readWorkspace(folder);
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
        scopes: ['repository', 'pullrequest'],
      },
    ],
  });
  let unfollow: (() => Promise<void>) | undefined;
  return {
    product: CLOUD,
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
      pullRequests: { link: backendUrl },
    },
    requests: () => countByEndpoint(simulator.requests.entries, ENDPOINTS),
    trial: TRIAL,
    afterFill: () =>
      workspaceFolder
        .openPullRequests()
        .map(pullRequest => introduce(pullRequest, simulator.webBaseUrl))
        .join('\n\n'),
    follow: (webhook, logger) => {
      workspace.hooks.add({ ...webhook, events: EVENTS });
      const { deliveries } = simulator;
      unfollow = followFolder({ folder: workspaceFolder, deliveries, logger });
    },
    stop: async () => {
      await unfollow?.();
      await simulator.stop();
    },
  };
}

/**
 * Reads the workspace that is to be simulated.
 *
 * @throws StartError that names the file and what is wrong with it
 */
export function readWorkspace(folder: string): SimulatedWorkspace {
  try {
    return loadWorkspaceFolder(folder);
  } catch (error) {
    throw new StartError(
      `The simulated workspace cannot be read. ${toError(error).message}`,
    );
  }
}

function introduce(
  { id, source, destination }: SimulatedPullRequest,
  webBaseUrl: string,
): string {
  const { fullName, slug } = destination.repository;
  return [
    `Pull request ${id} of ${slug} has mistakes in its catalog files:`,
    `  ${webBaseUrl}/${fullName}/pull-requests/${id}`,
    `Correct them below dev/workspace/pull-requests/${slug}/. Saving a file pushes to ${source.branch}, and the report follows in about three seconds; reload the page to see it.`,
  ].join('\n');
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

/** @param labels - of the endpoints, as Bitbucket's documentation has them */
export function countByEndpoint<E extends string>(
  requests: readonly Pick<LoggedRequest<E>, 'endpoint'>[],
  labels: Partial<Record<E, string>>,
): Row[] {
  const counts = new Map<string, number>();
  for (const { endpoint } of requests) {
    const label = labels[endpoint] ?? endpoint;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts];
}
