import { JsonObject } from '@backstage/types';
import {
  NewRepository,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  ON_DEMAND,
  TestBackend,
} from '../../testing';

/** The configuration of a provider, and the components that it should find. */
type Row = [what: string, provider: JsonObject, components: string[]];

const PATHS: Row[] = [
  ['the default', {}, ['at-root']],
  ['a path at the root', { catalogPath: '/catalog-info.yaml' }, ['at-root']],
  ['a path in a folder', { catalogPath: '/docs/other.yaml' }, ['other']],
  [
    'a path in any folder',
    { catalogPath: 'catalog-info.yaml' },
    ['at-root', 'in-a', 'in-deep'],
  ],
  [
    '* within a segment',
    { catalogPath: '/services/*/catalog-info.y*' },
    ['in-a', 'in-b-yml'],
  ],
  [
    '** across segments',
    { catalogPath: '/services/**/catalog-info.yaml' },
    ['in-a', 'in-deep'],
  ],
  [
    'a list',
    { catalogPath: ['/catalog-info.yaml', '/docs/*.yaml'] },
    ['at-root', 'other'],
  ],
  [
    'braces',
    { catalogPath: '/services/*/catalog-info.{yaml,yml}' },
    ['in-a', 'in-b-yml'],
  ],
  [
    'a folder that is not there',
    { catalogPath: '/nowhere/**/catalog-info.yaml' },
    [],
  ],
];

const ALL = ['fork', 'lab', 'pay-api', 'pay-ui'];

/** More than fit into a URL. */
const MANY_KEYS = Array.from({ length: 149 }, (_, i) => `TEAM${i}`).join('|');

const FILTERS: Row[] = [
  ['a project', { projectKey: 'PAY' }, ['pay-api', 'pay-ui']],
  ['two projects', { projectKey: 'PAY|OPS' }, ['fork', 'pay-api', 'pay-ui']],
  ['150 projects', { projectKey: `${MANY_KEYS}|PAY` }, ['pay-api', 'pay-ui']],
  ['none of 150 projects', { exclude: { projectKey: MANY_KEYS } }, ALL],
  ['a part of a key does not match', { projectKey: 'PA' }, []],
  ['repositories', { repoSlug: 'pay-.*' }, ['pay-api', 'pay-ui']],
  ['exact alternatives', { repoSlug: '^pay-api|fork$' }, ['fork', 'pay-api']],
  ['no project', { exclude: { projectKey: 'PAY' } }, ['fork', 'lab']],
  ['no repository', { exclude: { repoSlug: '.*a.*' } }, ['fork']],
  ['public ones', { visibility: 'public' }, ['fork', 'lab', 'pay-api']],
  ['private ones', { visibility: 'private' }, ['pay-ui']],
  ['no forks', { forks: false }, ['lab', 'pay-api', 'pay-ui']],
  ['a query', { query: 'language = "go"' }, ['lab']],
  [
    'all at once',
    { projectKey: 'PAY|LAB', visibility: 'public', query: 'language != "go"' },
    ['pay-api'],
  ],
];

const monorepo: NewRepository[] = [
  {
    slug: 'mono',
    files: {
      'catalog-info.yaml': 'at-root',
      'services/a/catalog-info.yaml': 'in-a',
      'services/a/deep/catalog-info.yaml': 'in-deep',
      'services/b/catalog-info.yml': 'in-b-yml',
      'docs/other.yaml': 'other',
    },
  },
];

const company: NewRepository[] = [
  { slug: 'pay-api', project: 'PAY' },
  { slug: 'pay-ui', project: 'PAY', isPrivate: true },
  { slug: 'fork', project: 'OPS', forkOf: 'pay-api' },
  { slug: 'lab', project: 'LAB', language: 'go' },
].map(repository => ({
  ...repository,
  files: { 'catalog-info.yaml': repository.slug },
}));

/**
 * A workspace for each row, all with the same repositories. Files hold the name
 * of a component, which gets the workspace in front, so that rows do not meet.
 */
function workspaceFor(
  slug: string,
  repositories: NewRepository[],
): SimulatedWorkspace {
  const workspace = new SimulatedWorkspace({ slug });
  for (const repository of repositories) {
    const files = Object.entries(repository.files ?? {}).map(([path, name]) => [
      path,
      componentFile(`${slug}.${name}`),
    ]);
    workspace.addRepository({
      ...repository,
      files: Object.fromEntries(files),
    });
  }
  return workspace;
}

describe.each([
  ['catalogPath', monorepo, PATHS],
  [
    'filters',
    company,
    FILTERS.map(([what, filters, found]): Row => [what, { filters }, found]),
  ],
])('%s', (_, repositories, rows) => {
  const slugs = rows.map((_row, index) => `w${index}`);
  let simulator: Simulator;
  let backend: TestBackend;

  beforeAll(async () => {
    simulator = await startSimulator({
      workspaces: slugs.map(slug => workspaceFor(slug, repositories)),
    });
    const providers = rows.map(([, provider], index) => [
      slugs[index],
      { workspace: slugs[index], ...ON_DEMAND, ...provider },
    ]);
    backend = await TestBackend.start({
      config: configFor(simulator, Object.fromEntries(providers)),
    });
    await Promise.all(slugs.map(slug => backend.walked(slug)));
    await backend.hasComponents(
      rows.flatMap(([, , names], index) =>
        names.map(name => `${slugs[index]}.${name}`),
      ),
    );
  });

  afterAll(async () => {
    await backend?.stop();
    await simulator?.stop();
  });

  it.each(rows.map(([what, , names], index) => [what, index, names] as const))(
    '%s',
    async (_what, index, names) => {
      const prefix = `${slugs[index]}.`;
      const found = (await backend.names())
        .filter(name => name.startsWith(prefix))
        .map(name => name.slice(prefix.length));
      expect(found).toEqual(names);
    },
  );
});
