import http from 'node:http';
import https from 'node:https';

declare module 'http' {
  interface Agent {
    /** Called by Node.js with each request that is to go through the agent. */
    addRequest(request: ClientRequest, options: RequestOptions): void;
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
  const options = {
    keepAlive: true,
    proxyEnv: process.env.NODE_USE_ENV_PROXY === '1' ? process.env : undefined,
  };
  const httpAgent = new HttpAgent(options);
  const httpsAgent = new HttpsAgent(options);
  return ({ protocol }) => (protocol === 'http:' ? httpAgent : httpsAgent);
}
