import { generateWorkspace } from '../../dev/simulator/generate';
import { providerConfig } from '../../testing/discovery/providerConfig';
import {
  filesOf,
  skipsOf,
  startWalks,
  workspaceOf,
} from '../../testing/discovery/startWalks';
import { Finding } from './repositoryFiles';
import { OutageWatch, walkRepositories } from './walkRepositories';

describe('walkRepositories', () => {
  describe('over many repositories', () => {
    const large = generateWorkspace({
      slug: 'acme',
      repositories: 300,
      withCatalogFile: 240,
      empty: 10,
    });

    it.each([
      ['a path', '/catalog-info.yaml'],
      ['a path in any folder', 'catalog-info.yaml'],
    ])(
      'costs one request for each that is not empty, and then nothing (%s)',
      async (_, catalogPath) => {
        const { walk, simulator } = await startWalks(large);
        const catalogPaths = [catalogPath];
        expect(filesOf(await walk({ catalogPaths }))).toHaveLength(240);
        expect(simulator.requests.count({ endpoint: 'src' })).toBe(290);
        expect(simulator.requests.count()).toBe(290);

        const again = await walk({ catalogPaths });
        expect(filesOf(again)).toHaveLength(240);
        expect(skipsOf(again)).toHaveLength(10);
        expect(simulator.requests.count()).toBe(0);
      },
    );
  });

  it('looks first into what was updated last, and hands over as it goes', async () => {
    const { acme, index, list } = await startWalks([]);
    const slugs = Array.from({ length: 150 }, (_, position) => `r${position}`);
    slugs.forEach((slug, position) =>
      acme.addRepository({
        slug,
        createdOn: Date.UTC(2026, 10, 1, 0, position),
        files: { 'catalog-info.yaml': '' },
      }),
    );
    const listed = await list();
    const batches = [];
    const config = providerConfig();
    for await (const findings of walkRepositories(listed, {
      index: index.files,
      config,
      concurrency: 8,
      context: {},
    })) {
      batches.push(findings.map(({ repository }) => repository.slug).sort());
    }
    expect(batches).toEqual([
      slugs.slice(50).sort(),
      slugs.slice(0, 50).sort(),
    ]);
  });

  it('reads again only the repositories that were pushed to', async () => {
    const { acme, simulator, walk } = await startWalks(['a', 'b', 'c']);
    await walk();
    acme.push('b', { 'catalog-info.yaml': 'name: new\n' });
    acme.push('c', { 'catalog-info.yaml': null });
    expect(filesOf(await walk())).toEqual([
      'a/catalog-info.yaml',
      'b/catalog-info.yaml',
    ]);
    expect(simulator.requests.count()).toBe(2);
  });

  it.each([['/catalog-info.yaml'], ['catalog-info.yaml']])(
    'recognises by its hash whether a file has changed (%s)',
    async catalogPath => {
      const { acme, index, walk } = await startWalks(['a', 'b']);
      const catalogPaths = [catalogPath];
      // What a glob finds is known once the catalog has read it.
      for (const finding of await walk({ catalogPaths })) {
        const { repository } = finding;
        const files = await index.files.open(repository, 'main', {});
        await files?.stat('catalog-info.yaml', {});
      }
      const before = hashes(await walk({ catalogPaths }));
      acme.push('b', { 'catalog-info.yaml': 'name: new\n' });
      const after = hashes(await walk({ catalogPaths }));
      expect(before.a).toMatch(/^[0-9a-f]{64}$/);
      expect(after.a).toBe(before.a);
      expect(after.b).toMatch(/^[0-9a-f]{64}$/);
      expect(after.b).not.toBe(before.b);
    },
  );

  const hashes = (findings: Finding[]) =>
    Object.fromEntries(
      findings.flatMap(finding =>
        finding.reason
          ? []
          : finding.files.map(({ hash }) => [finding.repository.slug, hash]),
      ),
    );

  it('costs one more request per repository where the list does not name heads', async () => {
    const { simulator, walk } = await startWalks(['a', 'b'], {
      mainbranchTarget: false,
    });
    expect(filesOf(await walk())).toEqual([
      'a/catalog-info.yaml',
      'b/catalog-info.yaml',
    ]);
    expect(simulator.requests.count()).toBe(4);
    await walk();
    expect(simulator.requests.count()).toBe(0);
  });

  it('costs one request for each 100 files that a repository has', async () => {
    const acme = workspaceOf('a');
    const files = Object.fromEntries(
      Array.from({ length: 201 }, (_, position) => [
        `services/s${position}/catalog-info.yaml`,
        '',
      ]),
    );
    acme.addRepository({ slug: 'mono', files });
    const { simulator, walk } = await startWalks(acme);
    const findings = await walk({ catalogPaths: ['catalog-info.yaml'] });
    expect(filesOf(findings)).toHaveLength(202);
    expect(simulator.requests.count()).toBe(4);
  });

  it('asks under other settings only for what is not known', async () => {
    const { acme, simulator, walk } = await startWalks(['a']);
    acme.push('a', { 'other.yaml': 'name: other\n' });
    await walk();
    const catalogPaths = ['/catalog-info.yaml', '/other.yaml'];
    expect(filesOf(await walk({ catalogPaths }))).toEqual([
      'a/catalog-info.yaml',
      'a/other.yaml',
    ]);
    expect(simulator.requests.count()).toBe(1);
    expect(filesOf(await walk())).toEqual(['a/catalog-info.yaml']);
    expect(simulator.requests.count()).toBe(0);
  });

  it('asks by commit hash and never searches code', async () => {
    const acme = workspaceOf();
    acme.addRepository({
      slug: 'slash',
      mainBranch: 'release/2026-11',
      files: { 'catalog-info.yaml': 'name: slash\n' },
    });
    const { simulator, walk } = await startWalks(acme);
    expect(await walk()).toMatchObject([{ branch: 'release/2026-11' }]);
    const hash = acme.repository('slash').head?.hash;
    expect(simulator.requests.entries.map(({ path }) => path)).toEqual([
      `/2.0/repositories/acme/slash/src/${hash}/catalog-info.yaml`,
    ]);
  });

  it('finds no file where there is none', async () => {
    const acme = workspaceOf();
    acme.addRepository({ slug: 'a', files: { 'README.md': 'Hello' } });
    const { walk } = await startWalks(acme);
    const catalogPaths = ['/catalog-info.yaml', '/services/**/*.yaml'];
    expect(await walk({ catalogPaths })).toEqual([
      {
        repository: expect.objectContaining({ slug: 'a' }),
        branch: 'main',
        commit: expect.any(String),
        files: [],
      },
    ]);
  });

  it('skips repositories without commits, and without the branch', async () => {
    const acme = workspaceOf('a', 'b');
    acme.addRepository({ slug: 'empty' });
    acme.createBranch('b', 'next');
    const { simulator, walk } = await startWalks(acme);
    expect(skipsOf(await walk())).toEqual(['empty: empty']);
    const onBranch = await walk({ branch: 'next' });
    expect(filesOf(onBranch)).toEqual(['b/catalog-info.yaml']);
    expect(skipsOf(onBranch)).toEqual(['a: no branch', 'empty: empty']);

    expect(skipsOf(await walk({ branch: 'next' }))).toEqual(skipsOf(onBranch));
    expect(simulator.requests.count()).toBe(0);
  });

  it.each([['/new.yaml'], ['new.yaml']])(
    'reads the new head where the listed one no longer exists (%s)',
    async catalogPath => {
      const { acme, list, simulator, walk } = await startWalks(['a', 'b']);
      const repositories = await list();
      const listed = acme.repository('a').head?.hash;
      acme.push('a', { 'new.yaml': '' }, { force: true });
      simulator.faults.add({
        path: `/src/${listed}/`,
        kind: 'status',
        status: 404,
        message: 'Commit not found',
      });
      const catalogPaths = [catalogPath];
      const findings = await walk({ catalogPaths }, { repositories });
      expect(filesOf(findings)).toEqual(['a/new.yaml']);
      expect(skipsOf(findings)).toEqual([]);
    },
  );
});

