import { createServer, Server } from 'node:net';
import { AddressInfo } from 'node:net';
import { assertPortIsFree, HOST } from './ports';

describe('assertPortIsFree', () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>(resolve => {
      server.listen(0, HOST, resolve);
    });
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => {
    server.close();
  });

  it('names the option that helps when the port is taken', async () => {
    await expect(assertPortIsFree(port, '--port')).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringMatching(
        `^Port ${port} is in use. .* --port \\d+$`,
      ),
    });
  });

  it('leaves a free port free', async () => {
    await new Promise(resolve => {
      server.close(resolve);
    });
    await assertPortIsFree(port, '--port');
    await expect(assertPortIsFree(port, '--port')).resolves.toBeUndefined();
  });
});
