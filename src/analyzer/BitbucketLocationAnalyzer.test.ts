import { UrlReaderService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { JsonObject } from '@backstage/types';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { createPathGlob } from '../lib/globs';
import { BitbucketLocationAnalyzer } from './BitbucketLocationAnalyzer';
import { readCatalogRules } from './catalogRules';

const SHOP = 'https://bitbucket.org/acme/shop';

const component = (name: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n`;

/** An analyzer of a workspace, and the URLs that it has had read. */
async function analyzerOf(
  files: Record<string, string>,
  options: {
    providers?: { workspace: string; catalogPaths: string[] }[];
    /** How many repositories there are that were made later. Default 0. */
    others?: number;
    /** The `catalog` of the configuration. */
    catalog?: JsonObject;
  } = {},
) {
  const others = Array.from({ length: options.others ?? 0 }, (_, number) => [
    `other-${number}`,
    {},
  ]);
  const world = await startWorld({
    shop: files,
    ...Object.fromEntries(others),
  });
  const read: string[] = [];
  const reader: UrlReaderService = {
    async readUrl(url) {
      read.push(url);
      const path = decodeURI(url.split('/src/main/')[1]);
      return { buffer: async () => Buffer.from(files[path]) };
    },
    readTree: () =>
      Promise.reject(new Error('readTree is not expected to be called')),
    search: async url => ({
      etag: '',
      files: Object.entries(files)
        .map(([path, text]) => ({
          url: `${SHOP}/src/main/${path}`,
          content: async () => {
            read.push(path);
            return Buffer.from(text);
          },
        }))
        .filter(file =>
          createPathGlob(url.slice(SHOP.length)).matches(
            file.url.slice(SHOP.length),
          ),
        ),
    }),
  };
  const logger = recordingLogger();
  const analyzer = new BitbucketLocationAnalyzer({
    index: world.index,
    reader,
    providers: options.providers ?? [],
    names: ['catalog-info.yaml', 'a.yaml', 'c.yaml', 'd.yaml', 'e.yaml'],
    rules: readCatalogRules(new ConfigReader({ catalog: options.catalog })),
    catalogFilename: 'a.yaml',
    logger,
  });
  return { ...world, analyzer, logger, read };
}

const warm = ({ index }: World) => index.repositories.find('acme/shop', {});

describe('BitbucketLocationAnalyzer', () => {
  it.each([
    [SHOP, true],
    [`${SHOP}/src/main/docs`, true],
    ['https://www.bitbucket.org/acme/shop', true],
    ['https://github.com/acme/shop', false],
    ['https://bitbucket.example.com/acme/shop', false],
    ['acme/shop', false],
  ])('supports %s: %s', async (url, expected) => {
    const { analyzer } = await analyzerOf({});
    expect(analyzer.supports(url)).toBe(expected);
  });

  it('asks for the repository and its files, and then for what has changed', async () => {
    const world = await analyzerOf({ 'catalog-info.yaml': component('shop') });
    const { analyzer, cost, timing } = world;
    const analyze = () => analyzer.analyze({ url: SHOP });
    expect(await cost(analyze)).toBe(2);
    expect(await cost(analyze)).toBe(0);
    timing.advance(5 * 60_000);
    expect(await cost(analyze)).toBe(1);
  });

  it('takes no more for one of many repositories', async () => {
    const world = await analyzerOf(
      { 'catalog-info.yaml': component('shop') },
      { others: 100 },
    );
    const { analyzer, cost } = world;
    expect(await cost(() => analyzer.analyze({ url: SHOP }))).toBe(2);
  });

  it('looks for what the configuration and the providers of the workspace say', async () => {
    const paths = ['a.yaml', 'b/c.yaml', 'd.yaml', 'e.yaml', 'f.yaml'];
    const world = await analyzerOf(
      Object.fromEntries(paths.map(path => [path, component('any')])),
      {
        providers: [
          { workspace: 'ACME', catalogPaths: ['/b/c.yaml'] },
          { workspace: '{any-uuid}', catalogPaths: ['d.yaml'] },
          { workspace: 'other', catalogPaths: ['e.yaml'] },
        ],
      },
    );
    await warm(world);
    const { analyzer, cost, read } = world;
    const requests = await cost(() =>
      analyzer.analyze({ url: SHOP, catalogFilename: 'f.yaml' }),
    );
    expect(read).toEqual(
      ['a.yaml', 'b/c.yaml', 'd.yaml'].map(path => `${SHOP}/src/main/${path}`),
    );
    expect(requests).toBe(1);
  });

  it('says so when it cannot find out what is registered', async () => {
    const world = await analyzerOf({ 'catalog-info.yaml': component('shop') });
    jest
      .spyOn(world.index.catalog, 'read')
      .mockRejectedValue(new Error('the connection is lost'));
    const { existing } = await world.analyzer.analyze({ url: SHOP });
    expect(existing).toMatchObject([{ isRegistered: false }]);
    expect(world.logger.lines).toEqual([
      {
        level: 'warn',
        message:
          'Could not read which files of acme/shop are registered, so all are shown as not registered: the connection is lost',
      },
    ]);
  });

  it('leaves out files without an entity, and logs them at debug level', async () => {
    const { analyzer, logger } = await analyzerOf({
      'catalog-info.yaml': component('shop'),
      'skeleton/catalog-info.yaml': component("'${{ values.name }}'"),
    });
    const { existing } = await analyzer.analyze({ url: SHOP });
    expect(existing.map(({ location }) => location.target)).toEqual([
      `${SHOP}/src/main/catalog-info.yaml`,
    ]);
    expect(logger.lines).toContainEqual({
      level: 'debug',
      message: `Skipped: ${SHOP}/src/main/skeleton/catalog-info.yaml describes no entity: its metadata.name is not a name`,
    });
  });

  const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s3cret\n';
  const GROUP = component('team').replace('Component', 'Group');

  it.each([
    ['deploy/secret.yaml'],
    ['**/secret.yaml'],
    ['deploy/*.yaml'],
    ['Deploy/Secret.YML'],
  ])('refuses what is not a catalog file, and reads none: %s', async path => {
    const { analyzer, cost, read } = await analyzerOf({
      'catalog-info.yaml': component('shop'),
      'deploy/secret.yaml': SECRET,
      'deploy/more.yaml': component('more'),
    });
    const requests = await cost(async () => {
      await expect(
        analyzer.analyze({ url: `${SHOP}/src/main/${path}` }),
      ).rejects.toMatchObject({
        name: 'InputError',
        message: `${SHOP}/src/main/${path} is not analysed, since it does not have the name of a catalog file: catalog-info.yaml, a.yaml, c.yaml, d.yaml, e.yaml. To allow other names, set catalogPath of a provider or catalog.import.entityFilename.`,
      });
    });
    expect(requests).toBe(path.endsWith('*.yaml') ? 1 : 0);
    expect(read).toEqual([]);
  });

  it('reads the catalog files alone that a glob finds', async () => {
    const { analyzer, read } = await analyzerOf(
      {
        'deploy/catalog-info.yaml': component('shop'),
        'deploy/secret.yaml': SECRET,
        'teams/red.yaml': component('red'),
        'teams/old/blue.yaml': component('blue'),
      },
      { providers: [{ workspace: 'acme', catalogPaths: ['/teams/*.yaml'] }] },
    );
    const url = `${SHOP}/src/main/**/*.yaml`;
    const { existing } = await analyzer.analyze({ url });
    expect(existing.map(({ entity }) => entity.metadata.name)).toEqual([
      'shop',
      'red',
    ]);
    expect(read).toEqual(['deploy/catalog-info.yaml', 'teams/red.yaml']);
  });

  it('shows entities alone that catalog.rules allows', async () => {
    const files = { 'catalog-info.yaml': `${SECRET}---\n${GROUP}` };
    const target = `${SHOP}/src/main/catalog-info.yaml`;
    const namesWith = async (catalog: JsonObject, url: string) => {
      const { analyzer } = await analyzerOf(files, { catalog });
      const { existing } = await analyzer.analyze({ url });
      return existing.map(({ entity }) => entity.metadata.name);
    };
    await expect(namesWith({}, SHOP)).rejects.toMatchObject({
      name: 'InputError',
      message: `${SHOP} describes no entity of a kind that catalog.rules allows`,
    });
    const rules = [{ allow: ['Group'] }];
    expect(await namesWith({ rules }, SHOP)).toEqual(['team']);
    const locations = [{ type: 'url', target, rules }];
    expect(await namesWith({ locations }, target)).toEqual(['team']);
  });

  it.each([['**/catalog-info.yaml'], ['']])(
    'reads 50 files at most, and says which are left out, of /src/main/%s',
    async path => {
      const paths = Array.from(
        { length: 60 },
        (_, number) => `services/${number + 10}/catalog-info.yaml`,
      );
      const { analyzer, read } = await analyzerOf(
        Object.fromEntries(paths.map(one => [one, component('any')])),
      );
      const { existing } = await analyzer.analyze({
        url: `${SHOP}/src/main/${path}`,
      });
      expect(read).toHaveLength(50);
      expect(existing).toHaveLength(51);
      const glob = `${SHOP}/src/main/**/catalog-info.yaml`;
      expect(existing[50]).toMatchObject({
        location: { type: 'url', target: glob },
        isRegistered: false,
        entity: {
          kind: 'Location',
          metadata: {
            description: `10 more catalog files are left out, since an analysis reads 50 at most. spec.targets lists them. To import all of them, register ${glob}, or analyse one folder at a time.`,
          },
          spec: {
            targets: paths.slice(50).map(one => `${SHOP}/src/main/${one}`),
          },
        },
      });
    },
  );

  it('sends its requests with the priority of a waiting user', async () => {
    const world = await analyzerOf({ 'catalog-info.yaml': component('shop') });
    await world.analyzer.analyze({ url: SHOP });
    const [{ purposes }] = world.client.budget.snapshot();
    expect(purposes).toMatchObject({
      interactive: { used: 2 },
      read: { used: 0 },
    });
  });

  it('does not take an outage for a repository without catalog files', async () => {
    const world = await analyzerOf({ 'catalog-info.yaml': component('shop') });
    await world.simulator.stop();
    await expect(world.analyzer.analyze({ url: SHOP })).rejects.toMatchObject({
      name: 'UnavailableError',
    });
  });
});
