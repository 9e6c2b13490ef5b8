import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { asked } from '../../../testing/bitbucket/asked';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { collect } from '../../../testing/bitbucket/collect';
import {
  json,
  refusal,
  startServer,
  status,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { NotFoundError, UnavailableError } from '../../scm/errors';
import { BitbucketClient } from './BitbucketClient';

describe('the source of a client', () => {
  let server: TestServer;
  let source: BitbucketClient['source'];

  beforeEach(async () => {
    server = await startServer();
    const client = clientOf(
      { apiBaseUrl: `${server.origin}/2.0`, webBaseUrl: server.origin },
      { credential: { kind: 'accessToken', token: 't0ken' } },
    );
    source = client.source;
  });
  afterEach(() => server.close());

  const file = {
    type: 'commit_file',
    path: 'docs/a b.yaml',
    size: 12,
    attributes: ['executable'],
    commit: { hash: 'c0' },
  };
  const directory = { type: 'commit_directory', path: 'docs' };

  it('returns what exists at a path', async () => {
    server.answer(json(file), json(directory));
    const entry = (path: string) => source.entry('acme', 'shop', 'c0', path);
    expect(await entry('docs/a b.yaml')).toEqual({
      type: 'file',
      path: 'docs/a b.yaml',
      size: 12,
      attributes: ['executable'],
      hash: 'c0',
    });
    expect(await entry('docs')).toEqual({
      type: 'directory',
      path: 'docs',
      attributes: [],
    });
    expect(asked(server)).toMatchObject({
      path: '/2.0/repositories/acme/shop/src/c0/docs/a%20b.yaml',
      query: { format: 'meta' },
    });
  });

  it.each([
    ['', '/2.0/repositories/acme/shop/src/c0/'],
    ['docs', '/2.0/repositories/acme/shop/src/c0/docs/'],
  ])('lists the source below %j', async (path, url) => {
    server.answer(json({ values: [directory, file] }));
    const entries = source.list('acme', 'shop', 'c0', path, {
      maxDepth: 5,
      q: 'path ~ "yaml"',
    });
    expect((await collect(entries)).map(({ type }) => type)).toEqual([
      'directory',
      'file',
    ]);
    expect(asked(server)).toEqual({
      path: url,
      query: {
        max_depth: '5',
        q: 'path ~ "yaml"',
        pagelen: '100',
        fields:
          'next,values.type,values.path,values.size,values.attributes,values.commit.hash',
      },
    });
  });

  it('gives up at once on a listing that is too large for Bitbucket', async () => {
    server.answer(status(555, 'timeout'));
    const entries = source.list('acme', 'shop', 'c0', '');
    const failure = collect(entries);
    await expect(failure).rejects.toThrow(UnavailableError);
    await expect(failure).rejects.toMatchObject({ status: 555 });
    expect(server.requests).toHaveLength(1);
  });

  describe('readFile', () => {
    const read = () => source.readFile('acme', 'shop', 'c0', 'a/b#.yaml');

    it('returns the bytes unchanged', async () => {
      const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
      server.answer(
        status(200, gzipSync(bytes), {
          'Content-Encoding': 'gzip',
          ETag: '"e1"',
        }),
      );
      expect(await read()).toEqual({ content: bytes, etag: '"e1"' });
      expect(asked(server).path).toBe(
        '/2.0/repositories/acme/shop/src/c0/a/b%23.yaml',
      );
    });

    it('gives an empty file, but takes nothing at all for a fault', async () => {
      server.answer(status(200, '', { ETag: '"e0"' }));
      expect(await read()).toEqual({ content: Buffer.alloc(0), etag: '"e0"' });
      server.answer(status(200));
      await expect(read()).rejects.toThrow(
        'the response has no ETag, so it is not a file',
      );
    });

    it.each([
      [204, 'answered 204 No Content'],
      [304, 'answered 304 Not Modified'],
    ])('takes no %i for a file', async (code, message) => {
      server.answer(status(code));
      await expect(read()).rejects.toThrow(message);
    });

    it('distinguishes a missing file from a missing commit', async () => {
      server.answer(
        refusal(404, 'No such file or directory: a/b#.yaml'),
        refusal(404, 'Commit not found', { data: { shas: ['c0'] } }),
      );
      const file404 = read();
      await expect(file404).rejects.toThrow(NotFoundError);
      await expect(file404).rejects.toMatchObject({ missing: 'path' });
      await expect(read()).rejects.toMatchObject({ missing: 'ref' });
    });
  });

  describe('readArchive', () => {
    it('streams from the site itself, signed', async () => {
      server.answer(status(200, 'tarball'));
      const stream = await source.readArchive('acme', 'shop', 'c0');
      expect((await buffer(stream)).toString()).toBe('tarball');
      expect(asked(server).path).toBe('/acme/shop/get/c0.tar.gz');
      expect(server.requests[0].headers.authorization).toBe('Bearer t0ken');
    });

    it('tries again until the archive begins', async () => {
      server.answer(status(503), status(200, 'tarball'));
      const stream = await source.readArchive('acme', 'shop', 'c0');
      expect((await buffer(stream)).toString()).toBe('tarball');
    });
  });

  it.each(['..', '.', ''])('builds no URL from %j', async commit => {
    const reading = source.readFile('acme', 'shop', commit, 'x');
    await expect(reading).rejects.toThrow('cannot be a segment of a URL');
    expect(server.requests).toHaveLength(0);
  });
});
