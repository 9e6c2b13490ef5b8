import { ask, start } from '../../../testing/simulator';
import { Fault, Simulator, SimulatedWorkspace, wrongResponses } from '..';

const LIST = '/2.0/repositories/acme?sort=slug';
const SHOP = '/2.0/repositories/acme/shop';
const HASH_FIELDS = 'fields=values.slug,values.mainbranch.target.hash';

const slugs = (json: unknown) =>
  (json as { values: ({ slug: string } | null)[] }).values.map(
    row => row?.slug ?? null,
  );
const paths = (json: unknown) =>
  (json as { values: { path: string }[] }).values.map(({ path }) => path);

describe('wrongResponses', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let first: string;
  let head: string;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'docs' });
    acme.addRepository({ slug: 'shop', files: { 'a.yaml': 'a', 'b/c': 'c' } });
    first = String(acme.repository('shop').head?.hash);
    head = acme.push('shop', { 'a.yaml': 'aa', d: 'd' }).hash;
    simulator = await start({ workspaces: [acme] });
  });

  /** What is sent, the first time and the next. */
  async function askTwice(fault: Fault, path: string) {
    simulator.faults.add(fault);
    return [await ask(simulator, path), await ask(simulator, path)];
  }

  const {
    diffstatWithoutRows,
    emptyDiffstat,
    emptyFile,
    emptyList,
    emptyListing,
    folderInPlaceOfFile,
    htmlPage,
    listingWithoutRows,
    listWithNullMainBranches,
    listWithNullRows,
    listWithOtherProject,
    listWithoutField,
    listWithoutHeads,
    listWithoutMainBranches,
    listWithoutNextPage,
    listWithoutRows,
    listWithRepeatedRows,
    missingBranch,
    missingCommit,
    missingFile,
    missingFolder,
    missingRepository,
    repositoryInOtherProject,
    repositoryWithNullMainBranch,
    repositoryWithoutMainBranch,
    responseForAnother,
    staleBranch,
    staleHeads,
    unknownNotFound,
  } = wrongResponses;

  it.each<[string, Fault, unknown[]]>([
    ['lacks rows', listWithoutRows({ rows: ['acme/shop'] }), ['docs']],
    ['lacks every row', listWithoutRows(), []],
    ['is empty', emptyList(), []],
    ['has null rows', listWithNullRows({ rows: ['docs'] }), [null, 'shop']],
    [
      'repeats rows',
      listWithRepeatedRows({ rows: row => row.slug === 'docs' }),
      ['docs', 'docs', 'shop'],
    ],
  ])('a list %s once', async (_, fault, expected) => {
    const [wrong, right] = await askTwice(fault, LIST);
    expect(wrong.status).toBe(200);
    expect(slugs(wrong.json)).toEqual(expected);
    expect(slugs(right.json)).toEqual(['docs', 'shop']);
  });

  it.each<[string, Fault, object]>([
    [
      'without a main branch',
      listWithoutMainBranches({ rows: ['shop'] }),
      { slug: 'shop' },
    ],
    [
      'with a main branch of null',
      listWithNullMainBranches(),
      { mainbranch: null },
    ],
    ['without a field', listWithoutField({ field: 'is_private' }), {}],
    [
      'of another project',
      listWithOtherProject({ project: { key: 'PAY' } }),
      { project: { key: 'PAY' } },
    ],
  ])('a list has rows %s once', async (_, fault, expected) => {
    const [wrong, right] = await askTwice(fault, LIST);
    const [, before] = (right.json as { values: object[] }).values;
    const [, after] = (wrong.json as { values: object[] }).values;
    expect(after).not.toEqual(before);
    expect(after).toMatchObject(expected);
  });

  it('a list ends early once', async () => {
    const path = `${LIST}&pagelen=1`;
    const [wrong, right] = await askTwice(listWithoutNextPage(), path);
    expect(wrong.json).not.toHaveProperty('next');
    expect(right.json).toHaveProperty('next');
  });

  it('a list has no heads, or old ones, once', async () => {
    const path = `${LIST}&${HASH_FIELDS}`;
    simulator.faults.add(staleHeads(acme));
    const [stale, without] = await askTwice(listWithoutHeads(), path).then(
      answers => answers.map(({ json }) => json),
    );
    const right = (await ask(simulator, path)).json;
    const shop = (hash?: string) => ({
      values: [
        { slug: 'docs', mainbranch: null },
        { slug: 'shop', mainbranch: hash ? { target: { hash } } : {} },
      ],
    });
    expect(stale).toEqual(shop(first));
    expect(without).toEqual(shop());
    expect(right).toEqual(shop(head));
  });

  it.each<[string, Fault, string, RegExp]>([
    [
      'a repository',
      missingRepository(),
      SHOP,
      /^You may not have access to th/,
    ],
    [
      'a branch',
      missingBranch(),
      `${SHOP}/refs/branches/main`,
      /^Branch "main" does not exist/,
    ],
    [
      'a file',
      missingFile(),
      `${SHOP}/src/main/b/c`,
      /^No such file or directory: b\/c$/,
    ],
    [
      'a file by its description',
      missingFile(),
      `${SHOP}/src/main/a.yaml?format=meta`,
      /^No such file or directory: a\.yaml$/,
    ],
    [
      'a folder',
      missingFolder(),
      `${SHOP}/src/main/b/`,
      /^No such file or directory: b\/$/,
    ],
    [
      'a commit',
      missingCommit(),
      `${SHOP}/src/main/a.yaml`,
      /^Commit not found$/,
    ],
    [
      'something',
      unknownNotFound({ endpoint: 'branch' }),
      `${SHOP}/refs/branches/main`,
      /^Not found$/,
    ],
  ])('%s is missing once', async (_, fault, path, message) => {
    const [wrong, right] = await askTwice(fault, path);
    expect(wrong.status).toBe(404);
    expect(wrong.json).toMatchObject({
      type: 'error',
      error: { message: expect.stringMatching(message) },
    });
    expect(right.status).toBe(200);
  });

  it.each<[string, Fault, object]>([
    ['has no main branch', repositoryWithoutMainBranch(), { slug: 'shop' }],
    [
      'has a main branch of null',
      repositoryWithNullMainBranch(),
      { mainbranch: null },
    ],
    [
      'is in another project',
      repositoryInOtherProject(),
      { project: { key: 'WRONG' } },
    ],
  ])('a repository %s once', async (_, fault, expected) => {
    const [wrong, right] = await askTwice(fault, SHOP);
    expect(wrong.json).toMatchObject(expected);
    expect(wrong.json).not.toEqual(right.json);
    expect(right.json).toMatchObject({ mainbranch: { name: 'main' } });
  });

  it('a branch has an old head once', async () => {
    const path = `${SHOP}/refs/branches/main`;
    const [wrong, right] = await askTwice(staleBranch(acme), path);
    expect(wrong.json).toMatchObject({ target: { hash: first } });
    expect(right.json).toMatchObject({ target: { hash: head } });
  });

  it.each<[string, Fault, RegExp]>([
    ['a page of HTML', htmlPage(), /^<!DOCTYPE html>/],
    ['nothing', emptyFile(), /^$/],
    ['a folder', folderInPlaceOfFile(), /"values"/],
  ])('%s comes in the place of a file once', async (_, fault, text) => {
    const path = `${SHOP}/src/main/a.yaml`;
    simulator.faults.add(fault);
    expect((await ask(simulator, `${path}?format=meta`)).json).toMatchObject({
      path: 'a.yaml',
    });
    const wrong = await ask(simulator, path);
    expect(wrong.status).toBe(200);
    expect(wrong.text).toMatch(text);
    expect(wrong.headers.has('etag')).toBe(false);
    const right = await ask(simulator, path);
    expect(right.text).toBe('aa');
    expect(right.headers.has('etag')).toBe(true);
  });

  it.each<[string, Fault, string[]]>([
    ['lacks rows', listingWithoutRows({ rows: ['a.yaml'] }), ['b', 'd', 'b/c']],
    ['is empty', emptyListing(), []],
  ])('a listing of files %s once', async (_, fault, expected) => {
    const path = `${SHOP}/src/main/?max_depth=2`;
    const [wrong, right] = await askTwice(fault, path);
    expect(paths(wrong.json)).toEqual(expected);
    expect(paths(right.json)).toEqual(['b', 'a.yaml', 'd', 'b/c']);
  });

  it.each<[string, Fault, string[]]>([
    ['lack rows', diffstatWithoutRows({ rows: ['a.yaml'] }), ['d']],
    ['are none', emptyDiffstat(), []],
  ])('the differences of commits %s once', async (_, fault, expected) => {
    const path = `${SHOP}/diffstat/${head}..${first}`;
    const changed = (json: unknown) =>
      (json as { values: { new: { path: string } }[] }).values.map(
        row => row.new.path,
      );
    const [wrong, right] = await askTwice(fault, path);
    expect(changed(wrong.json)).toEqual(expected);
    expect(changed(right.json)).toEqual(['a.yaml', 'd']);
  });

  it('a response is for another URL once', async () => {
    simulator.faults.add(responseForAnother({ endpoint: 'repository' }));
    const answers = [];
    for (const slug of ['docs', 'docs', 'shop', 'shop']) {
      const { json } = await ask(simulator, `/2.0/repositories/acme/${slug}`);
      answers.push((json as { slug: string }).slug);
    }
    expect(answers).toEqual(['docs', 'docs', 'docs', 'shop']);
  });

  it('wait for a response that they can change', async () => {
    simulator.faults.add(listWithoutRows({ rows: ['shop'] }));
    expect(slugs((await ask(simulator, `${LIST}&q=slug="docs"`)).json)).toEqual(
      ['docs'],
    );
    expect((await ask(simulator, '/2.0/repositories/none')).status).toBe(404);
    expect(slugs((await ask(simulator, LIST)).json)).toEqual(['docs']);
    expect(slugs((await ask(simulator, LIST)).json)).toEqual(['docs', 'shop']);
  });

  it('strike the URLs that are meant, as often as is meant', async () => {
    simulator.faults.add(missingFile({ path: '/a.yaml', skip: 1, times: 2 }));
    const statuses = [];
    for (const file of ['a.yaml', 'd', 'a.yaml', 'd', 'a.yaml', 'a.yaml']) {
      const { status } = await ask(simulator, `${SHOP}/src/main/${file}`);
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 200, 404, 200, 404, 200]);
  });
});
