import { ask, query, start } from '../../../testing/simulator';
import { SimulatedWorkspace } from '..';

function acme() {
  const workspace = new SimulatedWorkspace({ slug: 'acme' });
  workspace.addRepository({
    slug: 'shop',
    project: 'PAY',
    files: {
      'catalog-info.yaml': 'kind: Component',
      'deep/catalog-info.yaml': 'kind: API',
      'notes.txt': 'see catalog-info.yaml',
    },
  });
  workspace.addRepository({
    slug: 'lab',
    project: 'LAB',
    mainBranch: 'trunk',
    files: { 'catalog-info.yaml': 'kind: Component' },
  });
  return workspace;
}

const search = (search_query: string, fields = 'values.file.path') =>
  `/2.0/workspaces/acme/search/code${query({ search_query, fields })}`;

describe('code search', () => {
  it('answers 410 by default', async () => {
    const simulator = await start({ workspaces: [acme()] });
    expect((await ask(simulator, search('x'))).status).toBe(410);
  });

  it.each([
    [
      '"catalog-info.yaml" path:/catalog-info.yaml',
      ['catalog-info.yaml', 'catalog-info.yaml'],
    ],
    [
      '"catalog-info.yaml" path:catalog-info.yaml project:PAY',
      ['catalog-info.yaml', 'deep/catalog-info.yaml'],
    ],
    ['catalog-info.yaml repo:lab', ['catalog-info.yaml']],
    ['catalog-info.yaml path:notes', ['notes.txt']],
  ])('finds %s', async (searched, paths) => {
    const simulator = await start({ workspaces: [acme()], codeSearch: true });
    const { json } = await ask(simulator, search(searched));
    expect(json).toEqual({ values: paths.map(path => ({ file: { path } })) });
  });

  it('has the fields of the repository that the stock module requests', async () => {
    const simulator = await start({ workspaces: [acme()], codeSearch: true });
    const fields = [
      '-values.content_matches',
      '+values.file.commit.repository.mainbranch.name',
      '+values.file.commit.repository.project.key',
      '+values.file.commit.repository.slug',
      '-values.*.links',
      '-values.*.*.links',
      '-values.*.*.*.links',
      '+values.file.commit.repository.links.html.href',
    ].join();
    const { json } = await ask(
      simulator,
      search('"catalog-info.yaml" path:/catalog-info.yaml repo:lab', fields),
    );
    expect(json).toEqual({
      pagelen: 10,
      size: 1,
      page: 1,
      values: [
        {
          type: 'code_search_result',
          content_match_count: 0,
          path_matches: [{ text: 'catalog-info.yaml', match: true }],
          file: {
            type: 'commit_file',
            path: 'catalog-info.yaml',
            commit: {
              repository: {
                slug: 'lab',
                mainbranch: { name: 'trunk' },
                project: { key: 'LAB' },
                links: { html: { href: 'https://bitbucket.org/acme/lab' } },
              },
            },
          },
        },
      ],
    });
  });

  it('requires a query', async () => {
    const simulator = await start({ workspaces: [acme()], codeSearch: true });
    expect((await ask(simulator, search(''))).status).toBe(400);
  });
});
