import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { ask, start } from '../../../testing/simulator';
import { SimulatedFile, SimulatedWorkspace } from '..';

async function entriesOf(archive: Response): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  const bytes = Buffer.from(await archive.arrayBuffer());
  for await (const entry of Readable.from([bytes])
    .pipe(createGunzip())
    .pipe(extract())) {
    const { name, type, linkname } = entry.header;
    const content = await text(entry);
    entries[name] = type === 'file' ? content : `${type} ${linkname}`;
  }
  return entries;
}

describe('GET /{workspace}/{repository}/get/{revision}.tar.gz', () => {
  it.each(['main', 'feature/x', 'the hash'])(
    'packs a commit in one folder: %s',
    async revision => {
      const acme = new SimulatedWorkspace({ slug: 'acme' });
      acme.addRepository({
        slug: 'shop',
        files: {
          'a.txt': 'A',
          [`${'long/'.repeat(30)}ü.txt`]: 'long',
          latest: new SimulatedFile('a.txt', ['link']),
        },
      });
      const { hash } = acme.createBranch('shop', 'feature/x');
      const simulator = await start({ workspaces: [acme] });
      const name = revision === 'the hash' ? hash : revision;
      const response = await fetch(
        `${simulator.webBaseUrl}/acme/shop/get/${name}.tar.gz`,
      );
      const folder = `acme-shop-${hash.slice(0, 12)}`;
      expect(await entriesOf(response)).toEqual({
        [`${folder}/a.txt`]: 'A',
        [`${folder}/${'long/'.repeat(30)}ü.txt`]: 'long',
        [`${folder}/latest`]: 'symlink a.txt',
      });
    },
  );

  it('does not find what is not there', async () => {
    const simulator = await start({
      workspaces: [new SimulatedWorkspace({ slug: 'acme' })],
    });
    expect(await ask(simulator, '/acme/shop/get/main.tar.gz')).toMatchObject({
      status: 404,
    });
    expect(simulator.requests.count({ endpoint: 'archive' })).toBe(1);
  });
});
