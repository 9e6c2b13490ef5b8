import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import {
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  CatalogTables,
  componentFile,
  DatabaseServer,
  startSqlite,
  TestBackend,
  until,
} from '../../testing';
import { noFile, noRef, noRepository } from '../reader/nearFiles';

const SHOP = 'https://bitbucket.org/acme/shop';

/** One document of each kind, all in one file. */
const EVERY_KIND = [
  ['Domain', 'domain', 'owner: team-a'],
  ['System', 'system', 'owner: team-a\n  domain: domain'],
  ['Component', 'every', 'type: service\n  lifecycle: x\n  owner: team-a'],
  ['Resource', 'resource', 'type: database\n  owner: team-a'],
  ['API', 'api', 'type: x\n  lifecycle: x\n  owner: team-a\n  definition: x'],
  ['Group', 'team-a', 'type: team\n  children: []'],
  ['User', 'jane', 'memberOf: [team-a]'],
  ['Location', 'more', 'targets: [./more.yaml]'],
]
  .map(([kind, name, spec]) => document(kind, name, spec))
  .join('---\n');

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: backstage.io/v1alpha1
kind: ${kind}
metadata:
  name: ${name}
spec:
  ${spec}
`;
}

/** A component of which a part is read from another file. */
function composed(name: string, placeholder: string): string {
  return `${componentFile(name)}  part:\n    ${placeholder}\n`;
}

function locationFile(name: string, targets: string[], more = ''): string {
  return document(
    'Location',
    name,
    `targets: ${JSON.stringify(targets)}${more}`,
  );
}

describe('locations of the configuration, without a provider,', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let databases: DatabaseServer;
  let backend: TestBackend;
  let tables: CatalogTables;

  const targets = [
    `${SHOP}/src/main/every.yaml`,
    `${SHOP}/src/main/services/**/catalog-info.yaml`,
    `${SHOP}/src/main/nested/locations.yaml#lines-1`,
    `${SHOP}/src/main/parts/parts.yaml`,
    `${SHOP}/src/feature/x/y/parts.yaml`,
    `${SHOP}/src/0123abc/y/locations.yaml?at=feature%2Fx`,
    `${SHOP}/src/release/1.0/catalog-info.yaml`,
    `${SHOP}/src/main?path=in%20query.yaml`,
    'https://www.bitbucket.org/ACME/Shop/src/main/upper.yaml',
    `${SHOP}/src/main/gone.yaml`,
    `${SHOP}/src/0123abc/gone/gone.yaml?at=feature/x`,
    `${SHOP}/src/master/catalog-info.yaml`,
    `${SHOP}/src/main/services`,
    `${SHOP}/branch/feature/x`,
  ];

  beforeAll(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      slug: 'shop',
      isPrivate: true,
      files: { 'catalog-info.yaml': componentFile('tagged') },
    });
    acme.createTag('shop', 'release/1.0');
    acme.push('shop', {
      'catalog-info.yaml': null,
      'Gone.yml': 'not read',
      'every.yaml': EVERY_KIND,
      'more.yaml': componentFile('more'),
      'in query.yaml': componentFile('in-query'),
      'upper.yaml': componentFile('upper'),
      'by-uuid.yaml': composed(
        'by-uuid',
        `$text: ${SHOP}/src/main/parts/specs/pets.txt`,
      ),
      'services/a/catalog-info.yaml': componentFile('service-a'),
      'services/b/deep/catalog-info.yaml': componentFile('service-b'),
      'services/b/other.yaml': componentFile('not-wanted'),
      'nested/locations.yaml': `${locationFile('nested', [
        './beside.yaml',
        '../above.yaml',
        './below/*.yaml',
      ])}---
${locationFile('optional', ['./not-there.yaml'], '\n  presence: optional')}---
${locationFile('required', ['./Beside.yml'], '\n  presence: required')}`,
      'nested/beside.yaml': componentFile('beside'),
      'above.yaml': componentFile('above'),
      'nested/below/one.yaml': componentFile('below-1'),
      'nested/below/two.yaml': componentFile('below-2'),
      'parts/parts.yaml': [
        composed('text', '$text: ./specs/pets.txt'),
        composed('json', '$json: ./specs/pets.json'),
        composed('yaml', '$yaml: ../parts/specs/pets.yaml'),
        composed('absolute', `$text: ${SHOP}/src/main/parts/specs/pets.txt`),
      ].join('---\n'),
      'parts/specs/pets.txt': 'Pets of main',
      'parts/specs/pets.json': '{"pets": ["cat"]}',
      'parts/specs/pets.yaml': 'pets: [dog]\n',
    });
    acme.push(
      'shop',
      {
        'y/parts.yaml': composed('on-x', '$text: ./pets.txt'),
        'y/pets.txt': 'Pets of x',
        'y/locations.yaml': locationFile('on-x', [
          '../z/at.yaml',
          '/z/rooted.yaml',
        ]),
        'z/at.yaml': componentFile('at'),
        'z/rooted.yaml': composed('rooted', '$text: /y/pets.txt'),
      },
      { branch: 'feature/x' },
    );
    const ids = [acme.uuid, acme.repository('shop').uuid];
    targets.push(
      `https://bitbucket.org/${ids.map(encodeURIComponent).join('/')}/src/main/by-uuid.yaml`,
    );
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [{ name: 'ours', kind: 'accessToken', token: 'our-token' }],
    });
    const { apiBaseUrl } = simulator;
    databases = await startSqlite();
    const database = databases.createDatabase();
    backend = await TestBackend.start({
      database,
      config: {
        integrations: { bitbucketCloud: [{ apiBaseUrl, token: 'our-token' }] },
        catalog: {
          rules: [{ allow: ['Component', 'API', 'Location'] }],
          locations: [
            {
              type: 'url',
              target: targets[0],
              rules: [
                {
                  allow: ['Domain', 'System', 'Resource', 'Group', 'User'],
                },
              ],
            },
            ...targets.slice(1).map(target => ({ type: 'url', target })),
          ],
        },
      },
    });
    tables = await CatalogTables.open(database);
  });

  afterAll(async () => {
    await tables.close();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });

  async function named(kind: string, name: string): Promise<Entity> {
    let found: Entity | undefined;
    await until(async () => {
      const entities = await backend.entities(kind);
      found = entities.find(({ metadata }) => metadata.name === name);
      return found !== undefined;
    }, `the ${kind} ${name}`);
    return found!;
  }

  it('are read in every form', async () => {
    await backend.hasComponents([
      'above',
      'absolute',
      'at',
      'below-1',
      'below-2',
      'beside',
      'by-uuid',
      'every',
      'in-query',
      'json',
      'more',
      'on-x',
      'rooted',
      'service-a',
      'service-b',
      'tagged',
      'text',
      'upper',
      'yaml',
    ]);
  });

  it.each([
    ['domain', 'domain'],
    ['system', 'system'],
    ['component', 'every'],
    ['resource', 'resource'],
    ['api', 'api'],
    ['group', 'team-a'],
    ['user', 'jane'],
    ['location', 'more'],
  ])('give a %s, where the rules allow it', async (kind, name) => {
    expect(await named(kind, name)).toMatchObject({
      metadata: {
        annotations: {
          'backstage.io/managed-by-location': `url:${SHOP}/src/main/every.yaml`,
        },
      },
    });
  });

  it.each([
    ['text', 'Pets of main'],
    ['json', { pets: ['cat'] }],
    ['yaml', { pets: ['dog'] }],
    ['absolute', 'Pets of main'],
    ['by-uuid', 'Pets of main'],
    ['on-x', 'Pets of x'],
    ['rooted', 'Pets of x'],
  ])('have the other file in their place: %s', async (name, part) => {
    expect(await named('component', name)).toMatchObject({ spec: { part } });
  });

  it.each([
    ['on-x', 'src/feature%2Fx/y/parts.yaml', 'src/feature%2Fx/y'],
    ['tagged', 'src/release%2F1.0/catalog-info.yaml', 'src/release%2F1.0'],
    ['in-query', 'src/main/in%20query.yaml', 'src/main'],
    ['upper', 'src/main/upper.yaml', 'src/main'],
    ['by-uuid', 'src/main/by-uuid.yaml', 'src/main'],
    [
      'service-b',
      'src/main/services/b/deep/catalog-info.yaml',
      'src/main/services/b/deep',
    ],
  ])('say where %s is', async (name, path, folder) => {
    const { metadata } = await named('component', name);
    expect(metadata.annotations).toMatchObject({
      'backstage.io/managed-by-location': `url:${SHOP}/${path}`,
      'backstage.io/view-url': `${SHOP}/${path}`,
      'backstage.io/source-location': `url:${SHOP}/${folder}/`,
    });
  });

  it.each([
    ['on-x', 'src/feature%2Fx/y/parts.yaml?mode=edit&at=feature%2Fx'],
    ['upper', 'src/main/upper.yaml?mode=edit&at=main'],
  ])('say where %s is edited', async (name, link) => {
    const { metadata } = await named('component', name);
    expect(metadata.annotations?.['backstage.io/edit-url']).toBe(
      `${SHOP}/${link}`,
    );
  });

  it.each([
    [
      'src/main/gone.yaml',
      `NotFoundError: Unable to read url, ${noFile('acme/shop', 'main', 'gone.yaml')}`,
    ],
    [
      'src/0123abc/gone/gone.yaml?at=feature/x',
      `NotFoundError: Unable to read url, ${noFile('acme/shop', 'feature/x', 'gone/gone.yaml')}, nor a folder gone`,
    ],
    [
      'src/master/catalog-info.yaml',
      `NotFoundError: Unable to read url, ${noRef('acme/shop', 'master')}. Its branches are main and feature/x`,
    ],
    [
      'src/main/services',
      `Error: Unable to read url, ${SHOP}/src/main/services is a folder, not a file, and there is no catalog-info.yaml in it. Use the URL of a file, or find files below it: ${SHOP}/src/main/services/**/catalog-info.yaml`,
    ],
    [
      'branch/feature/x',
      `Error: Unable to read url, ${SHOP}/branch/feature/x is not a file, a folder or a repository of Bitbucket Cloud; write ${SHOP}/src/feature%2Fx/{path}`,
    ],
  ])('say what is wrong with %s', async (path, message) => {
    const url = `${SHOP}/${path}`;
    const errors = () => tables.locationErrors(url);
    await until(
      async () => (await errors()).length > 0,
      `an error of the Location of ${url}`,
    );
    expect(await errors()).toEqual([message]);
  });

  it('name a file that is required, and is not there', async () => {
    const errors = () => tables.errorsOf('location:default/required');
    await until(async () => (await errors()).length > 0, 'an error');
    expect(await errors()).toEqual([
      `NotFoundError: Unable to read url, ${noFile('acme/shop', 'main', 'nested/Beside.yml')}`,
    ]);
  });

  it('may name a file that is optional, and is not there', async () => {
    await named('location', 'optional');
    expect(await tables.errorsOf('location:default/optional')).toEqual([]);
  });

  it('keep the URL of a slash branch in which Backstage resolves every path', async () => {
    const { metadata } = await named('component', 'at');
    expect(metadata.annotations).toMatchObject({
      'backstage.io/managed-by-location': `url:${SHOP}/src/0123abc/z/at.yaml?at=feature%2Fx`,
      'backstage.io/source-location': `url:${SHOP}/src/0123abc/z/?at=feature%2Fx`,
    });
  });

  it('never cost an archive', () => {
    const endpoints = simulator.requests.entries.map(one => one.endpoint);
    expect(new Set(endpoints)).toEqual(
      new Set(['repositories', 'repository', 'refs', 'src', 'branches']),
    );
  });
});

