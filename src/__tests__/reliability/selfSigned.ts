import { createBackend } from '@backstage/backend-defaults';
import { mockServices } from '@backstage/backend-test-utils';
import { freePort } from '../../../dev/freePort';

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
  backend.add(mockServices.rootConfig.factory({ data }));
  backend.add(mockServices.rootLogger.factory());
  await backend.start();
  return { origin, stop: () => backend.stop() };
}
