import { toError } from '@backstage/errors';
import { SimulatedFile } from '../../dev/simulator/world/file';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { addBrokenLocation } from '../../testing/workspace/brokenLocation';
import { createIndex } from '../../testing/workspace/createIndex';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { BitbucketCloudHost } from '../hosts/bitbucket-cloud/BitbucketCloudHost';
import { parseUrl } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { NotFoundError as NotFoundAnswer } from '../scm/errors';
import { BitbucketUrlReader } from './BitbucketUrlReader';
import { explainMissing } from './NotFoundAdvice';

/** Longer than the freshness of two minutes. */
const STALE_MS = 180_000;

const SHOP = 'https://bitbucket.org/acme/shop';

describe('BitbucketUrlReader, where there is nothing to read,', () => {
  let world: World;
  let reader: BitbucketUrlReader;

  const readerOf = (parts: Pick<World, 'index'>) =>
    new BitbucketUrlReader(parts, {
      fromTarArchive: () => Promise.reject(new Error('No tree is read')),
    });

  beforeEach(async () => {
    world = await startWorld({
      shop: {
        'catalog-info.yaml': 'shop\n',
        'README.md': 'Hello\n',
        'docs/Catalog-Info.yml': 'docs\n',
        'docs/index.md': 'Read me\n',
        'bare/main.ts': 'run();\n',
      },
      stock: { 'a.yaml': 'stock\n' },
    });
    const { acme } = world;
    acme.push('shop', { 'catalog-info.yaml': 'x\n' }, { branch: 'feature/x' });
    acme.push('shop', { 'a.yaml': 'next\n' }, { branch: 'next' });
    for (const name of ['a', 'b', 'c', 'd']) {
      acme.createBranch('stock', `release/${name}`);
    }
    acme.addRepository({ slug: 'single', files: { 'a.yaml': '1\n' } });
    reader = readerOf(world);
    await world.index.repositories.refresh({ workspace: 'acme' }, {});
  });

  async function failure(url: string, token?: string): Promise<Error> {
    try {
      await reader.search(url, { token });
    } catch (error) {
      return toError(error);
    }
    throw new Error(`${url} was read`);
  }

  const NOT_FOUND = 'NotFoundError';
  const INPUT = 'InputError';

  it.each<[string, string, string, string, number]>([
    [
      'a file',
      '/shop/src/main/gone.yaml',
      NOT_FOUND,
      'There is no file gone.yaml on main in acme/shop',
      3,
    ],
    [
      'a file whose name differs in case',
      '/shop/src/main/Catalog-info.yaml',
      NOT_FOUND,
      `There is no file Catalog-info.yaml on main in acme/shop. Did you mean ${SHOP}/src/main/catalog-info.yaml?`,
      3,
    ],
    [
      'a file whose name differs in case and extension',
      '/shop/src/main/docs/catalog-info.yaml#lines-1',
      NOT_FOUND,
      `There is no file docs/catalog-info.yaml on main in acme/shop. Did you mean ${SHOP}/src/main/docs/Catalog-Info.yml?`,
      3,
    ],
    [
      'a file on a branch with a slash',
      '/shop/src/feature/x/Catalog-Info.yml',
      NOT_FOUND,
      `There is no file Catalog-Info.yml on feature/x in acme/shop. Did you mean ${SHOP}/src/feature%2Fx/catalog-info.yaml?`,
      3,
    ],
    [
      'a file, beside one that is not a catalog file',
      '/shop/src/next/A.yaml',
      NOT_FOUND,
      'There is no file A.yaml on next in acme/shop',
      3,
    ],
    [
      'a folder in the path of a file',
      '/shop/src/main/Docs/catalog-info.yml',
      NOT_FOUND,
      `There is no file Docs/catalog-info.yml on main in acme/shop, nor a folder Docs. Did you mean ${SHOP}/src/main/catalog-info.yaml or ${SHOP}/src/main/docs/Catalog-Info.yml?`,
      4,
    ],
    [
      'a folder, and nothing of the name anywhere',
      '/shop/src/main/nowhere/gone.yaml',
      NOT_FOUND,
      'There is no file nowhere/gone.yaml on main in acme/shop, nor a folder nowhere',
      4,
    ],
    [
      'a branch',
      '/shop/src/master/catalog-info.yaml',
      NOT_FOUND,
      'acme/shop has no branch, tag or commit master. Its branches are main, feature/x and next',
      2,
    ],
    [
      'a branch, of many',
      '/stock/src/release/a.yaml',
      NOT_FOUND,
      'acme/stock has no branch, tag or commit release. Its branches are release/a, release/b, release/c, release/d and main',
      2,
    ],
    [
      'a branch, of one',
      '/single/src/0123abc/a.yaml',
      NOT_FOUND,
      'acme/single has no branch, tag or commit 0123abc. Its only branch is main',
      3,
    ],
    [
      'a branch with an encoded slash',
      '/single/src/feature%2Fz/a.yaml',
      NOT_FOUND,
      'acme/single has no branch, tag or commit feature/z. Its only branch is main',
      2,
    ],
    [
      'a file at the root of a repository',
      '/shop',
      INPUT,
      `${SHOP} is a repository, not a file. Use the URL of its catalog file: ${SHOP}/src/main/catalog-info.yaml`,
      2,
    ],
    [
      'a file at a clone URL',
      '/shop.git',
      INPUT,
      `${SHOP}.git is a repository, not a file. Use the URL of its catalog file: ${SHOP}/src/main/catalog-info.yaml`,
      2,
    ],
    [
      'a file at the root of a branch',
      '/shop/src/feature/x/',
      INPUT,
      `${SHOP}/src/feature/x/ is a repository, not a file. Use the URL of its catalog file: ${SHOP}/src/feature%2Fx/catalog-info.yaml`,
      2,
    ],
    [
      'a catalog file in a repository',
      '/stock',
      INPUT,
      'https://bitbucket.org/acme/stock is a repository, not a file, and there is no catalog-info.yaml in it. Use the URL of a file, or find files below it: https://bitbucket.org/acme/stock/src/main/**/catalog-info.yaml',
      2,
    ],
    [
      'a file, but a folder',
      '/shop/src/main/docs/',
      INPUT,
      `${SHOP}/src/main/docs/ is a folder, not a file. Use the URL of its catalog file: ${SHOP}/src/main/docs/Catalog-Info.yml`,
      5,
    ],
    [
      'a catalog file in a folder',
      '/shop/src/main/bare',
      INPUT,
      `${SHOP}/src/main/bare is a folder, not a file, and there is no catalog-info.yaml in it. Use the URL of a file, or find files below it: ${SHOP}/src/main/bare/**/catalog-info.yaml`,
      5,
    ],
  ])(
    'says that there is no such thing: %s',
    async (_, path, name, message, cost) => {
      const url = `https://bitbucket.org/acme${path}`;
      expect(
        await world.cost(async () => {
          expect(await failure(url)).toMatchObject({ name, message });
        }),
      ).toBe(cost);
      const again = async () =>
        expect(await failure(url)).toMatchObject({ name, message });
      // The catalog reads it over and over, which is worth one more look.
      await addBrokenLocation(world.index, url);
      await again();
      expect(await world.cost(again)).toBe(0);
      world.timing.advance(STALE_MS);
      expect(await world.cost(again)).toBe(1);
      await expect(reader.readUrl(url)).rejects.toMatchObject({
        name,
        message,
      });
    },
  );

  it.each([
    [
      'acmee/shop',
      "There is no workspace acmee. GET <API>/repositories/acmee/shop: answered 404 Not Found (Bitbucket says: No workspace with identifier 'acmee'.)",
    ],
    [
      'acme/gone',
      'There is no repository acme/gone, or it is private, and no credential is configured. GET <API>/repositories/acme/gone: answered 404 Not Found (Bitbucket says: You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.)',
    ],
  ])('says which part of %s is missing', async (fullName, message) => {
    const { apiBaseUrl } = world.simulator;
    const url = `https://bitbucket.org/${fullName}/src/main/a.yaml`;
    const ask = async () =>
      expect(await failure(url)).toMatchObject({
        name: NOT_FOUND,
        message: message.replace('<API>', apiBaseUrl),
      });
    await ask();
    await addBrokenLocation(world.index, url);
    expect(await world.cost(ask)).toBe(1);
    expect(await world.cost(ask)).toBe(0);
  });

  it.each([
    [
      'apiToken',
      'the API token in integrations.bitbucketCloud[0] has no access to it',
    ],
    [
      'accessToken',
      'the access token in integrations.bitbucketCloud[0] has no access to it',
    ],
    [
      'appPassword',
      'the app password in integrations.bitbucketCloud[0] has no access to it',
    ],
    [
      'oauth',
      'the OAuth consumer in integrations.bitbucketCloud[0] has no access to it',
    ],
    ['token', 'the token of this request has no access to it'],
  ] as const)('names what has no access to it: %s', (kind, words) => {
    const client = { credential: { kind } } as unknown as BitbucketClient;
    const host = new BitbucketCloudHost(client);
    const repository = parseUrl(SHOP);
    const answer = new NotFoundAnswer('answered 404', {
      method: 'GET',
      url: 'https://api.bitbucket.org/2.0/repositories/acme/shop',
      missing: 'repository',
    });
    expect(
      explainMissing(host, repository, answer, {
        withOwnToken: kind === 'token',
      }).message,
    ).toBe(
      `There is no repository acme/shop, or ${words}. GET https://api.bitbucket.org/2.0/repositories/acme/shop: answered 404`,
    );
  });

  it('says of a link that it is one', async () => {
    world.acme.push('shop', {
      'link.yaml': new SimulatedFile('catalog-info.yaml', ['link']),
    });
    world.timing.advance(STALE_MS);
    const url = `${SHOP}/src/main/link.yaml`;
    expect(await failure(url)).toMatchObject({
      name: INPUT,
      message: `${url} is a symbolic link or a submodule, which is not followed. Use the URL of the file that it leads to.`,
    });
  });

  it('shows no password that a URL holds', async () => {
    const url = 'https://me:secret@bitbucket.org/acme/shop';
    expect((await failure(url)).message).not.toContain('secret');
  });

  it('says what is near after a push', async () => {
    const url = `${SHOP}/src/main/catalog-info-api.yaml`;
    const plain = 'There is no file catalog-info-api.yaml on main in acme/shop';
    expect((await failure(url)).message).toBe(plain);
    world.acme.push('shop', { 'catalog-info-api.yml': 'new\n' });
    world.timing.advance(STALE_MS);
    expect((await failure(url)).message).toBe(
      `${plain}. Did you mean ${SHOP}/src/main/catalog-info-api.yml?`,
    );
  });

  it('says less where Bitbucket does not answer', async () => {
    world.simulator.faults.add({
      endpoint: 'branches',
      kind: 'status',
      status: 500,
    });
    expect((await failure(`${SHOP}/src/gone/a.yaml`)).message).toBe(
      'acme/shop has no branch, tag or commit gone',
    );
  });

  it('asks no more about misses than it leaves requests for reads', async () => {
    const missing = Array.from(
      { length: 10 },
      (_, n) => `${SHOP}/src/main/gone-${n}.yaml`,
    );
    const readAll = () => Promise.all(missing.map(url => failure(url)));
    // One for each file, one for each of the five that may be asked about, and one
    // for the repository for each of the four that it may be asked for again.
    expect(await world.cost(readAll)).toBeLessThanOrEqual(10 + 5 + 4);
    expect(await world.cost(readAll)).toBe(0);
  });

  it('keeps what one token sees to itself', async () => {
    const client = clientOf(world.simulator, {
      credential: { kind: 'accessToken', token: 'our-token' },
      timing: world.timing,
    });
    reader = readerOf({
      index: createIndex(client, { now: world.timing.now }),
    });
    const url = `${SHOP}/src/main/Catalog-info.yaml`;
    const ask = async () =>
      expect((await failure(url, 'their-token')).message).toContain('Did you');
    await ask();
    const before = world.simulator.requests.count();
    await ask();
    expect(world.simulator.requests.count() - before).toBe(4);
  });
});
