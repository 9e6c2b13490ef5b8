import { createBackend } from '@backstage/backend-defaults';
import { freePort } from '../../../dev/freePort';
import { rootConfig } from '../../../testing/backendConfig';
import { recordLogs } from '../../../testing/logs';

/** Starts a server over TLS whose certificate it has signed by itself, as Backstage makes one. */
export async function startSelfSigned(): Promise<{
  origin: string;
  stop(): Promise<void>;
}> {
  const port = await freePort();
  const origin = `https://127.0.0.1:${port}`;
  const data = {
    backend: {
      baseUrl: origin,
      listen: { host: '127.0.0.1', port },
      https: true,
    },
  };
  const backend = createBackend();
  backend.add(rootConfig(data));
  backend.add(recordLogs([]));
  await backend.start();
  return { origin, stop: () => backend.stop() };
}