describe('OutageWatch', () => {
  /** `+a` begins a look, `*a` one of a repository that keeps failing, `a!` fails, `a` succeeds. */
  function isOutage(events: string): boolean {
    const watch = new OutageWatch();
    const failures = new Map<string, () => boolean>();
    let result = false;
    for (const event of events.split(' ')) {
      const name = event.replace(/[+*!]/, '');
      if (/^[+*]/.test(event)) {
        failures.set(name, watch.begin(event.startsWith('*')));
      } else if (event.endsWith('!')) {
        result = failures.get(name)!();
      } else {
        watch.succeed();
      }
    }
    return result;
  }

  it.each<[string, string, boolean]>([
    ['one failure', '+a a!', false],
    ['two failures', '+a a! +b b!', false],
    ['three in a row', '+a a! +b b! +c c!', true],
    ['three at once', '+a +b +c a! b! c!', true],
    ['three after a success', '+a a +b b! +c c! +d d!', true],
    ['a success in between', '+a a! +b b! +c c +d d!', false],
    ['three while others are read', '+a +b +c +d d a! b! c!', false],
    [
      'three after the others that were under way',
      '+a +b +c +d d a! b! c! +e +f +g e! f! g!',
      true,
    ],
    ['those that keep failing', '*a a! *b b! *c c! *d d!', false],
    ['one that keeps failing', '*a a! +b b! +c c!', false],
  ])('takes %s (%s) for an outage: %s', (_, events, expected) => {
    expect(isOutage(events)).toBe(expected);
  });
});
