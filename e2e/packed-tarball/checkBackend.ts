import { join } from 'node:path';
import {
  HookEvent,
  loadWorkspaceFolder,
  SimulatedWorkspace,
  startSimulator,
} from '../../dev/simulator';
import {
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../dev/simulator/data-center';
import { Backend, startBackend } from './backend';

/** What the provider takes: some, since the catalog shows five entities a second. */
const PROVIDED = 'web|timetable';

/** One of those, whose pull request is checked. */
const CHANGED = 'timetable';

/** A repository that it leaves out, so that its file can be registered by hand. */
const REPOSITORY = 'booking-api';
const FILE = 'catalog-info.yaml';
const NEW_DESCRIPTION = 'Written by a push';

const SECRET = 'a-secret-of-the-check';

/** Of Bitbucket Data Center. */
const LEDGER = 'ledger';

/**
 * Starts the backend that is installed in a folder, against the simulators of both
 * products, and waits until its catalog has filled, a registered location has followed a
 * push, and a pull request has its report.
 */
export async function checkBackend(
  projectDir: string,
  dir: string,
): Promise<void> {
  const workspace = loadWorkspaceFolder(join(projectDir, 'dev/workspace'));
  const simulator = await startSimulator({ workspaces: [workspace] });
  const instance = new SimulatedInstance();
  instance.addProject('PAY');
  instance.addRepository('PAY', {
    slug: LEDGER,
    files: { [FILE]: catalogFile(LEDGER, 'On an instance') },
  });
  const dataCenter = await startDataCenterSimulator({ instance });
  const backend = await startBackend(dir, {
    dataCenterUrl: dataCenter.baseUrl,
    apiBaseUrl: simulator.apiBaseUrl,
    workspace: workspace.slug,
    repoSlug: PROVIDED,
    secret: SECRET,
  });
  try {
    const components = await backend.waitForComponents();
    console.log(`The catalog has ${components} components.`);
    await backend.waitForDescription(LEDGER, /^On an instance$/);
    console.log('One of them is from Bitbucket Data Center.');

    const { mainBranch } = workspace.repository(REPOSITORY);
    await backend.register(
      `https://bitbucket.org/${workspace.slug}/${REPOSITORY}/src/${mainBranch}/${FILE}`,
    );
    await backend.waitForDescription(REPOSITORY, /./);
    const { deliveriesUrl: url } = backend;
    const events: HookEvent[] = ['repo:push', 'pullrequest:created'];
    workspace.hooks.add({ url, events, secret: SECRET });
    workspace.push(REPOSITORY, {
      [FILE]: catalogFile(REPOSITORY, NEW_DESCRIPTION),
    });
    await backend.waitForDescription(REPOSITORY, RegExp(NEW_DESCRIPTION));
    console.log('A push updates a registered location.');

    const report = await reportOf(backend, workspace);
    console.log(`A pull request has its report: ${report}`);
    backend.expectNoWarningOf(/copy of @backstage/);
  } finally {
    await backend.stop();
    await simulator.stop();
    await dataCenter.stop();
  }
}

/** Opens a pull request with an invalid name, and waits for what is posted to it. */
async function reportOf(
  backend: Backend,
  workspace: SimulatedWorkspace,
): Promise<string> {
  const files = { [FILE]: catalogFile('"not a name"', 'Of a pull request') };
  workspace.push(CHANGED, files, { branch: 'proposal' });
  const { source } = workspace.pullRequests.open(CHANGED, {
    source: 'proposal',
  });
  const reports = () => source.repository.reports.of(source.commit);
  const isThere = () =>
    reports().some(({ annotations }) => annotations.size > 0);
  await backend.waitFor('a report on the pull request', isThere);
  const [{ content }] = reports();
  if (content.result !== 'FAILED' || !content.details.includes('not a name')) {
    throw new Error(`The report says: ${JSON.stringify(content)}`);
  }
  return content.details;
}

function catalogFile(name: string, description: string): string {
  return [
    'apiVersion: backstage.io/v1alpha1',
    'kind: Component',
    `metadata: { name: ${name}, description: ${description} }`,
    'spec: { type: service, lifecycle: production, owner: guests }',
  ].join('\n');
}
