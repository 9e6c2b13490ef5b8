import express from 'express';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

type AppServer = { url: string; stop(): Promise<void> };

/**
 * Serves the app, and hands on what it asks of `/api` to the backend, so that
 * both are of one origin.
 *
 * @param folder - the app as it was built
 * @param backendPort - on the loopback interface
 */
export async function serveApp(
  folder: string,
  backendPort: number,
): Promise<AppServer> {
  const app = express()
    .use('/api', (req, res) => {
      const options = {
        port: backendPort,
        host: '127.0.0.1',
        path: req.originalUrl,
        method: req.method,
        headers: req.headers,
      };
      const forwarded = request(options, answer => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      });
      forwarded.on('error', error => res.destroy(error));
      req.pipe(forwarded);
    })
    .use(express.static(folder))
    // Every page of the app is the same file.
    .get('*', (_req, res) => res.sendFile(join(folder, 'index.html')));
  const server = createServer(app);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
