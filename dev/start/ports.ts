import { createServer } from 'node:net';
import { StartError } from './errors';

/** Only this machine may call the backend and the simulator: both let anyone in. */
export const HOST = '127.0.0.1';

/**
 * Makes sure that a server can listen on a port of {@link HOST}.
 *
 * @param option - the command line option that chooses the port
 * @throws StartError when something else listens there, or listening is not allowed
 */
export async function assertPortIsFree(
  port: number,
  option: string,
): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => server.close(() => resolve()));
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      throw new StartError(
        `Port ${port} is in use. Choose another one with ${option}, for example ${option} ${suggest(port)}`,
      );
    }
    if (error.code === 'EACCES') {
      throw new StartError(
        `You are not allowed to use port ${port}. Choose one from 1024 on with ${option}, for example ${option} 7007`,
      );
    }
    throw error;
  });
}

function suggest(port: number): number {
  return port < 65535 ? port + 1 : port - 1;
}
