/**
 * A backend with the catalog and this module, for the process that forks this
 * script: it says when it has started, logs a line of JSON at a time, and ends
 * with the process that forked it, if not before.
 */
import '../dev/sqlite';
import { createBackend } from '@backstage/backend-defaults';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '../src';
import { rootConfig } from './backendConfig';
import { clientWithTiming } from './client';
import type { Limits } from './BackendProcess';

async function serve(data: JsonObject, limits: Limits): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  const backend = createBackend();
  backend.add(rootConfig(data));
  backend.add(catalogPlugin);
  backend.add(bitbucketCloud);
  backend.add(clientWithTiming(limits));
  await backend.start();
  process.send?.('started');
}

const { data, limits } = JSON.parse(process.argv[2]);
serve(data, limits).catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
