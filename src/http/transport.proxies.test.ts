import http from 'node:http';
import { AddressInfo } from 'node:net';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { createTransport, proxyEnvironment } from './transport';

describe('proxyEnvironment', () => {
  const own = { HTTPS_PROXY: 'http://proxy.example:3128' };
  const env = (more: NodeJS.ProcessEnv) => ({ ...own, ...more });
  const replaced = { options: {} };

  it.each<[string, NodeJS.ProcessEnv, string[], boolean]>([
    ['nothing', {}, [], false],
    ['the variable', { NODE_USE_ENV_PROXY: '1' }, [], true],
    ['the variable, set to 0', { NODE_USE_ENV_PROXY: '0' }, [], false],
    ['the option', {}, ['--inspect', '--use-env-proxy'], true],
    [
      'the option among others in NODE_OPTIONS',
      { NODE_OPTIONS: '--enable-source-maps  --use-env-proxy' },
      [],
      true,
    ],
    [
      'another option in NODE_OPTIONS',
      { NODE_OPTIONS: '--no-use-env-proxy' },
      [],
      false,
    ],
  ])(
    'is that of the process where it was started with %s',
    (_, more, execArgv, isUsed) => {
      expect(proxyEnvironment({ env: env(more), execArgv }, replaced)).toEqual(
        isUsed ? env(more) : undefined,
      );
    },
  );

  it('is that of the agent of Node.js, where that has one', () => {
    const agent = { options: { proxyEnv: own } };
    expect(proxyEnvironment({ env: {}, execArgv: [] }, agent)).toBe(own);
  });
});

// https://nodejs.org/api/http.html#built-in-proxy-support
const [major, minor] = process.versions.node.split('.').map(Number);
const hasProxies =
  major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);

(hasProxies ? describe : describe.skip)('a client behind a proxy', () => {
  const { globalAgent } = http;
  let proxy: http.Server;
  let asked: string[];

  beforeEach(async () => {
    asked = [];
    proxy = http.createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`);
      response.end('by the proxy');
    });
    proxy.on('connect', ({ url }, socket) => {
      asked.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>(resolve => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    // As Node.js does at its start.
    http.globalAgent = new http.Agent({
      proxyEnv: { HTTP_PROXY: url, HTTPS_PROXY: url },
    });
  });

  afterEach(async () => {
    http.globalAgent = globalAgent;
    await new Promise(resolve => {
      proxy.close(resolve);
      proxy.closeAllConnections();
    });
  });

  it('sends everything through it', async () => {
    const send = createTransport({
      timing: fakeTiming(),
      logger: recordingLogger(),
    });
    const url = 'http://api.bitbucket.invalid/2.0/x';
    const { body } = await send({ method: 'GET', url });
    expect(body.toString()).toBe('by the proxy');
    await expect(
      send({ method: 'GET', url: 'https://api.bitbucket.invalid/2.0/x' }),
    ).rejects.toThrow('the connection failed');
    expect(asked).toEqual([`GET ${url}`, 'CONNECT api.bitbucket.invalid:443']);
  });
});
