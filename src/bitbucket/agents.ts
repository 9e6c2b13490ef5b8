import http from 'node:http';
import https from 'node:https';

declare module 'http' {
  interface Agent {
    /** Called by Node.js with each request that is to go through the agent. */
    addRequest(request: ClientRequest, options: RequestOptions): void;
    options: AgentOptions;
  }
  interface AgentOptions {
    /** Names the proxies, from Node.js 22.21 and 24.5 on. */
    proxyEnv?: NodeJS.ProcessEnv;
  }
}

/**
 * A server that closes the connection before it has sent as many bytes as its
 * `Content-Length` promised goes unnoticed by node-fetch 2, whose body then
 * never ends. It does listen to errors of the request, so it is told there.
 */
function reportCutResponses(request: http.ClientRequest): void {
  request.once('response', response => {
    response.once('error', error => request.emit('error', error));
  });
}

class HttpAgent extends http.Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void {
    reportCutResponses(request);
    super.addRequest(request, options);
  }
}

class HttpsAgent extends https.Agent {
  addRequest(request: http.ClientRequest, options: http.RequestOptions): void {
    reportCutResponses(request);
    super.addRequest(request, options);
  }
}

/**
 * Agents that keep connections open between requests, chosen by a URL's
 * protocol. Where the process asks for it, they honour `HTTPS_PROXY` and its
 * like as Node.js' own agents do: https://nodejs.org/api/http.html#built-in-proxy-support
 */
export function createAgents(): (url: { protocol: string }) => http.Agent {
  const options = { keepAlive: true, proxyEnv: proxyEnvironment(process) };
  const httpAgent = new HttpAgent(options);
  const httpsAgent = new HttpsAgent(options);
  return ({ protocol }) => (protocol === 'http:' ? httpAgent : httpsAgent);
}

/**
 * The variables that name the proxies, or undefined where Node.js was not started to use
 * any. Its own agent knows, unless something has replaced it.
 */
export function proxyEnvironment(
  { env, execArgv }: Pick<NodeJS.Process, 'env' | 'execArgv'>,
  globalAgent: Pick<http.Agent, 'options'> = http.globalAgent,
): NodeJS.ProcessEnv | undefined {
  const known = globalAgent.options?.proxyEnv;
  if (known) {
    return known;
  }
  const flags = [...execArgv, ...(env.NODE_OPTIONS?.split(/\s+/) ?? [])];
  const isWanted =
    env.NODE_USE_ENV_PROXY === '1' || flags.includes('--use-env-proxy');
  return isWanted ? env : undefined;
}
