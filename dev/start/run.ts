import { LoggerService } from '@backstage/backend-plugin-api';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDemoBackend } from './backend';
import { connectToBitbucketOrg } from './bitbucketOrg';
import { CatalogView } from './catalogView';
import { createScreenLogger, SIMULATOR } from './logger';
import { StartOptions } from './options';
import { HOST } from './ports';
import { watchCatalogFill } from './progress';
import { Screen } from './screen';
import { startSimulatedSource } from './simulated';
import { startSimulatedInstance } from './simulatedInstance';
import { CatalogSource } from './source';
import { stopOnSignal } from './stop';
import { formatSummary } from './summary';

/**
 * Starts everything, and prints its progress until the catalog is filled.
 *
 * @param folder - what the simulator plays. Default: `dev/workspace`
 */
export async function run(
  options: StartOptions,
  screen: Screen,
  folder?: string,
): Promise<void> {
  const { port, verbose } = options;
  const logger = createScreenLogger(screen, { verbose });
  const backendUrl = `http://${HOST}:${port}`;
  const source = await chooseSource(options, { backendUrl, folder, logger });
  const { product } = source;
  screen.print(`${source.introduction}\n`);

  // Only the simulator knows it: no webhook of bitbucket.org can reach this machine.
  const webhookSecret = randomUUID();
  const backend = await createDemoBackend({
    ...source,
    port,
    webhookSecret,
    logger,
  });
  stopOnSignal(screen, [backend, source]);
  await backend.start();
  screen.print(`Backstage listens at ${backendUrl}`);
  source.follow?.(
    {
      url: `${backendUrl}/api/events/http/${product.section}`,
      secret: webhookSecret,
    },
    logger.child({ service: SIMULATOR }),
  );

  const catalog = new CatalogView(backendUrl, product);
  const filled = await watchCatalogFill({
    place: product.place,
    look: () => catalog.state(),
    screen,
    sleep,
    now: Date.now,
  });
  const summary = formatSummary({
    filled,
    place: product.place,
    requests: source.requests?.(),
    catalogUrl: catalog.baseUrl,
    component: source.trial?.component ?? (await catalog.someComponent()),
    invitation: source.trial?.invitation,
  });
  const parts = [summary, source.afterFill?.(), 'Ctrl-C ends it.'];
  screen.print(`\n${parts.filter(Boolean).join('\n\n')}`);
}

function chooseSource(
  { workspace, dataCenter, simulatorPort }: StartOptions,
  {
    logger,
    ...simulated
  }: { backendUrl: string; folder?: string; logger: LoggerService },
): Promise<CatalogSource> {
  if (workspace) {
    return connectToBitbucketOrg(workspace, process.env, logger);
  }
  const start = dataCenter ? startSimulatedInstance : startSimulatedSource;
  return start({ ...simulated, port: simulatorPort });
}
