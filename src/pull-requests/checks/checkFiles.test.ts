import { mockCredentials } from '@backstage/backend-test-utils';
import knexFactory from 'knex';
import { catalogTablesIn } from '../../../testing/catalog-tables';
import { bitbucketCloudUrls as urls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { createPathGlob } from '../../lib/globs';
import { checkFiles } from './checkFiles';
import { CheckServices, TouchedFile } from './checkRequest';
import { LIMITS } from './limits';

const knex = knexFactory({
  client: 'better-sqlite3',
  connection: ':memory:',
  useNullAsDefault: true,
});

afterAll(() => knex.destroy());

const HEAD = 'a'.repeat(40);

const component = (
  name: string,
  more = '',
) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: service
  lifecycle: production
  owner: nobody-${name}
${more}`;

/** Checks files that the pull request adds, against a catalog that takes everything. */
async function check(
  files: Record<string, string>,
  services: Partial<CheckServices> = {},
  touched = Object.keys(files).map((path): TouchedFile => ({
    path,
    location: urls.file('acme/shop', 'main', path),
    isTouched: true,
  })),
) {
  const read = jest.fn(async (_: string, path: string) =>
    path in files
      ? { content: Buffer.from(files[path]) }
      : { missing: 'absent' as const },
  );
  const validateEntity = jest.fn(async (..._args: unknown[]) => ({
    valid: true as const,
  }));
  const result = await checkFiles(
    {
      repository: { fullName: 'acme/shop', isPrivate: true },
      headName: 'acme/shop',
      head: HEAD,
      branch: 'main',
      files: touched,
      settings: {
        references: 'warning',
        conflicts: 'error',
        removals: 'warning',
      },
    },
    {
      catalog: {
        validateEntity,
        getEntitiesByRefs: async ({ entityRefs }) => ({
          items: entityRefs.map(() => undefined),
        }),
      },
      credentials: async () => mockCredentials.service(),
      // The tables of the catalog are not there, so that nothing is read from them.
      tables: catalogTablesIn(async () => knex),
      urls,
      read,
      find: async pattern =>
        Object.keys(files).filter(createPathGlob(pattern).matches),
      changedOnBranch: async () => new Map(),
      signal: new AbortController().signal,
      now: () => 0,
      ...services,
    },
  );
  return { ...result, read, validateEntity };
}

const FILE = 'catalog-info.yaml';

describe('checkFiles', () => {
  it('asks the catalog about a file and its entities as they will be', async () => {
    const { validateEntity, findings, plan, files } = await check({
      [FILE]: component('shop'),
    });
    const url = `https://bitbucket.org/acme/shop/src/${HEAD}/${FILE}`;
    const annotations = {
      'backstage.io/managed-by-location': `url:${url}`,
      'backstage.io/managed-by-origin-location': `url:https://bitbucket.org/acme/shop/src/main/${FILE}`,
    };
    expect(
      validateEntity.mock.calls.map(([entity, location]) => [entity, location]),
    ).toMatchObject([
      [
        { kind: 'Location', metadata: { annotations }, spec: { target: url } },
        `url:${url}`,
      ],
      [{ kind: 'Component', metadata: { annotations } }, `url:${url}`],
    ]);
    expect(findings).toMatchObject([{ rule: 'reference' }]);
    expect(plan).toMatchObject([{ action: 'add' }]);
    expect(files).toEqual([
      {
        path: FILE,
        change: 'added',
        steps: [
          expect.objectContaining({ name: 'Read at the head' }),
          expect.objectContaining({ name: 'The catalog reads the file' }),
          expect.objectContaining({ name: 'component:default/shop' }),
          expect.objectContaining({
            name: 'Compared with the catalog: conflicts, references, removals',
            verdict: 'warning',
          }),
        ],
      },
    ]);
  });

  it('does not take an empty list of errors for a verdict', async () => {
    const { findings, plan } = await check(
      { [FILE]: component('shop') },
      {
        catalog: {
          validateEntity: async () => ({ valid: false, errors: [] as never }),
          getEntitiesByRefs: async () => ({ items: [{} as never] }),
        },
      },
    );
    expect(findings.map(one => [one.rule, one.severity, one.rejects])).toEqual([
      ['unchecked', 'warning', 'nothing'],
      ['unchecked', 'warning', 'nothing'],
    ]);
    expect(plan).toHaveLength(1);
  });

  it('cuts long texts rather than sending what the catalog refuses', async () => {
    const { validateEntity, findings } = await check({
      [FILE]: [
        component('long', `  text: ${'x'.repeat(500_000)}\n`),
        component('many', `  list: [${'"12345678",'.repeat(20_000)}]\n`),
      ].join('---\n'),
    });
    for (const [entity] of validateEntity.mock.calls) {
      expect(JSON.stringify(entity).length).toBeLessThan(100 * 1024);
    }
    expect(findings.filter(({ rule }) => rule === 'unchecked')).toMatchObject([
      {
        entityRef: 'component:default/many',
        message: 'The catalog could not check this entity: it is too large.',
      },
    ]);
  });

  it('lets the errors of the host and of the catalog through, and stops when its signal is aborted', async () => {
    const files = { [FILE]: component('shop') };
    const fault = new Error('503');
    const fail = async () => {
      throw fault;
    };
    await expect(check(files, { read: fail })).rejects.toBe(fault);
    await expect(
      check(files, {
        catalog: {
          validateEntity: fail,
          getEntitiesByRefs: async () => ({ items: [] }),
        },
      }),
    ).rejects.toBe(fault);
    await expect(
      check(files, { signal: AbortSignal.abort(fault) }),
    ).rejects.toBe(fault);
  });

  it('checks as many files and entities as it is allowed, and says what it left out', async () => {
    const text = Array.from({ length: 1_000 }, (_, index) =>
      component(`c${index}`),
    ).join('---\n');
    const begin = Date.now();
    const { findings, validateEntity, plan } = await check({ [FILE]: text });
    expect(Date.now() - begin).toBeLessThan(20_000);
    expect(validateEntity).toHaveBeenCalledTimes(1 + LIMITS.entities);
    expect(findings).toHaveLength(LIMITS.findings + 1);
    expect(findings.at(-1)!.message).toBe('500 more findings are left out.');
    expect(plan).toHaveLength(1_000);

    const many = await check(
      Object.fromEntries(
        Array.from({ length: LIMITS.files + 5 }, (_, index) => [
          `${index}/${FILE}`,
          '',
        ]),
      ),
    );
    expect(many.read).toHaveBeenCalledTimes(LIMITS.files);
    expect(many.findings).toHaveLength(5);
  });

  it.each([
    [
      'an alias bomb',
      `a: &a [x,x]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]\n`,
    ],
    ['a deep one', '['.repeat(100_000)],
    ['one that keeps the parser busy', '? '.repeat(10_000)],
    ['a large one', `a: ${'x'.repeat(2 * 1024 * 1024)}`],
  ])('is bounded for %s', async (_, text) => {
    const begin = Date.now();
    const { validateEntity } = await check({ [FILE]: text });
    expect(Date.now() - begin).toBeLessThan(5_000);
    expect(validateEntity.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it('follows Locations to a limited depth, and in a circle once', async () => {
    const location = (name: string, target: string) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: ${name}\nspec:\n  target: ${target}\n`;
    const chain = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        index === 0 ? FILE : `${index}.yaml`,
        location(
          `l${index}`,
          index === 19 ? `./${FILE}` : `./${index + 1}.yaml`,
        ),
      ]),
    );
    const read = jest.fn(async (side: string, path: string) =>
      side === 'head'
        ? { content: Buffer.from(chain[path]) }
        : { missing: 'absent' as const },
    );
    const { files, findings } = await check({ [FILE]: '' }, { read });
    expect(files).toHaveLength(1 + LIMITS.locationDepth);
    expect(findings.map(({ rule }) => rule)).toEqual(['unchecked']);

    const circle = await check({
      [FILE]: location('one', './b.yaml'),
      'b.yaml': location('two', `./${FILE}`),
    });
    expect(circle.findings).toEqual([]);
    expect(circle.files).toHaveLength(2);
  });

  it('reads as many targets and as much as it is allowed', async () => {
    const targets = Array.from(
      { length: 2 * LIMITS.targets },
      (_, index) => `    - ./${index}.yaml\n`,
    );
    const location = `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets:\n${targets.join('')}`;
    const many = await check({ [FILE]: location });
    expect(many.read.mock.calls.length).toBeLessThanOrEqual(LIMITS.reads);
    expect(many.findings.map(({ message }) => message)).toContain(
      '200 targets of this Location were not checked, since the pull request has more than 200.',
    );

    const large = '#'.repeat(1_000_000);
    const { read, findings } = await check(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`${index}/${FILE}`, large]),
      ),
    );
    expect(read.mock.calls.length).toBeLessThan(14);
    expect(findings.length + read.mock.calls.length).toBe(20);
  });

  describe('of a target with wildcards', () => {
    const location = (...targets: string[]) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets: ${JSON.stringify(targets)}\n`;
    const checkTargets = (
      targets: string[],
      files: Record<string, string>,
      services: Partial<CheckServices> = {},
    ) =>
      check({ [FILE]: location(...targets), ...files }, services, [
        {
          path: FILE,
          location: urls.file('acme/shop', 'main', FILE),
          isTouched: true,
        },
      ]);

    it('checks the files that it finds at the head', async () => {
      const { files, plan, findings } = await checkTargets(['./apis/*.yaml'], {
        'apis/a.yaml': component('a'),
        'apis/b/b.yaml': component('b'),
      });
      expect(files.map(({ path }) => path)).toEqual([FILE, 'apis/a.yaml']);
      expect(plan).toMatchObject([
        { entityRef: 'location:default/all' },
        { entityRef: 'component:default/a', path: 'apis/a.yaml' },
      ]);
      expect(findings.map(({ rule }) => rule)).toEqual(['reference']);
    });

    it('takes an encoded star for a part of a name', async () => {
      const { files } = await checkTargets(['./%2A/*.yaml'], {
        '*/a.yaml': component('a'),
        'b/b.yaml': component('b'),
      });
      expect(files.map(({ path }) => path)).toEqual([FILE, '*/a.yaml']);
    });

    it('rejects the Location where it finds nothing', async () => {
      const { findings } = await checkTargets(['./apis/*.yaml'], {});
      expect(findings).toMatchObject([
        {
          rule: 'target',
          severity: 'error',
          rejects: 'entity',
          line: 6,
          message:
            './apis/*.yaml matches no file at the head of the pull request. Fix the pattern, or add a file. The catalog would keep the current entities of all targets of this Location.',
        },
      ]);
    });

    it('checks 25 files at most, and says so', async () => {
      const many = Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [`apis/${index}.yaml`, '']),
      );
      const { files, findings } = await checkTargets(
        ['./apis/1*.yaml', './apis/*.yaml'],
        many,
      );
      expect(files).toHaveLength(1 + 25);
      expect(findings).toMatchObject([
        {
          rule: 'unchecked',
          severity: 'note',
          message:
            './apis/*.yaml matches 40 files, of which 25 were checked, since targets with wildcards match more than 25 files.',
        },
      ]);
    });

    it('says so where its files cannot be found with few requests, or there are many of its kind', async () => {
      const find = jest.fn(async () => undefined);
      const targets = Array.from({ length: 8 }, (_, index) => `./${index}/*`);
      const { findings } = await checkTargets(targets, {}, { find });
      expect(find).toHaveBeenCalledTimes(LIMITS.patterns);
      expect(findings).toHaveLength(8);
      expect(findings[0]).toMatchObject({
        rule: 'unchecked',
        severity: 'note',
        message:
          './0/* was not checked, since it takes too many requests to find what it matches.',
      });
    });
  });

  it('takes a file that the catalog reads under two URLs for one', async () => {
    const { findings, plan } = await check(
      { [FILE]: component('shop') },
      {},
      [
        'https://bitbucket.org/acme/shop/src/main/catalog-info.yaml',
        'https://bitbucket.org/acme/shop/src/HEAD/catalog-info.yaml',
      ].map(location => ({ path: FILE, location, isTouched: true })),
    );
    expect(findings.map(({ rule }) => rule)).toEqual(['reference']);
    expect(plan).toHaveLength(1);
  });
});
