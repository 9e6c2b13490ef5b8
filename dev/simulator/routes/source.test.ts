import { Answer, ask, query, start } from '../../../testing/simulator';
import { SimulatedFile, SimulatedWorkspace, Simulator } from '..';

const LFS_POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n';

const FILES = {
  'catalog-info.yaml': 'kind: Component\n',
  'docs/a.md': '# A',
  'docs/deep/b.md': '# B, longer',
  'fuel #2/what? ü.txt': 'awkward',
  'data.bin': Buffer.from([0, 1, 2]),
  'film.mov': LFS_POINTER,
  'run.sh': new SimulatedFile('#!/bin/sh\n', ['executable']),
  'latest.md': new SimulatedFile('docs/a.md', ['link']),
  vendor: new SimulatedFile('0123456789abcdef', ['subrepository']),
};

describe('/src', () => {
  let simulator: Simulator;
  let src: string;

  beforeEach(async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'empty' });
    acme.addRepository({ slug: 'shop', files: FILES });
    acme.createBranch('shop', 'feature/x');
    acme.createTag('shop', 'v1');
    simulator = await start({ workspaces: [acme] });
    src = `/2.0/repositories/acme/shop/src/${acme.repository('shop').head?.hash}`;
  });

  const paths = ({ json }: Answer) =>
    (json as { values: { path: string }[] }).values.map(({ path }) => path);

  it('redirects to the head of the main branch', async () => {
    const { status, headers } = await ask(
      simulator,
      '/2.0/repositories/acme/shop/src?pagelen=3',
    );
    expect(status).toBe(302);
    expect(headers.get('location')).toBe(
      `${simulator.origin}${src}/?pagelen=3`,
    );
    expect(
      await ask(simulator, '/2.0/repositories/acme/empty/src'),
    ).toMatchObject({ status: 404 });
  });

  it('gives raw files, with a type from their extension', async () => {
    const { status, headers, text } = await ask(
      simulator,
      `${src}/catalog-info.yaml`,
    );
    expect([status, text]).toEqual([200, FILES['catalog-info.yaml']]);
    expect(headers.get('content-type')).toBe('text/yaml');
    expect(headers.get('content-disposition')).toBe('attachment');
  });

  it('answers 304 for the ETag of a file that has not changed', async () => {
    const acme = simulator.workspace('acme');
    const first = await ask(simulator, `${src}/catalog-info.yaml`);
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    acme.push('shop', { 'copy.yaml': FILES['catalog-info.yaml'] });
    const copy = '/2.0/repositories/acme/shop/src/main/copy.yaml';
    expect(await ask(simulator, copy, { headers })).toMatchObject({
      status: 304,
      text: '',
    });
    acme.push('shop', { 'copy.yaml': 'kind: API\n' });
    expect(await ask(simulator, copy, { headers })).toMatchObject({
      status: 200,
      text: 'kind: API\n',
    });
  });

  it('finds a place by branch, tag and abbreviated hash', async () => {
    for (const revision of ['main', 'v1', src.split('/src/')[1].slice(0, 12)]) {
      const path = `/2.0/repositories/acme/shop/src/${revision}/docs/a.md`;
      expect((await ask(simulator, path)).text).toBe('# A');
    }
  });

  it.each(['feature/x', 'feature%2Fx', 'nothing'])(
    'does not find the revision %s',
    async revision => {
      const path = `/2.0/repositories/acme/shop/src/${revision}/catalog-info.yaml`;
      const shas = [
        revision === 'feature/x' ? 'feature' : decodeURIComponent(revision),
      ];
      expect(await ask(simulator, path)).toMatchObject({
        status: 404,
        json: {
          type: 'error',
          error: { message: 'Commit not found', data: { shas } },
          data: { shas },
        },
      });
    },
  );

  it.each(['nothing.yaml', 'docs/nothing', 'catalog-info.yaml/'])(
    'does not find the path %s',
    async path => {
      const { status, json } = await ask(simulator, `${src}/${path}`);
      expect(status).toBe(404);
      expect(json).toEqual({
        type: 'error',
        error: { message: `No such file or directory: ${path}` },
      });
    },
  );

  it('lists a directory, breadth first; the root needs its slash', async () => {
    expect((await ask(simulator, src)).status).toBe(404);
    expect(paths(await ask(simulator, `${src}/?pagelen=100`))).toEqual([
      'docs',
      'fuel #2',
      'catalog-info.yaml',
      'data.bin',
      'film.mov',
      'latest.md',
      'run.sh',
      'vendor',
    ]);
    expect(paths(await ask(simulator, `${src}/docs`))).toEqual([
      'docs/deep',
      'docs/a.md',
    ]);
    expect(paths(await ask(simulator, `${src}/docs/?max_depth=2`))).toEqual([
      'docs/deep',
      'docs/a.md',
      'docs/deep/b.md',
    ]);
  });

  it('names further pages by tokens and has no size', async () => {
    const first = await ask(simulator, `${src}/?pagelen=5`);
    const { next, ...rest } = first.json as { next: string };
    expect(Object.keys(rest)).toEqual(['pagelen', 'values']);
    expect(next).toMatch(/[?&]page=[A-Za-z]\w+$/);
    const second = await ask(simulator, next.slice(simulator.origin.length));
    expect(paths(second)).toEqual(['latest.md', 'run.sh', 'vendor']);
  });

  it.each([
    ['path ~ "md"', ['latest.md', 'docs/a.md', 'docs/deep/b.md']],
    ['type = "commit_directory"', ['docs', 'fuel #2', 'docs/deep']],
    ['size > 10 AND path ~ "docs/"', ['docs/deep/b.md']],
    ['attributes = "binary"', ['data.bin']],
    [
      'path = "docs/deep/b.md" OR path = "run.sh"',
      ['run.sh', 'docs/deep/b.md'],
    ],
  ])('lists with q=%s', async (q, expected) => {
    const parameters = query({ q, max_depth: '9' });
    expect(paths(await ask(simulator, `${src}/${parameters}`))).toEqual(
      expected,
    );
  });

  it('sorts', async () => {
    const answer = await ask(simulator, `${src}/?sort=-size&pagelen=1`);
    expect(paths(answer)).toEqual(['film.mov']);
  });

  it('describes a file or directory with format=meta', async () => {
    const place = `${simulator.origin}${src}`;
    const file = await ask(simulator, `${src}/docs/a.md?format=meta`);
    expect(file.json).toMatchObject({
      type: 'commit_file',
      path: 'docs/a.md',
      size: 3,
      attributes: [],
      commit: { hash: src.split('/src/')[1] },
      links: { self: { href: `${place}/docs/a.md` } },
    });
    const directory = await ask(simulator, `${src}/docs?format=meta`);
    expect(directory.json).toMatchObject({
      type: 'commit_directory',
      path: 'docs',
      links: { self: { href: `${place}/docs/` } },
    });
  });

  it.each([
    ['run.sh', 'executable'],
    ['latest.md', 'link'],
    ['vendor', 'subrepository'],
    ['data.bin', 'binary'],
    ['film.mov', 'lfs'],
  ])('says of %s that it is %s', async (path, attribute) => {
    const { json } = await ask(simulator, `${src}/${path}?format=meta`);
    expect(json).toMatchObject({ attributes: [attribute] });
  });

  it('sends elsewhere for LFS contents', async () => {
    const { status, headers } = await ask(simulator, `${src}/film.mov`);
    expect(status).toBe(301);
    expect(headers.get('location')).toMatch(
      /^https:\/\/api\.media\.atlassian\.com\/file\//,
    );
  });

  it('takes paths that are encoded segment by segment', async () => {
    const path = ['fuel #2', 'what? ü.txt'].map(encodeURIComponent).join('/');
    expect((await ask(simulator, `${src}/${path}`)).text).toBe('awkward');
  });
});
