import { setTimeout as sleep } from 'node:timers/promises';
import { createDemoBackend } from './backend';
import { connectToBitbucketOrg } from './bitbucketOrg';
import { CatalogView } from './catalogView';
import { createScreenLogger } from './logger';
import { StartOptions } from './options';
import { HOST } from './ports';
import { watchCatalogFill } from './progress';
import { Screen } from './screen';
import { startSimulatedSource } from './simulated';
import { stopOnSignal } from './stop';
import { formatSummary } from './summary';

/** Starts everything, and tells about it until the catalog is filled. */
export async function run(
  options: StartOptions,
  screen: Screen,
): Promise<void> {
  const { port, simulatorPort, workspace, verbose } = options;
  const logger = createScreenLogger(screen, { verbose });
  const source = workspace
    ? await connectToBitbucketOrg(workspace, process.env, logger)
    : await startSimulatedSource(simulatorPort);
  screen.print(`${source.introduction}\n`);

  const backend = await createDemoBackend({ ...source, port, logger });
  stopOnSignal(screen, [backend, source]);
  await backend.start();
  const backendUrl = `http://${HOST}:${port}`;
  screen.print(`Backstage listens at ${backendUrl}`);

  const catalog = new CatalogView(backendUrl);
  const filled = await watchCatalogFill({
    look: () => catalog.state(),
    screen,
    sleep,
    now: Date.now,
  });
  screen.print(
    `\n${formatSummary({
      filled,
      requests: source.requests?.(),
      catalogUrl: catalog.baseUrl,
      component: await catalog.someComponent(),
    })}\n\nCtrl-C ends it.`,
  );
}
