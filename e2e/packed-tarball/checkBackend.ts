import { join } from 'node:path';
import { loadWorkspaceFolder, startSimulator } from '../../dev/simulator';
import {
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../dev/simulator/data-center';
import { startBackend } from './backend';

/** What the provider takes: some, since the catalog shows five entities a second. */
const PROVIDED = 'web|timetable';

/** A repository that it leaves out, so that its file can be registered by hand. */
const REPOSITORY = 'booking-api';
const FILE = 'catalog-info.yaml';
const NEW_DESCRIPTION = 'Written by a push';

const SECRET = 'a-secret-of-the-check';

/** Of Bitbucket Data Center. */
const LEDGER = 'ledger';

/**
 * Starts the backend that is installed in a folder, against the simulators of both
 * products, and waits until its catalog has filled and a registered location has followed a
 * push.
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
    workspace.hooks.add({ url, events: ['repo:push'], secret: SECRET });
    workspace.push(REPOSITORY, {
      [FILE]: catalogFile(REPOSITORY, NEW_DESCRIPTION),
    });
    await backend.waitForDescription(REPOSITORY, RegExp(NEW_DESCRIPTION));
    console.log('A push updates a registered location.');
    backend.expectNoWarningOf(/copy of @backstage/);
  } finally {
    await backend.stop();
    await simulator.stop();
    await dataCenter.stop();
  }
}

function catalogFile(name: string, description: string): string {
  return [
    'apiVersion: backstage.io/v1alpha1',
    'kind: Component',
    `metadata: { name: ${name}, description: ${description} }`,
    'spec: { type: service, lifecycle: production, owner: guests }',
  ].join('\n');
}
