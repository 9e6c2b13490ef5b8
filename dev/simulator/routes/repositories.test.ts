import { ask, query, start } from '../../../testing/simulator';
import { SimulatedWorkspace } from '..';

function acme() {
  const workspace = new SimulatedWorkspace({
    slug: 'acme',
    projects: [
      { key: 'PAY', name: 'Payments' },
      { key: 'LAB', name: 'Lab' },
    ],
  });
  workspace.now = () => Date.UTC(2026, 9, 5, 12);
  workspace.addRepository({
    slug: 'shop',
    name: 'The Shop',
    description: 'Sells',
    language: 'go',
    createdOn: Date.UTC(2026, 9, 1, 12),
    files: { 'a.txt': 'abc' },
  });
  workspace.addRepository({ slug: 'fork', project: 'LAB', forkOf: 'shop' });
  workspace.addRepository({
    slug: 'vault',
    isPrivate: true,
    mainBranch: 'trunk',
    files: { 'a.txt': 'abc' },
  });
  return workspace;
}

describe('GET /repositories/{workspace}/{repository}', () => {
  it('describes a repository, by slug or uuid', async () => {
    const workspace = acme();
    const simulator = await start({ workspaces: [workspace] });
    const { uuid } = workspace.repository('shop');
    const bySlug = await ask(simulator, '/2.0/repositories/acme/shop');
    expect(bySlug.json).toMatchObject({
      type: 'repository',
      uuid,
      slug: 'shop',
      name: 'The Shop',
      full_name: 'acme/shop',
      description: 'Sells',
      language: 'go',
      is_private: false,
      size: 3,
      created_on: '2026-10-01T12:00:00.000000+00:00',
      updated_on: '2026-10-01T12:00:00.000000+00:00',
      project: { key: 'PAY', name: 'Payments' },
      mainbranch: { type: 'branch', name: 'main' },
      links: {
        self: { href: `${simulator.apiBaseUrl}/repositories/acme/shop` },
        html: { href: 'https://bitbucket.org/acme/shop' },
      },
    });
    expect(bySlug.json).not.toHaveProperty('parent');
    expect(bySlug.json).not.toHaveProperty('mainbranch.target');

    const ids = [workspace.uuid, uuid].map(encodeURIComponent).join('/');
    const byUuid = await ask(simulator, `/2.0/repositories/${ids}`);
    expect(byUuid.json).toEqual(bySlug.json);
  });

  it('has no main branch while it is empty, and knows what it was forked from', async () => {
    const simulator = await start({ workspaces: [acme()] });
    const { json } = await ask(simulator, '/2.0/repositories/acme/fork');
    expect(json).toMatchObject({
      mainbranch: null,
      parent: { full_name: 'acme/shop' },
    });
  });

  it.each([
    ['acme/none', 'You may not have access to this repository or it no longer'],
    ['none/shop', "No workspace with identifier 'none'."],
  ])('does not find %s', async (path, message) => {
    const simulator = await start({ workspaces: [acme()] });
    const { status, json } = await ask(simulator, `/2.0/repositories/${path}`);
    expect(status).toBe(404);
    expect(json).toEqual({
      type: 'error',
      error: { message: expect.stringContaining(message) },
    });
  });
});

describe('GET /repositories/{workspace}', () => {
  it('comes in pages, ten at a time by default', async () => {
    const workspace = new SimulatedWorkspace({ slug: 'acme' });
    for (let index = 0; index < 12; index++) {
      workspace.addRepository({ slug: `r${index}` });
    }
    const simulator = await start({ workspaces: [workspace] });
    const url = `${simulator.apiBaseUrl}/repositories/acme`;
    const first = await ask(simulator, '/2.0/repositories/acme');
    expect(first.json).toMatchObject({
      pagelen: 10,
      page: 1,
      size: 12,
      next: `${url}?page=2`,
      values: { length: 10 },
    });
    const last = await ask(simulator, '/2.0/repositories/acme?page=2');
    expect(last.json).toMatchObject({ values: [{ slug: 'r10' }, {}] });
    expect(last.json).not.toHaveProperty('next');
    expect((await ask(simulator, '/2.0/repositories/acme?page=3')).status).toBe(
      404,
    );
  });

  it.each(['101', '0', 'x'])('refuses pagelen=%s', async pagelen => {
    const simulator = await start({ workspaces: [acme()] });
    const path = `/2.0/repositories/acme${query({ pagelen })}`;
    expect(await ask(simulator, path)).toMatchObject({
      status: 400,
      json: { error: { message: 'Invalid pagelen' } },
    });
  });

  it.each([
    ['is_private = false', ['shop', 'fork']],
    ['project.key = "LAB" OR mainbranch.name = "trunk"', ['fork', 'vault']],
    ['parent = null', ['shop', 'vault']],
    ['updated_on > 2026-10-02T00:00:00+00:00', ['fork', 'vault']],
  ])('q=%s', async (q, slugs) => {
    const simulator = await start({ workspaces: [acme()] });
    const { json } = await ask(
      simulator,
      `/2.0/repositories/acme${query({ q, fields: 'values.slug' })}`,
    );
    expect(json).toEqual({ values: slugs.map(slug => ({ slug })) });
  });

  it('sorts again after each change', async () => {
    const workspace = acme();
    const simulator = await start({ workspaces: [workspace] });
    const path = `/2.0/repositories/acme${query({ sort: '-name', fields: 'values.slug' })}`;
    const slugs = async () =>
      JSON.stringify((await ask(simulator, path)).json).match(/\w+(?="})/g);
    expect(await slugs()).toEqual(['vault', 'fork', 'shop']);
    workspace.renameRepository('fork', 'zoo');
    expect(await slugs()).toEqual(['zoo', 'vault', 'shop']);
  });

  it.each<Record<string, string>>([
    { q: 'name ==' },
    { q: 'nothing = "x"' },
    { sort: 'nothing' },
  ])('refuses %j', async parameters => {
    const simulator = await start({ workspaces: [acme()] });
    const path = `/2.0/repositories/acme${query(parameters)}`;
    const { status, json } = await ask(simulator, path);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('Invalid query') },
    });
  });

  it.each([
    [true, { name: 'main', target: { hash: expect.any(String) } }],
    [false, { name: 'main' }],
  ])(
    'has the head where mainbranchTarget is %s',
    async (mainbranchTarget, mainbranch) => {
      const simulator = await start({ workspaces: [acme()], mainbranchTarget });
      const fields = 'values.mainbranch.name,values.mainbranch.target.hash';
      const { json } = await ask(
        simulator,
        `/2.0/repositories/acme${query({ fields, pagelen: '1' })}`,
      );
      expect(json).toEqual({ values: [{ mainbranch }] });
    },
  );
});
