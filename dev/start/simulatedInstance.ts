import { LoggerService } from '@backstage/backend-plugin-api';
import { SimulatedPullRequest, SimulatedWorkspace } from '../simulator';
import {
  DataCenterEndpoint,
  DataCenterHookEvent,
  InsightReport,
  instanceFromWorkspace,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../simulator/data-center';
import { followFolder } from './followFolder';
import {
  countByEndpoint,
  readWorkspace,
  SimulatedOptions,
  TRIAL,
  WORKSPACE_FOLDER,
} from './simulated';
import { CatalogSource, DATA_CENTER } from './source';
import { WorkspaceFolder } from './WorkspaceFolder';

const HTTP_ACCESS_TOKEN = 'http-access-token-of-the-demonstration';

/** All events of a webhook that the module uses. */
const EVENTS: DataCenterHookEvent[] = [
  'pr:declined',
  'pr:deleted',
  'pr:from_ref_updated',
  'pr:merged',
  'pr:modified',
  'pr:opened',
  'project:modified',
  'repo:modified',
  'repo:refs_changed',
];

/** Plays a folder as an instance of Bitbucket Data Center. */
export async function startSimulatedInstance(
  options: SimulatedOptions,
): Promise<CatalogSource> {
  const { port, backendUrl, folder = WORKSPACE_FOLDER } = options;
  const workspace = readWorkspace(folder);
  // At once, so that nothing is missed that is changed from now on.
  const workspaceFolder = new WorkspaceFolder(folder, workspace);
  const instance = instanceFromWorkspace(workspace);
  const nameOf = namesOn(workspace);
  const simulator = await startDataCenterSimulator({
    port,
    instance,
    accounts: [
      { name: 'demonstration', kind: 'userToken', token: HTTP_ACCESS_TOKEN },
    ],
  });
  const { baseUrl, origin } = simulator;
  const { host } = new URL(origin);
  let unfollow: (() => Promise<void>) | undefined;
  return {
    product: DATA_CENTER,
    introduction: [
      `A simulator plays Bitbucket Data Center at ${baseUrl}/rest/api/latest`,
      `and serves ${workspace.name} from dev/workspace: ${instance.repositories.length} repositories in ${instance.projects.length} projects.`,
    ].join('\n'),
    integration: [{ host, apiBaseUrl: baseUrl, token: HTTP_ACCESS_TOKEN }],
    provider: {
      host,
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
        .map(pullRequest => introduce(pullRequest, nameOf))
        .join('\n\n'),
    follow: (webhook, logger) => {
      for (const project of instance.projects) {
        instance.hooks.add(project, { ...webhook, events: EVENTS });
      }
      logReports(instance, logger);
      unfollow = followFolder({
        folder: workspaceFolder,
        deliveries: simulator.deliveries,
        nameOf,
        logger,
      });
    },
    stop: async () => {
      await unfollow?.();
      await simulator.stop();
    },
  };
}

/**
 * What the instance calls the repositories of a workspace, those that are made later and
 * those that are gone, too: `PAX/web` for `skerry-lines/web`.
 */
function namesOn(workspace: SimulatedWorkspace): (fullName: string) => string {
  const names = new Map<string, string>();
  const add = ({
    fullName,
    slug,
    project,
  }: SimulatedWorkspace['repositories'][number]) =>
    names.set(fullName, `${project.key.toUpperCase()}/${slug}`);
  workspace.repositories.forEach(add);
  workspace.onEvent(event => {
    if (event.key === 'repo:created') {
      add(event.repository);
    }
  });
  return fullName => names.get(fullName) ?? fullName;
}

function introduce(
  { id, source, destination }: SimulatedPullRequest,
  nameOf: (fullName: string) => string,
): string {
  const { fullName, slug } = destination.repository;
  return [
    `Pull request ${id} of ${nameOf(fullName)} has mistakes in its catalog files. The simulator has no page for it:`,
    'each report that is posted to it is a line below, with the address of its page on the backend.',
    `Correct them below dev/workspace/pull-requests/${slug}/. Saving a file pushes to ${source.branch}, and the report follows in about three seconds.`,
  ].join('\n');
}

/** Says in a line each what is posted to the commits of pull requests. */
function logReports(instance: SimulatedInstance, logger: LoggerService): void {
  instance.insights.onReport((repository, { content }) =>
    logger.info(
      `Report on a commit of ${repository.fullName}: ${say(content)}`,
    ),
  );
}

function say({ details, link }: InsightReport['content']): string {
  const [verdict] = (details ?? '').split('\n');
  return [verdict, link].filter(Boolean).join(' ');
}

const API = '/rest/api/latest';
const REPOSITORY = `${API}/projects/{key}/repos/{slug}`;

/** The endpoints in Atlassian's own words, as far as requests go there. */
const ENDPOINTS: Partial<Record<DataCenterEndpoint, string>> = {
  applicationProperties: `${API}/application-properties`,
  repositories: `${API}/repos`,
  repository: REPOSITORY,
  branchesDefault: `${REPOSITORY}/branches/default`,
  defaultBranch: `${REPOSITORY}/default-branch`,
  branches: `${REPOSITORY}/branches`,
  files: `${REPOSITORY}/files`,
  raw: `${REPOSITORY}/raw/{path}`,
  archive: `${REPOSITORY}/archive`,
  mirrorRepositories: '/rest/mirroring/latest/repos',
};
