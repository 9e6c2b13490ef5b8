import { createServer, IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  headers: IncomingHttpHeaders;
  /** As it arrived. */
  body: Buffer;
  /** The parsed body. */
  payload: unknown;
};

export type Receiver = {
  url: string;
  /** What arrived, oldest first. */
  received: Received[];
  /** Statuses of the next answers; 200 when there are none left. */
  answers: (number | 'silence')[];
};

const ends: (() => void)[] = [];

/** Starts a server that webhooks can be sent to, until the end of the test. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const payload = JSON.parse(body.toString());
    received.push({ headers: req.headers, body, payload });
    const answer = answers.shift() ?? 200;
    if (answer !== 'silence') {
      res.writeHead(answer, { Location: '/elsewhere' }).end();
    }
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, received, answers };
}

afterEach(() => {
  ends.splice(0).forEach(end => end());
});