/** Every test has a backend of its own and mostly waits for it, so they run side by side. */
describe('a location in a private repository is read with', () => {
  const apiToken = { username: 'jane@example.com', token: 'ATATT-1' };
  const accessToken = { token: 'ATCTT-2' };
  const appPassword = { username: 'jane', appPassword: 'ATBB-3' };
  const consumer = { clientId: 'key-4', clientSecret: 'secret-5' };
  const accounts: SimulatedAccount[] = [
    { kind: 'apiToken', name: 'API token', ...apiToken },
    { kind: 'accessToken', name: 'access token', ...accessToken },
    { kind: 'appPassword', name: 'app password', ...appPassword },
    { kind: 'oauth', name: 'OAuth consumer', ...consumer },
  ];

  it.concurrent.each<[string, JsonObject, string, string]>([
    ['API token', apiToken, 'private', ''],
    ['access token', accessToken, 'private', ''],
    ['app password', appPassword, 'private', ''],
    ['OAuth consumer', consumer, 'private', ''],
    [
      'anonymous',
      {},
      '',
      `${noRepository('acme/private')}, or it is private, and no credential is configured.`,
    ],
  ])('%s', async (signer, entry, component, problem) => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const files = { 'catalog-info.yaml': componentFile('private') };
    acme.addRepository({ slug: 'private', isPrivate: true, files });
    acme.addRepository({ slug: 'public' });
    const simulator = await startSimulator({
      workspaces: [acme],
      accounts,
      appPasswords: true,
    });
    const databases = await startSqlite();
    const database = databases.createDatabase();
    const target =
      'https://bitbucket.org/acme/private/src/0123abc/catalog-info.yaml?at=main';
    const { apiBaseUrl } = simulator;
    const backend = await TestBackend.start({
      database,
      config: {
        integrations: { bitbucketCloud: [{ ...entry, apiBaseUrl }] },
        catalog: { locations: [{ type: 'url', target }] },
      },
    });
    const tables = await CatalogTables.open(database);
    const errors = async () => (await tables.locationErrors(target)).join();
    await until(
      async () =>
        (await backend.names()).join() === component &&
        (await errors()).includes(problem),
      async () => `${component}${problem}; there is ${await errors()}`,
    );
    const signers = simulator.requests.entries
      .filter(({ endpoint }) => endpoint !== 'oauth')
      .map(({ credential }) => credential);
    expect(new Set(signers)).toEqual(new Set([signer]));
    await tables.close();
    await backend.stop();
    await simulator.stop();
    await databases.stop();
  });
});
