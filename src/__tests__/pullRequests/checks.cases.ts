import { componentFile } from '../../../testing';
import { CheckResult, Rule } from '../../pull-requests/checkResult';
import { CheckWorld } from './CheckWorld';

const group = (name: string, parent = '') => `apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: ${name}
spec:
  type: team
  children: []
${parent && `  parent: ${parent}\n`}`;

const owned = (name: string, owner: string) =>
  componentFile(name).replace('team-a', owner);

const refusing = (name: string, how: string) =>
  owned(name, 'payments').replace(
    'spec:',
    `  annotations:\n    acme.com/refuse: ${how}\nspec:`,
  );

const api = (
  name: string,
  definition: string,
) => `apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: ${name}
spec:
  type: openapi
  lifecycle: production
  owner: payments
  definition: ${definition}
`;

const location = (
  name: string,
  ...targets: string[]
) => `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: ${name}
spec:
  targets:
${targets.map(target => `    - ${target}\n`).join('')}`;

const CATALOG_FILE = 'catalog-info.yaml';

describe('a check', () => {
  let world: CheckWorld;

  beforeAll(async () => {
    world = await CheckWorld.start({
      org: {
        [CATALOG_FILE]: [group('payments'), group('billing', 'payments')].join(
          '---\n',
        ),
      },
      shop: { [CATALOG_FILE]: owned('shop', 'payments') },
      cart: {
        [CATALOG_FILE]: owned('cart', 'payments').replace(
          'spec:',
          'spec:\n  dependsOn: [component:shop, component:cart-lib]',
        ),
      },
      moved: {
        [CATALOG_FILE]: location('moved', './old.yaml', './new.yaml'),
        'old.yaml': owned('moves', 'payments'),
        'new.yaml': owned('stays', 'payments'),
      },
      secret: { [CATALOG_FILE]: owned('hidden', 'payments') },
      open: { [CATALOG_FILE]: owned('open', 'payments') },
    });
    world.acme.setVisibility('open', 'public');
  });
  afterAll(() => world?.stop());

  async function check(
    slug: string,
    changes: Parameters<CheckWorld['propose']>[1],
    ...rest: [Parameters<CheckWorld['check']>[1]?]
  ): Promise<CheckResult> {
    world.propose(slug, changes);
    const result = await world.check(slug, ...rest);
    world.acme.deleteBranch(slug, 'proposal');
    return result;
  }

  const messages = ({ findings }: CheckResult, rule: Rule) =>
    findings
      .filter(one => one.rule === rule)
      .map(({ severity, path, line, message }) => [
        severity,
        `${path}:${line}`,
        message,
      ]);

  it('names the owner that was probably meant', async () => {
    const changes = { [CATALOG_FILE]: owned('shop', 'paymnets') };
    const result = await check('shop', changes);
    expect(messages(result, 'reference')).toEqual([
      [
        'warning',
        'catalog-info.yaml:8',
        'spec.owner refers to group:default/paymnets, which does not exist in the catalog. Did you mean group:default/payments?',
      ],
    ]);
    expect(result.plan).toEqual([
      {
        entityRef: 'component:default/shop',
        action: 'change',
        path: CATALOG_FILE,
        fields: ['spec.owner'],
      },
    ]);
    expect(
      messages(
        await check('shop', changes, { references: 'error' }),
        'reference',
      ),
    ).toMatchObject([['error', expect.anything(), expect.anything()]]);
    expect(
      messages(
        await check('shop', changes, { references: 'off' }),
        'reference',
      ),
    ).toEqual([]);
  });

  it('takes what the pull request adds for existing', async () => {
    const result = await check('shop', {
      [CATALOG_FILE]: [owned('shop', 'newcomers'), group('newcomers')].join(
        '---\n',
      ),
    });
    expect(result.findings).toEqual([]);
  });

  it('counts the entities that refer to what is removed, and names the references within the pull request', async () => {
    expect(
      messages(await check('shop', { [CATALOG_FILE]: null }), 'removal'),
    ).toEqual([
      [
        'warning',
        'undefined:undefined',
        'catalog-info.yaml is deleted, so the catalog would remove component:default/shop. 1 entity refers to it.',
      ],
    ]);
    const result = await check('org', {
      [CATALOG_FILE]: group('billing', 'payments'),
    });
    expect(messages(result, 'removal')).toEqual([
      [
        'warning',
        'catalog-info.yaml:undefined',
        'catalog-info.yaml no longer defines group:default/payments, which the catalog would remove. 7 entities refer to it.',
      ],
    ]);
    expect(messages(result, 'reference')).toEqual([
      [
        'warning',
        'catalog-info.yaml:8',
        'spec.parent refers to group:default/payments, which this pull request removes. Name another entity.',
      ],
    ]);
    expect(
      messages(
        await check('shop', { [CATALOG_FILE]: null }, { removals: 'off' }),
        'removal',
      ),
    ).toEqual([]);
  });

  it('plans a move where another file of the pull request has the entity', async () => {
    const result = await check('moved', {
      'old.yaml': '# moved\n',
      'new.yaml': [owned('stays', 'payments'), owned('moves', 'billing')].join(
        '---\n',
      ),
    });
    expect(result.findings).toEqual([]);
    expect(result.plan).toEqual([
      {
        entityRef: 'component:default/moves',
        action: 'move',
        path: 'new.yaml',
        fromPath: 'old.yaml',
        fields: ['spec.owner'],
      },
    ]);
  });

  it('says where the catalog has an entity from, as a warning where that is configured', async () => {
    const result = await check(
      'cart',
      { [CATALOG_FILE]: owned('Shop', 'payments') },
      { conflicts: 'warning' },
    );
    expect(messages(result, 'conflict')).toEqual([
      [
        'warning',
        'catalog-info.yaml:4',
        'component:default/shop is already defined at https://bitbucket.org/acme/shop/src/main/catalog-info.yaml. The catalog keeps that one and ignores this one. Rename this entity, or remove the other one first.',
      ],
    ]);
  });

  it('tells a public repository nothing of others', async () => {
    const result = await check('open', {
      [CATALOG_FILE]: [
        owned('shop', 'paymnets'),
        api('public-api', '{ $text: ./none.md }'),
        refusing('refused', 'input'),
      ].join('---\n'),
    });
    const text = JSON.stringify(result);
    expect(messages(result, 'conflict')).toHaveLength(1);
    expect(messages(result, 'reference')).toMatchObject([
      [
        'warning',
        'catalog-info.yaml:8',
        expect.not.stringContaining('Did you'),
      ],
    ]);
    expect(text).not.toMatch(/acme\/shop|default\/payments|referrers|internal/);
  });

  it('words what a processor refuses, and hides what fails in the backend', async () => {
    const result = await check('shop', {
      [CATALOG_FILE]: [
        refusing('shop', 'crash'),
        refusing('other', 'input'),
      ].join('---\n'),
    });
    expect(messages(result, 'unchecked')).toEqual([
      [
        'warning',
        'catalog-info.yaml:1',
        "This could not be checked, since something failed in the catalog; see the backend's log.",
      ],
    ]);
    expect(messages(result, 'schema')).toEqual([
      [
        'error',
        'catalog-info.yaml:12',
        'The catalog says: acme.com/tier is required, see (URL removed)',
      ],
    ]);
    expect(JSON.stringify(result)).not.toMatch(/hunter2|10\.0|token=abc/);
  });

  it('reads nothing outside of the repository', async () => {
    const outside = [
      'https://bitbucket.org/acme/secret/src/main/catalog-info.yaml',
      '../../../../secret/src/main/catalog-info.yaml',
      'https://example.com/x.yaml',
      'file:///etc/passwd',
      '../../../../../../../../etc/passwd',
      'https://bitbucket.org/acme/shop/src/other/catalog-info.yaml',
    ];
    const { requests } = world.simulator;
    const before = requests.entries.length;
    const result = await check('shop', {
      [CATALOG_FILE]: [
        location('outside', ...outside),
        ...outside.map((url, index) =>
          api(`api-${index}`, `{ $text: "${url}" }`),
        ),
        `${location('by-placeholder')}  target: { $text: ./url.txt }\n`.replace(
          '  targets:\n',
          '',
        ),
        api('bundle', '{ $openapi: ./openapi.yaml }'),
      ].join('---\n'),
      'url.txt': outside[0],
      'openapi.yaml': `paths:\n  /x:\n    $ref: ${outside[0]}\n`,
    });
    expect(messages(result, 'unchecked')).toHaveLength(2 * outside.length + 2);
    expect(
      result.findings.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
    expect(
      requests.entries
        .slice(before)
        .map(({ path }) => path)
        .filter(path => !path.includes('/acme/shop/')),
    ).toEqual([]);
  });
});
