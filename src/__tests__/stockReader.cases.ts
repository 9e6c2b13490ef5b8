import {
  BitbucketCloudUrlReader as StockReader,
  UrlReaders,
} from '@backstage/backend-defaults/urlReader';
import {
  UrlReaderService,
  UrlReaderServiceReadTreeOptions,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedFile } from '../../dev/simulator/world/file';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { answerForBitbucketOrg } from '../../testing/bitbucketOrg';
import { createIndex } from '../../testing/workspace/createIndex';
import { isBitbucketCloudUrl } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { BitbucketUrlReader } from '../reader/BitbucketUrlReader';

const SHOP = 'https://bitbucket.org/acme/shop';

const credential = { username: 'jane@example.com', token: 'ATATT-1' };

describe('the stock reader and ours, of one Bitbucket,', () => {
  let simulator: Simulator;
  let stopAnswering: () => void;
  let stock: UrlReaderService;
  let ours: UrlReaderService;

  beforeAll(async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      slug: 'shop',
      isPrivate: true,
      files: {
        'catalog-info.yaml': 'one\n',
        'README.md': 'Read me\n',
        'docs/index.md': 'Index\n',
        'docs/deep/er/more.md': 'More\n',
        'docs/deep/catalog-info.yaml': 'two\n',
        'my docs/über & co.md': 'Awkward\n',
        'empty.txt': '',
        'binary.bin': Buffer.from([0, 255, 1, 254]),
        'link.yaml': new SimulatedFile('catalog-info.yaml', ['link']),
      },
    });
    acme.createTag('shop', 'v1.0');
    acme.push('shop', { 'catalog-info.yaml': 'next\n' }, { branch: 'next' });
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [{ name: 'jane', kind: 'apiToken', ...credential }],
    });
    stopAnswering = answerForBitbucketOrg(simulator);
  });

  beforeEach(() => {
    const logger = recordingLogger();
    const data = { integrations: { bitbucketCloud: [credential] } };
    const config = new ConfigReader(data);
    stock = UrlReaders.create({
      config,
      logger,
      factories: [StockReader.factory],
    });
    const client = clientOf(simulator, {
      credential: { kind: 'apiToken', ...credential },
    });
    const parts = { client, index: createIndex(client) };
    ours = UrlReaders.create({
      config,
      logger,
      factories: [
        ({ treeResponseFactory }) => [
          {
            predicate: isBitbucketCloudUrl,
            reader: new BitbucketUrlReader(parts, treeResponseFactory),
          },
        ],
      ],
    });
  });

  afterAll(async () => {
    stopAnswering();
    await simulator.stop();
  });

  const byName = ([a]: [string, string], [b]: [string, string]) =>
    a.localeCompare(b);

  async function tree(
    reader: UrlReaderService,
    url: string,
    options?: UrlReaderServiceReadTreeOptions,
  ) {
    const response = await reader.readTree(url, options);
    const entries = (await response.files()).map(
      async ({ path, content }): Promise<[string, string]> => [
        path,
        (await content()).toString('base64'),
      ],
    );
    return {
      etag: response.etag,
      files: (await Promise.all(entries)).sort(byName),
    };
  }

  async function found(reader: UrlReaderService, url: string) {
    const { files } = await reader.search(url);
    const entries = files.map(async (file): Promise<[string, string]> => [
      file.url,
      String(await file.content()),
    ]);
    return (await Promise.all(entries)).sort(byName);
  }

  it.each([
    [SHOP, 9],
    [`${SHOP}/src/main`, 9],
    [`${SHOP}/src/main/`, 9],
    [`${SHOP}/src/next`, 9],
    [`${SHOP}/src/v1.0`, 9],
    [`${SHOP}/src/main/docs`, 3],
    [`${SHOP}/src/main/docs/deep/`, 2],
    [`${SHOP}/src/main/nowhere`, 0],
  ])('read the same tree at %s', async (url, count) => {
    const expected = await tree(stock, url);
    expect(expected.files).toHaveLength(count);
    expect(await tree(ours, url)).toEqual(expected);
  });

  it('filter a tree in the same way', async () => {
    const options: UrlReaderServiceReadTreeOptions = {
      filter: (path, { size } = { size: 0 }) =>
        path.endsWith('.md') && size > 5,
    };
    const expected = await tree(stock, `${SHOP}/src/main`, options);
    expect(expected.files.map(([path]) => path)).toEqual([
      'docs/index.md',
      'my docs/über & co.md',
      'README.md',
    ]);
    expect(await tree(ours, `${SHOP}/src/main`, options)).toEqual(expected);
  });

  it('know a tree that has not changed by the same ETag', async () => {
    const { etag } = await tree(stock, `${SHOP}/src/main`);
    for (const reader of [stock, ours]) {
      await expect(
        reader.readTree(`${SHOP}/src/main`, { etag }),
      ).rejects.toMatchObject({ name: 'NotModifiedError' });
    }
  });

  it.each([
    ['catalog-info.yaml', 1],
    ['*.md', 1],
    ['docs/*.md', 1],
    ['**/catalog-info.yaml', 2],
    ['**/*.md', 4],
    ['docs/**/*.md', 2],
    ['docs/**', 3],
    ['*/deep/*.yaml', 1],
    ['c*-info.y*ml', 1],
    ['nowhere/*.md', 0],
  ])('find the same files as %s', async (glob, count) => {
    const url = `${SHOP}/src/main/${glob}`;
    const expected = await found(stock, url);
    expect(expected).toHaveLength(count);
    expect(await found(ours, url)).toEqual(expected);
  });

  it.each(['catalog-info.yaml', 'docs/index.md', 'empty.txt', 'binary.bin'])(
    'read %s in the same way',
    async path => {
      const url = `${SHOP}/src/next/${path}`;
      const [expected, read] = await Promise.all(
        [stock, ours].map(async reader => {
          const { buffer, etag } = await reader.readUrl(url);
          return { content: await buffer(), etag };
        }),
      );
      expect(read).toEqual(expected);
    },
  );
});
