import { UrlReaderService } from '@backstage/backend-plugin-api';
import { recordingLogger } from '../bitbucket/__testUtils__';
import { startWorld, World } from '../workspace/__testUtils__';
import { BitbucketCloudLocationAnalyzer } from './BitbucketCloudLocationAnalyzer';

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
    readTree: () => Promise.reject(new Error('Nobody needs a tree')),
    search: () => Promise.reject(new Error('Nobody searches')),
  };
  const logger = recordingLogger();
  const analyzer = new BitbucketCloudLocationAnalyzer({
    index: world.index,
    reader,
    providers: options.providers ?? [],
    logger,
  });
  return { ...world, analyzer, logger, read };
}

const warm = ({ index }: World) => index.repositories.find('acme', 'shop', {});

describe('BitbucketCloudLocationAnalyzer', () => {
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

  it('looks for what the request and the providers of the workspace say', async () => {
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
      analyzer.analyze({ url: SHOP, catalogFilename: 'a.yaml' }),
    );
    expect(read).toEqual(
      ['a.yaml', 'b/c.yaml', 'd.yaml'].map(path => `${SHOP}/src/main/${path}`),
    );
    expect(requests).toBe(1);
  });

  it('says so when it cannot tell what is registered', async () => {
    // There is no catalog in this database.
    const world = await analyzerOf({ 'catalog-info.yaml': component('shop') });
    const { existing } = await world.analyzer.analyze({ url: SHOP });
    expect(existing).toMatchObject([{ isRegistered: false }]);
    expect(world.logger.lines).toEqual([
      {
        level: 'warn',
        message: expect.stringMatching(
          /^The tables of the catalog are not as expected, so that all files of acme\/shop are shown as not registered: /,
        ),
      },
    ]);
  });

  it('leaves out files without an entity, and tells of them for debugging', async () => {
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
      message: `Left out: ${SHOP}/src/main/skeleton/catalog-info.yaml describes no entity: its metadata.name is not a name`,
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
