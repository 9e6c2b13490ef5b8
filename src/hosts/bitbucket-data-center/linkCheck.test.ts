import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Header, pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import { collect } from '../../../testing/bitbucket/collect';
import { startServer, status } from '../../../testing/bitbucket';
import { dataCenterClientOf } from '../../../testing/dataCenter';
import { findLinks, readTar } from './linkCheck';

const LONG = `${'long/'.repeat(60)}ü.yaml`;

function tarOf(
  entries: [Partial<Header> & { name: string }, string?][],
): Promise<Buffer> {
  const tar = pack();
  entries.forEach(([header, content]) => tar.entry(header, content ?? ''));
  tar.finalize();
  return buffer(tar);
}

async function entriesOf(bytes: Buffer, format: 'tar' | 'tgz' = 'tar') {
  // In pieces that end within headers.
  const headers = await collect(
    readTar(
      Readable.from(
        Array.from({ length: Math.ceil(bytes.length / 300) }, (_, index) =>
          bytes.subarray(index * 300, (index + 1) * 300),
        ),
      ),
      format,
    ),
  );
  return headers.map(({ name, type }) => ({ name, type }));
}

describe('readTar', () => {
  it('gives the name and the type of each entry, and skips its content', async () => {
    const tar = await tarOf([
      [{ name: 'docs/', type: 'directory' }],
      [{ name: 'docs/a.yaml' }, 'x'.repeat(5_000)],
      [{ name: LONG }, 'y'],
      [{ name: 'link', type: 'symlink', linkname: 'docs/a.yaml' }],
    ]);
    const entries = [
      { name: 'docs/', type: 'directory' },
      { name: 'docs/a.yaml', type: 'file' },
      { name: LONG, type: 'file' },
      { name: 'link', type: 'symlink' },
    ];
    expect(await entriesOf(tar)).toEqual(entries);
    expect(await entriesOf(gzipSync(tar), 'tgz')).toEqual(entries);
  });

  it.each([
    ['is cut short', (tar: Buffer) => tar.subarray(0, 700)],
    ['is empty', () => Buffer.alloc(0)],
    ['is no archive', () => Buffer.from('<html>'.repeat(200))],
  ])('fails where the body %s', async (_, change) => {
    const tar = change(await tarOf([[{ name: 'a' }, 'x'.repeat(2_000)]]));
    await expect(entriesOf(tar)).rejects.toThrow();
    await expect(entriesOf(gzipSync(tar), 'tgz')).rejects.toThrow();
    await expect(entriesOf(tar, 'tgz')).rejects.toThrow();
  });
});

describe('findLinks', () => {
  it('does not take the page of a gateway for an archive', async () => {
    const server = await startServer();
    server.answer(status(200, '<html>Log in</html>'));
    const { api } = dataCenterClientOf({ baseUrl: server.origin });
    const at = { fullName: `${api.host}/PAY/api`, hash: '0'.repeat(40) };
    await expect(findLinks(api, at, ['a'], 'tgz', {})).rejects.toMatchObject({
      name: 'UnexpectedResponseError',
      url: expect.stringContaining('/repos/api/archive'),
    });
    await server.close();
  });
});
