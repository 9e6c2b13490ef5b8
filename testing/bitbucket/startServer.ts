import http, { IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';

/** A request as the server received it. */
type ReceivedRequest = {
  method: string;
  /** Path and query. */
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** The client's port, which distinguishes connections. */
  port: number;
};

/** Answers one request. */
export type Answer = (
  response: ServerResponse,
  request: ReceivedRequest,
) => void;

/** An HTTP server on this machine that gives prepared answers. */
export type TestServer = {
  origin: string;
  requests: ReceivedRequest[];
  /** Answers for the requests to come, in order; the last one stays. */
  answer(...answers: Answer[]): void;
  close(): Promise<void>;
};

export async function startServer(): Promise<TestServer> {
  const requests: ReceivedRequest[] = [];
  let answers: Answer[] = [];

  const server = http.createServer(async (request, response) => {
    const received = await receive(request);
    requests.push(received);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    (answer ?? status(500, 'no answer was prepared'))(response, received);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(...next) {
      answers = next;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const { method = '', url = '', headers, socket } = request;
  const port = socket.remotePort ?? 0;
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  return {
    method,
    url,
    headers,
    body: Buffer.concat(chunks).toString(),
    port,
  };
}

/** Answers with JSON. */
export const json =
  (body: unknown, code = 200, headers: http.OutgoingHttpHeaders = {}): Answer =>
  response =>
    response
      .writeHead(code, { 'Content-Type': 'application/json', ...headers })
      .end(JSON.stringify(body));

/** Answers with a status and a body as it is. */
export const status =
  (
    code: number,
    body: string | Buffer = '',
    headers: http.OutgoingHttpHeaders = {},
  ): Answer =>
  response =>
    response.writeHead(code, headers).end(body);

/** Answers with one of Bitbucket's own errors. */
export const refusal = (
  code: number,
  message: string,
  rest: { detail?: unknown; data?: unknown } = {},
): Answer => json({ type: 'error', error: { message, ...rest } }, code);

/** Closes the connection without an answer. */
export const drop: Answer = response => response.destroy();

/** Never answers. */
export const hang: Answer = () => {};

/** Promises more bytes than it sends before it closes the connection in an orderly way. */
export const cut: Answer = response => {
  response.writeHead(200, { 'Content-Length': 1000 });
  response.write('{"values":');
  setImmediate(() => response.socket?.end());
};
