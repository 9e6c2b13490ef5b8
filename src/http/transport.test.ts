import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import {
  cut,
  drop,
  hang,
  json,
  startServer,
  status,
  TestServer,
} from '../../testing/bitbucket/startServer';
import {
  BodyTooLargeError,
  UnavailableError,
  UnexpectedResponseError,
} from '../scm/errors';
import { RequestMeter } from '../scm/types';
import { MAX_BODY_BYTES } from './responseBody';
import { createTransport, HttpRequest } from './transport';

describe('createTransport', () => {
  let server: TestServer;
  let get: HttpRequest;
  const logger = recordingLogger();
  const createSend = (attemptTimeoutMs = 5_000) =>
    createTransport({ timing: fakeTiming({ attemptTimeoutMs }), logger });

  beforeEach(async () => {
    server = await startServer();
    get = { method: 'GET', url: `${server.origin}/2.0/x` };
  });
  afterEach(() => server.close());

  it('sends a User-Agent', async () => {
    server.answer(json({}));
    await createSend()(get);
    expect(server.requests[0].headers['user-agent']).toMatch(
      /^backstage-plugin-catalog-backend-module-bitbucket\/\d+\.\d+\.\d+/,
    );
  });

  it('resolves with any status', async () => {
    server.answer(status(418, 'short and stout'));
    const response = await createSend()(get);
    expect(response.status).toBe(418);
    expect(response.body.toString()).toBe('short and stout');
  });

  it('reuses a connection', async () => {
    server.answer(json({}));
    const send = createSend();
    for (let i = 0; i < 3; i += 1) {
      await send(get);
    }
    expect(new Set(server.requests.map(({ port }) => port)).size).toBe(1);
  });

  it('counts each request that it sends', async () => {
    const meter = new RequestMeter();
    const send = createSend();
    server.answer(json({}), drop);
    await send({ ...get, meter });
    await expect(send({ ...get, meter })).rejects.toThrow();
    expect(meter.requests).toBe(2);
  });

  it('does not follow redirects', async () => {
    server.answer(status(302, '', { Location: '/elsewhere' }));
    expect((await createSend()(get)).status).toBe(302);
    expect(server.requests).toHaveLength(1);
  });

  it('requests gzip and decompresses it', async () => {
    server.answer(
      status(200, gzipSync('hello'), { 'Content-Encoding': 'gzip' }),
    );
    const { body } = await createSend()(get);
    expect(server.requests[0].headers['accept-encoding']).toBe('gzip');
    expect(body.toString()).toBe('hello');
  });

  it.each([
    ['cut short', gzipSync('hello'.repeat(100)).subarray(0, 20)],
    ['broken', Buffer.from('this is not gzip')],
  ])('reports gzip that is %s', async (_, body) => {
    server.answer(status(200, body, { 'Content-Encoding': 'gzip' }));
    const failure = createSend()(get);
    await expect(failure).rejects.toThrow(UnavailableError);
    await expect(failure).rejects.toThrow('broken or cut short');
  });

  it('reports an encoding that it did not ask for', async () => {
    server.answer(status(200, 'hello', { 'Content-Encoding': 'br' }));
    const failure = createSend()(get);
    await expect(failure).rejects.toThrow(UnexpectedResponseError);
    await expect(failure).rejects.toThrow('encoded as "br"');
  });

  it.each([
    ['as sent', Buffer.alloc(MAX_BODY_BYTES + 1), {}],
    [
      'when decompressed',
      gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1)),
      { 'Content-Encoding': 'gzip' },
    ],
  ])('refuses a body that is too large %s', async (_, body, headers) => {
    server.answer(status(200, body, headers));
    const failure = createSend()(get);
    await expect(failure).rejects.toThrow(BodyTooLargeError);
    await expect(failure).rejects.toThrow('larger than 32 MiB');
  });

  describe('with a limit of its own', () => {
    const limited = () => ({ ...get, maxBytes: 1024 });
    const gzip = { 'Content-Encoding': 'gzip' };

    it.each([
      ['as sent', Buffer.alloc(1025), {}],
      ['when decompressed', gzipSync(Buffer.alloc(1025)), gzip],
    ])('refuses a body that exceeds it %s', async (_, body, headers) => {
      server.answer(status(200, body, headers));
      const failure = createSend()(limited());
      await expect(failure).rejects.toThrow(BodyTooLargeError);
      await expect(failure).rejects.toThrow('larger than 1 KiB');
    });

    it('aborts a body that does not end', async () => {
      const closed = new Promise(resolve => {
        server.answer(response => {
          response.writeHead(200).write(Buffer.alloc(2048));
          response.once('close', resolve);
        });
      });
      await expect(createSend()(limited())).rejects.toThrow(BodyTooLargeError);
      await expect(closed).resolves.toBeUndefined();
    });

    it('reads a body that just fits, and of an error the first 4 KB', async () => {
      server.answer(
        status(200, Buffer.alloc(1024)),
        status(502, 'x'.repeat(5000)),
      );
      const send = createSend();
      expect((await send(limited())).body).toHaveLength(1024);
      expect((await send(limited())).body).toHaveLength(4096);
    });
  });

  describe('the page of an error', () => {
    const PAGE = 'x'.repeat(5000);
    const gzip = { 'Content-Encoding': 'gzip' };

    it.each([
      ['whole', 'short', {}, 'short'],
      ['that is compressed', gzipSync('short'), gzip, 'short'],
      ['that is empty', '', gzip, ''],
      ['as far as 4 KB', PAGE, {}, PAGE.slice(0, 4096)],
      [
        'as far as 4 KB when decompressed',
        gzipSync('x'.repeat(MAX_BODY_BYTES + 1)),
        gzip,
        PAGE.slice(0, 4096),
      ],
    ])('reads the page of an error %s', async (_, body, headers, expected) => {
      server.answer(status(502, body, headers));
      expect((await createSend()(get)).body.toString()).toBe(expected);
    });

    it.each([
      ['as sent', Buffer.alloc(8192), {}],
      ['compressed', randomBytes(65_536), gzip],
    ])(
      'does not wait for the end of the page: %s',
      async (_, page, headers) => {
        const body = headers === gzip ? gzipSync(page) : page;
        const closed = new Promise(resolve => {
          server.answer(response => {
            response.writeHead(502, headers).write(body);
            response.once('close', resolve);
          });
        });
        expect((await createSend()(get)).body).toEqual(page.subarray(0, 4096));
        await expect(closed).resolves.toBeUndefined();
      },
    );

    it('reports a page that is cut short early', async () => {
      server.answer(response => {
        response.writeHead(502, { 'Content-Length': 1000 });
        response.write('Bad ');
        setImmediate(() => response.socket?.end());
      });
      await expect(createSend()(get)).rejects.toThrow(UnavailableError);
    });

    it('reports a page whose compression is cut short early', async () => {
      const body = gzipSync(randomBytes(1000)).subarray(0, 500);
      server.answer(status(502, body, gzip));
      await expect(createSend()(get)).rejects.toThrow('broken or cut short');
    });
  });

  it('reports a server that is not there', async () => {
    await server.close();
    const failure = createSend()(get);
    await expect(failure).rejects.toThrow(UnavailableError);
    await expect(failure).rejects.toThrow(
      `GET ${server.origin}/2.0/x: the connection failed (ECONNREFUSED)`,
    );
  });

  it('reports a failure of TLS', async () => {
    const url = get.url.replace('http:', 'https:');
    const failure = createSend()({ ...get, url });
    await expect(failure).rejects.toThrow(UnavailableError);
    await expect(failure).rejects.toThrow('the connection failed');
  });

  it.each([
    ['dropped before the answer', drop],
    ['closed before the promised length', cut],
    [
      'reset in the body',
      response => {
        response.writeHead(200, { 'Content-Length': 1000 }).write('{');
        setImmediate(() => response.socket?.resetAndDestroy());
      },
    ],
    [
      'closed in a chunked body',
      response => {
        response.writeHead(200).write('{');
        setImmediate(() => response.socket?.end());
      },
    ],
  ] satisfies [string, Parameters<TestServer['answer']>[0]][])(
    'notices at once a connection that is %s',
    async (_, answer) => {
      server.answer(answer);
      const failure = createSend()(get);
      await expect(failure).rejects.toThrow(UnavailableError);
      await expect(failure).rejects.toThrow('the connection failed');
    },
  );

  it.each([
    ['before the headers', hang],
    [
      'in the body',
      response => {
        response.writeHead(200).write('{');
      },
    ],
  ] satisfies [string, Parameters<TestServer['answer']>[0]][])(
    'stops waiting for a server that hangs %s',
    async (_, answer) => {
      server.answer(answer);
      const failure = createSend(50)(get);
      await expect(failure).rejects.toThrow(UnavailableError);
      await expect(failure).rejects.toThrow('within the time limit');
    },
  );

  it('stops waiting for a body that only drips', async () => {
    let dripping: NodeJS.Timeout | undefined;
    server.answer(response => {
      response.writeHead(200);
      dripping = setInterval(() => response.write(' '), 10);
    });
    await expect(createSend(100)(get)).rejects.toThrow('within the time limit');
    clearInterval(dripping);
  });

  it("rejects with the signal's reason when the caller gives up", async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    server.answer(() => controller.abort(reason));
    await expect(
      createSend()({ ...get, signal: controller.signal }),
    ).rejects.toBe(reason);
  });

  it('sends nothing for a caller that has given up already', async () => {
    const signal = AbortSignal.abort();
    await expect(createSend()({ ...get, signal })).rejects.toBe(signal.reason);
    expect(server.requests).toHaveLength(0);
  });

  describe('streaming', () => {
    const streamed = () => ({ ...get, streamed: true });

    it('hands the body over as it arrives', async () => {
      server.answer(status(200, 'hello'));
      const { stream } = await createSend()(streamed());
      expect(await text(stream!)).toBe('hello');
      expect(server.requests[0].headers['accept-encoding']).toBe('identity');
    });

    it('reads the body of an error whole', async () => {
      server.answer(status(404, 'gone'));
      const { stream, body } = await createSend()(streamed());
      expect(stream).toBeUndefined();
      expect(body.toString()).toBe('gone');
    });

    it('fails the stream when the body is cut short', async () => {
      server.answer(cut);
      const { stream } = await createSend()(streamed());
      await expect(text(stream!)).rejects.toThrow(UnavailableError);
    });

    it('fails the stream when the body hangs', async () => {
      server.answer(response => {
        response.writeHead(200).write('he');
      });
      const { stream } = await createSend(50)(streamed());
      await expect(text(stream!)).rejects.toThrow('within the time limit');
    });

    it('fails the stream when the caller gives up', async () => {
      const controller = new AbortController();
      server.answer(response => {
        response.writeHead(200).write('he');
      });
      const { signal } = controller;
      const { stream } = await createSend()({ ...streamed(), signal });
      const content = text(stream!);
      controller.abort();
      await expect(content).rejects.toBe(signal.reason);
    });

    it('closes the connection of a stream that is not read', async () => {
      const closed = new Promise(resolve => {
        server.answer(response => {
          response.writeHead(200).write('he');
          response.once('close', resolve);
        });
      });
      const { stream } = await createSend()(streamed());
      stream!.destroy();
      await expect(closed).resolves.toBeUndefined();
    });
  });
});
