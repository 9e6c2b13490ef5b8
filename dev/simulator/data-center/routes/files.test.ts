import { gunzipSync } from 'node:zlib';
import { SimulatedFile } from '../..';
import { API, refusal, startPay } from '../../../../testing/simulator/pay';

const LFS = 'version https://git-lfs.github.com/spec/v1\nsize 1\n';

async function startFiles(options: Parameters<typeof startPay>[0] = {}) {
  const world = await startPay(options);
  world.pay.push('api', {
    'docs/b.md': '# B\n',
    'docs/deep/c d.md': '# C\n',
    link: new SimulatedFile('docs/b.md', ['link']),
    vendor: new SimulatedFile('0'.repeat(40), ['subrepository']),
    large: LFS,
    picture: Buffer.from([0, 1, 2]),
  });
  return world;
}

describe('files', () => {
  it('are all paths below a folder, from there on', async () => {
    const { get } = await startFiles();
    expect((await get(`${API}/files?at=refs/heads/main`)).json).toMatchObject({
      values: [
        'a.txt',
        'docs/b.md',
        'docs/deep/c d.md',
        'large',
        'link',
        'picture',
        'vendor',
      ],
      isLastPage: true,
    });
    expect((await get(`${API}/files/docs?at=main`)).json).toMatchObject({
      values: ['b.md', 'deep/c d.md'],
    });
  });

  it.each([
    ['files/none', 404, 'content.NoSuchPathException'],
    ['files/a.txt', 400, 'ArgumentValidationException'],
    ['files?at=refs/heads/none', 404, 'commit.NoSuchCommitException'],
  ])('refuses %s', async (path, status, exception) => {
    const { get } = await startFiles();
    const { json, status: actual } = await get(`${API}/${path}`);
    expect(actual).toBe(status);
    expect(JSON.stringify(json)).toContain(exception);
  });

  it('come page by page', async () => {
    const { get } = await startFiles({ limits: { files: 3 } });
    const { json } = await get(`${API}/files?limit=100000&start=3`);
    expect(json).toMatchObject({ size: 3, limit: 3, nextPageStart: 6 });
  });
});

describe('browse', () => {
  it('tells the type or the size, and the size where both are asked for', async () => {
    const { get } = await startFiles();
    const ask = async (path: string) =>
      (await get(`${API}/browse${path}`)).json;
    expect(await ask('/docs?type=true')).toEqual({ type: 'DIRECTORY' });
    expect(await ask('/vendor?type=true')).toEqual({ type: 'SUBMODULE' });
    expect(await ask('/link?type=true')).toEqual({ type: 'FILE' });
    expect(await ask('?type=true')).toEqual({ type: 'DIRECTORY' });
    expect(await ask('/a.txt?type=true&size=true')).toEqual({ size: 2 });
  });

  it('gives lines of a file and the children of a folder', async () => {
    const { get } = await startFiles();
    expect((await get(`${API}/browse/a.txt`)).json).toMatchObject({
      lines: [{ text: 'a' }],
      isLastPage: true,
    });
    expect((await get(`${API}/browse/docs?at=main`)).json).toMatchObject({
      path: { toString: 'docs' },
      children: {
        values: [
          { path: { toString: 'deep' }, type: 'DIRECTORY' },
          { path: { toString: 'b.md' }, type: 'FILE', size: 4 },
        ],
      },
    });
    expect(await get(`${API}/browse/none`)).toMatchObject(
      refusal(404, 'content.NoSuchPathException'),
    );
  });
});

describe('raw', () => {
  it('gives the bytes at a branch, a tag or a commit, without an ETag', async () => {
    const { get, pay, api } = await startFiles();
    pay.createTag('api', 'v1');
    const hash = String(api.head?.hash);
    for (const at of ['main', 'refs/heads/main', 'refs/tags/v1', hash, '']) {
      const answer = await get(`${API}/raw/docs/deep/c%20d.md?at=${at}`);
      expect(answer).toMatchObject({ status: 200, text: '# C\n' });
      expect(answer.headers.get('etag')).toBeNull();
    }
  });

  it('gives links and LFS files as git has them', async () => {
    const { get } = await startFiles();
    expect((await get(`${API}/raw/link`)).text).toBe('docs/b.md');
    expect((await get(`${API}/raw/large`)).text).toBe(LFS);
  });

  it.each(['docs', 'vendor'])('refuses %s, which is not a file', async path => {
    const { get } = await startFiles();
    expect((await get(`${API}/raw/${path}`)).status).toBe(400);
  });
});

describe('last-modified', () => {
  it('gives the last commit of each file in a folder', async () => {
    const { get, pay, api } = await startFiles();
    const before = api.head?.hash;
    const after = pay.push('api', { 'docs/z.md': 'z' });
    const path = `${API}/last-modified/docs`;
    expect((await get(`${path}?at=${after.hash}`)).json).toMatchObject({
      files: { 'b.md': { id: before }, 'z.md': { id: after.hash } },
      latestCommit: { id: after.hash },
    });
    expect((await get(path)).status).toBe(400);
  });
});

describe('archive', () => {
  it('packs what was asked for below a prefix', async () => {
    const { simulator } = await startFiles();
    const response = await fetch(
      `${simulator.origin}${API}/archive?format=tgz&at=main&path=docs/deep&path=a.txt&prefix=top`,
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    const tar = gunzipSync(bytes).toString();
    expect(tar).toContain('top/docs/deep/c d.md');
    expect(tar).toContain('top/a.txt');
    expect(tar).not.toContain('docs/b.md');
  });

  it('refuses what is not there, and what it cannot make', async () => {
    const { get } = await startFiles();
    const path = `${API}/archive?format=tgz`;
    expect((await get(`${path}&path=none`)).status).toBe(404);
    expect((await get(`${path}&at=none`)).status).toBe(404);
    expect((await get(`${API}/archive`)).status).toBe(400);
  });
});
