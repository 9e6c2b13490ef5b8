import { ask, query, start } from '../../../testing/simulator';
import { SimulatedFile, SimulatedWorkspace, Simulator } from '..';

const SHOP = '/2.0/repositories/acme/shop';

describe('/diffstat', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let first: string;
  let last: string;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      slug: 'shop',
      files: {
        'a.txt': 'one\ntwo\nthree',
        'docs/b ü.md': '# B\n',
        'gone.txt': 'gone\n',
        'logo.png': Buffer.from([0, 1]),
        'same.txt': 'same\n',
      },
    });
    first = String(acme.repository('shop').head?.hash);
    acme.push('shop', { 'a.txt': 'one\n2\nthree\nfour\n', 'gone.txt': null });
    last = acme.push('shop', {
      'docs/b ü.md': null,
      'docs/c.md': '# B\n',
      'logo.png': Buffer.from([0, 2]),
      'new.txt': new SimulatedFile('1\n2\n', ['executable']),
    }).hash;
    acme.createBranch('shop', 'feature/x', { from: first });
    simulator = await start({ workspaces: [acme] });
  });

  type Side = { path: string } | null;
  type Row = {
    status: string;
    lines_added: number;
    lines_removed: number;
    old: Side;
    new: Side;
  };

  /** Status, paths and changed lines of each row. */
  async function diff(spec: string, parameters: Record<string, string> = {}) {
    const { json } = await ask(
      simulator,
      `${SHOP}/diffstat/${spec}${query(parameters)}`,
    );
    return (json as { values: Row[] }).values.map(row =>
      [
        row.status,
        row.old?.path,
        row.new?.path,
        `+${row.lines_added} -${row.lines_removed}`,
      ].filter(Boolean),
    );
  }

  it('shows what a later commit has changed since an earlier one', async () => {
    expect(await diff(`${last}..${first}`, { topic: 'false' })).toEqual([
      ['modified', 'a.txt', 'a.txt', '+3 -2'],
      ['renamed', 'docs/b ü.md', 'docs/c.md', '+0 -0'],
      ['removed', 'gone.txt', '+0 -1'],
      ['modified', 'logo.png', 'logo.png', '+0 -0'],
      ['added', 'new.txt', '+2 -0'],
    ]);
  });

  it('compares the other way round than git', async () => {
    expect(await diff(`${first}..${last}`)).toContainEqual([
      'added',
      'gone.txt',
      '+1 -0',
    ]);
    expect(await diff(`${last}..${last}`)).toEqual([]);
  });

  it('keeps renamed files apart with renames=false', async () => {
    const rows = await diff(`${last}..${first}`, { renames: 'false' });
    expect(rows).toContainEqual(['removed', 'docs/b ü.md', '+0 -1']);
    expect(rows).toContainEqual(['added', 'docs/c.md', '+1 -0']);
  });

  it('finds commits by branch and by abbreviated hash', async () => {
    const rows = await diff(`${last}..${first}`);
    expect(await diff(`main..${first.slice(0, 12)}`)).toEqual(rows);
    expect(await diff('main..feature/x')).toEqual(rows);
    expect(await diff('main..feature%2Fx')).toEqual(rows);
  });

  it('describes both sides, at their commits', async () => {
    const { json } = await ask(simulator, `${SHOP}/diffstat/main..${first}`);
    const src = `${simulator.origin}${SHOP}/src`;
    expect(json).toMatchObject({
      pagelen: 500,
      page: 1,
      size: 5,
      values: [
        {},
        {
          type: 'diffstat',
          old: {
            type: 'commit_file',
            path: 'docs/b ü.md',
            links: {
              self: { href: `${src}/${first}/docs/b%20%C3%BC.md` },
            },
          },
          new: {
            type: 'commit_file',
            path: 'docs/c.md',
            links: { self: { href: `${src}/${last}/docs/c.md` } },
          },
        },
        { old: { path: 'gone.txt' }, new: null },
        {},
        { old: null, new: { path: 'new.txt' } },
      ],
    });
  });

  it('comes in pages, cut to the fields asked for', async () => {
    const parameters = { pagelen: '3', fields: 'values.new.path,next' };
    const { json } = await ask(
      simulator,
      `${SHOP}/diffstat/main..${first}${query(parameters)}`,
    );
    const { next, values } = json as { next: string; values: unknown[] };
    expect(values[0]).toEqual({ new: { path: 'a.txt' } });
    const second = await ask(simulator, next.slice(simulator.origin.length));
    expect(second.json).toEqual({
      values: [{ new: { path: 'logo.png' } }, { new: { path: 'new.txt' } }],
    });
  });

  it('compares with what both have in common, with topic=true', async () => {
    const head = acme.push('shop', { 'x.txt': 'x' }, { branch: 'feature/x' });
    acme.push('shop', { 'docs/y.txt': 'y' }, { branch: 'feature/x' });
    const topic = { topic: 'true' };
    expect(await diff('feature/x..main', topic)).toEqual([
      ['added', 'docs/y.txt', '+1 -0'],
      ['added', 'x.txt', '+1 -0'],
    ]);
    expect(await diff(`main..${head.hash}`, topic)).toEqual(
      await diff(`main..${first}`),
    );
    expect(await diff('main..feature/x')).toHaveLength(7);
    const { json } = await ask(
      simulator,
      `${SHOP}/diffstat/main..feature/x?topic=true`,
    );
    expect(json).toMatchObject({
      values: [
        { old: { links: { self: { href: expect.stringContaining(first) } } } },
        {},
        {},
        {},
        {},
      ],
    });
  });

  it('takes every file for a new one where nothing is in common', async () => {
    acme.addRepository({ slug: 'other', files: { 'a.txt': 'other' } });
    acme.pullRequests.open('shop', {
      source: 'main',
      sourceRepository: acme.repository('other'),
    });
    expect(await diff('acme/other:main..main', { topic: 'true' })).toEqual([
      ['added', 'a.txt', '+1 -0'],
    ]);
  });

  it('is narrowed down to paths, to what they were called too', async () => {
    const { json } = await ask(
      simulator,
      `${SHOP}/diffstat/main..${first}?path=docs/b%20%C3%BC.md&path=new.txt&fields=values.status`,
    );
    expect(json).toEqual({
      values: [{ status: 'renamed' }, { status: 'added' }],
    });
    expect(await diff(`main..${first}`, { path: 'docs' })).toHaveLength(1);
    expect(await diff(`main..${first}`, { path: 'doc' })).toEqual([]);
  });

  it('refuses pages of more than 500 rows', async () => {
    expect(
      await ask(simulator, `${SHOP}/diffstat/main..${first}?pagelen=501`),
    ).toMatchObject({
      status: 400,
      json: { error: { message: 'Invalid pagelen' } },
    });
  });

  it.each(['none..main', 'main..none'])('does not find %s', async spec => {
    expect(await ask(simulator, `${SHOP}/diffstat/${spec}`)).toMatchObject({
      status: 404,
      json: {
        error: { message: 'Commit not found', data: { shas: ['none'] } },
      },
    });
  });

  it('is counted by its own name, and against the limit of repositories', async () => {
    const limited = await start({
      workspaces: [acme],
      rateLimit: { headers: ['X-RateLimit-Resource'] },
      accounts: [{ kind: 'accessToken', name: 'ci', token: 'token' }],
    });
    const { headers } = await ask(limited, `${SHOP}/diffstat/main..${first}`, {
      headers: { Authorization: 'Bearer token' },
    });
    expect(limited.requests.count({ endpoint: 'diffstat' })).toBe(1);
    expect(headers.get('X-RateLimit-Resource')).toBe('repositories');
  });
});
