import { UrlReaders } from '@backstage/backend-defaults/urlReader';
import {
  UrlReaderService,
  UrlReaderServiceSearchResponse,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { text } from 'node:stream/consumers';
import { SimulatedAccount } from '../../dev/simulator/accounts';
import { Fault } from '../../dev/simulator/faults/types';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedRepository } from '../../dev/simulator/world/repository';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { clientOf } from '../../testing/bitbucket/clientOf';
import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { createIndex } from '../../testing/workspace/createIndex';
import {
  isBitbucketCloudUrl,
  toFileUrl,
} from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { BitbucketUrlReader } from './BitbucketUrlReader';
import { noRepository } from './nearFiles';

const SHOP = 'https://bitbucket.org/acme/shop';

const ACCOUNTS: SimulatedAccount[] = [
  { name: 'ours', kind: 'accessToken', token: 'our-token' },
  {
    name: 'theirs',
    kind: 'accessToken',
    token: 'their-token',
    sees: ({ slug }) => slug === 'secret',
  },
];

describe('BitbucketUrlReader', () => {
  let simulator: Simulator;
  let shop: SimulatedRepository;
  let reader: UrlReaderService;

  beforeAll(async () => {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    shop = acme.addRepository({
      slug: 'shop',
      files: {
        'a.yaml': 'on main\n',
        'docs/index.md': 'Read me\n',
        'docs/deep/more.md': 'More\n',
        'my docs/50% ü#?.yaml': 'awkward\n',
        'a*b.yaml': 'with a star\n',
        'axb.yaml': 'without a star\n',
        'stars/a*1.yaml': 'with a star\n',
        'stars/ab1.yaml': 'without a star\n',
        'large/api.yaml': 'x'.repeat(1_500_000),
        'lfs/api.yaml': 'version https://git-lfs.github.com/spec/v1\n',
      },
    });
    acme.createTag('shop', 'v1.0');
    acme.createTag('shop', 'release/1.0');
    acme.push('shop', { 'a.yaml': 'on x\n' }, { branch: 'feature/x' });
    acme.push('shop', { 'a.yaml': 'on x-y\n' }, { branch: 'feature/x-y' });
    acme.push('shop', { 'a.yaml': 'on dev#1\n' }, { branch: 'dev#1' });
    acme.push('shop', { 'a.yaml': 'changed\n' }, { branch: 'next' });
    acme.addRepository({ slug: 'empty' });
    acme.addRepository({ slug: 'secret', files: { 'a.yaml': 'for few\n' } });
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: ACCOUNTS,
    });
  });

  beforeEach(async () => {
    // As it is put together in a backend.
    const client = clientOf(simulator, {
      credential: { kind: 'accessToken', token: 'our-token' },
    });
    const index = createIndex(client);
    const parts = { index };
    reader = UrlReaders.create({
      config: new ConfigReader({}),
      logger: recordingLogger(),
      factories: [
        ({ treeResponseFactory }) => [
          {
            predicate: isBitbucketCloudUrl,
            reader: new BitbucketUrlReader(parts, treeResponseFactory),
          },
        ],
      ],
    });
    // What a read costs in a workspace whose repositories are known.
    await index.repositories.refresh({ workspace: 'acme' }, {});
    simulator.requests.clear();
  });

  afterEach(() => simulator.faults.clear());
  afterAll(() => simulator.stop());

  const requests = () => simulator.requests.count();

  async function read(
    url: string,
    options?: Parameters<UrlReaderService['readUrl']>[1],
  ): Promise<string> {
    const response = await reader.readUrl(url, options);
    return String(await response.buffer()).trim();
  }

  async function contents({
    files,
  }: UrlReaderServiceSearchResponse): Promise<Record<string, string>> {
    const entries = files.map(async ({ url, content }) => [
      url,
      String(await content()).trim(),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  describe('readUrl', () => {
    it.each([
      ['a branch', '/src/main/a.yaml', 'on main', 1],
      ['a raw view', '/raw/main/a.yaml', 'on main', 1],
      ['a tag', '/src/v1.0/a.yaml', 'on main', 2],
      ['a branch with a #', '/src/dev%231/a.yaml', 'on dev#1', 2],
      ['an encoded slash branch', '/src/feature%2Fx/a.yaml', 'on x', 2],
      ['a slash branch', '/src/feature/x/a.yaml', 'on x', 2],
      ['one that begins like another', '/src/feature/x-y/a.yaml', 'on x-y', 2],
      ['a tag with a slash', '/src/release/1.0/a.yaml', 'on main', 2],
      ['an encoded one', '/src/release%2F1.0/a.yaml', 'on main', 2],
      ['?at=', '/src/0123abc/a.yaml?at=next', 'changed', 2],
      ['?at= a slash branch', '/src/0123abc/a.yaml?at=feature%2Fx', 'on x', 2],
      ['?path=', '/src/main?path=docs%2Findex.md', 'Read me', 1],
      ['?path= on a slash branch', '/src/feature/x?path=a.yaml', 'on x', 2],
      ['a line', '/src/main/a.yaml#lines-12', 'on main', 1],
      ['a slash at the end', '/src/main/a.yaml/', 'on main', 1],
      [
        'an awkward path',
        '/src/main/my%20docs/50%25%20%C3%BC%23%3F.yaml',
        'awkward',
        1,
      ],
      ['an encoded wildcard', '/src/main/a%2Ab.yaml', 'with a star', 1],
    ])('reads at %s, once', async (_, path, content, cost) => {
      expect(await read(`${SHOP}${path}`)).toBe(content);
      expect(requests()).toBe(cost);
      expect(await read(`${SHOP}${path}`)).toBe(content);
      expect(requests()).toBe(cost);
    });

    it.each([
      ['a commit', 40, 1],
      ['a short commit', 12, 2],
    ])('reads at %s', async (_, length, cost) => {
      const hash = shop.branches.get('next')?.hash.slice(0, length);
      expect(await read(`${SHOP}/src/${hash}/a.yaml`)).toBe('changed');
      expect(requests()).toBe(cost);
    });

    it('gives a stream as well', async () => {
      const { stream } = await reader.readUrl(`${SHOP}/src/main/a.yaml`);
      expect(stream && (await text(stream()))).toBe('on main\n');
    });

    it('tells that nothing has changed', async () => {
      const url = `${SHOP}/src/main/a.yaml`;
      const { etag } = await reader.readUrl(url);
      expect(etag).toBeTruthy();
      await expect(reader.readUrl(url, { etag })).rejects.toMatchObject({
        name: 'NotModifiedError',
      });
      expect(await read(url, { etag: '"another"' })).toBe('on main');
      expect(requests()).toBe(1);
    });

    it('reads under other names of the host and the repository', async () => {
      const { uuid, workspace } = shop;
      for (const place of [
        'www.bitbucket.org/acme/shop',
        'BITBUCKET.org/ACME/Shop',
        `bitbucket.org/${workspace.uuid}/${uuid}`,
        `bitbucket.org/acme/${encodeURIComponent(uuid)}`,
      ]) {
        expect(await read(`https://${place}/src/main/a.yaml`)).toBe('on main');
      }
    });

    it('says that an empty repository has nothing to read', async () => {
      await expect(
        reader.readTree('https://bitbucket.org/acme/empty'),
      ).rejects.toThrow('acme/empty is empty: it has no branch to read from');
    });

    it('uses the token that it is given, and only for that reading', async () => {
      const url = 'https://bitbucket.org/acme/secret/src/main/a.yaml';
      expect(await read(url, { token: 'their-token' })).toBe('for few');
      expect(await read(`${SHOP}/src/main/a.yaml`)).toBe('on main');
      const read404 = read(`${SHOP}/src/main/a.yaml`, { token: 'their-token' });
      await expect(read404).rejects.toThrow(
        `${noRepository('acme/shop')}, or the token of this request has no access to it`,
      );
      expect(
        simulator.requests.entries.map(({ credential }) => credential),
      ).toEqual(['theirs', 'theirs', 'theirs', 'ours', 'theirs']);
    });

    it('says when the token that it is given is refused', async () => {
      await expect(
        read(`${SHOP}/src/main/a.yaml`, { token: 'wrong-token' }),
      ).rejects.toMatchObject({ name: 'UnauthorizedError' });
    });

    it('stops when it is told to', async () => {
      simulator.faults.add({ kind: 'hang', when: 'afterHeaders' });
      const giveUp = new AbortController();
      const { signal } = giveUp;
      const reading = read(`${SHOP}/src/main/a.yaml`, { signal });
      giveUp.abort(new Error('No longer wanted'));
      await expect(reading).rejects.toThrow('No longer wanted');
    });
  });

  describe.each([
    [
      'large/api.yaml',
      `${SHOP}/src/main/large/api.yaml is 1.5 MiB, larger than integrations.bitbucketCloud[0].maxFileSize allows (1 MiB). Make the file smaller, or raise the limit.`,
    ],
    [
      'lfs/api.yaml',
      `${SHOP}/src/main/lfs/api.yaml is stored in Git LFS, which is not supported. Remove the file from Git LFS with "git lfs untrack", and commit it again.`,
    ],
  ])('%s', (path, message) => {
    const url = `${SHOP}/src/main/${path}`;
    const refused = { name: 'InputError', message };

    it.each([
      ['with the credential that is configured', undefined],
      ['with a token of its own', 'our-token'],
    ])('is refused %s', async (_, token) => {
      const options = { token };
      await expect(reader.readUrl(url, options)).rejects.toMatchObject(refused);
      await expect(reader.search(url, options)).rejects.toMatchObject(refused);
    });

    it('is refused where a glob finds it', async () => {
      const { files } = await reader.search(url.replace('/api', '/*'));
      expect(files.map(file => file.url)).toEqual([url]);
      await expect(files[0].content()).rejects.toMatchObject(refused);
    });

    it('costs nothing to be refused again', async () => {
      await expect(reader.readUrl(url)).rejects.toThrow();
      simulator.requests.clear();
      await expect(reader.readUrl(url)).rejects.toThrow();
      expect(simulator.requests.count()).toBe(0);
    });
  });

  describe('search', () => {
    it('gives a file, read already', async () => {
      const url = `${SHOP}/src/feature%2Fx/a.yaml`;
      const result = await reader.search(url);
      const cost = requests();
      expect(await contents(result)).toEqual({ [url]: 'on x' });
      expect(requests()).toBe(cost);
      await expect(
        reader.search(url, { etag: result.etag }),
      ).rejects.toMatchObject({ name: 'NotModifiedError' });
    });

    it.each([
      ['/src/main/a.yaml#lines-3', '/src/main/a.yaml#lines-3'],
      ['/raw/main/a.yaml', '/raw/main/a.yaml'],
      ['/src/feature%2Fx/a.yaml', '/src/feature%2Fx/a.yaml'],
      ['/src/feature/x/a.yaml', '/src/feature%2Fx/a.yaml'],
      ['/src/0123abc/a.yaml?at=next', '/src/next/a.yaml'],
      [
        '/src/0123abc/a.yaml?at=feature%2Fx',
        '/src/0123abc/a.yaml?at=feature%2Fx',
      ],
      ['/src/main?path=a.yaml', '/src/main/a.yaml'],
    ])('gives %s as %s', async (path, expected) => {
      const { files } = await reader.search(`${SHOP}${path}`);
      expect(files.map(({ url }) => url)).toEqual([`${SHOP}${expected}`]);
    });

    it('gives no user name away that stands in a URL', async () => {
      const url = `${SHOP}/src/main/a.yaml`;
      const { files } = await reader.search(url.replace('//', '//me:secret@'));
      expect(files.map(file => file.url)).toEqual([url]);
    });

    it('reads the very file that a Location names, star and all', async () => {
      const url = toFileUrl('acme/shop', 'main', 'a*b.yaml');
      expect(await contents(await reader.search(url))).toEqual({
        [url]: 'with a star',
      });
    });

    it('tells a star in a name from a wildcard beside it', async () => {
      const { files } = await reader.search(
        `${SHOP}/src/main/stars/a%2A*.yaml`,
      );
      expect(files.map(({ url }) => url)).toEqual([
        `${SHOP}/src/main/stars/a%2A1.yaml`,
      ]);
    });

    it.each([
      ['the file', `${SHOP}/src/main/gone.yaml`],
      ['the repository', 'https://bitbucket.org/acme/gone/src/main/a.yaml'],
      ['the branch', `${SHOP}/src/gone/a.yaml`],
      ['the branch of a glob', `${SHOP}/src/gone/*.yaml`],
    ])('tells that %s is not there', async (_, url) => {
      await expect(reader.search(url)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
    });

    it('finds what a glob matches, and reads it when it is asked for', async () => {
      const result = await reader.search(`${SHOP}/src/main/docs/**/*.md`);
      expect(requests()).toBe(1);
      expect(await contents(result)).toEqual({
        [`${SHOP}/src/main/docs/index.md`]: 'Read me',
        [`${SHOP}/src/main/docs/deep/more.md`]: 'More',
      });
      expect(requests()).toBe(3);
    });

    it('finds on a slash branch, and names the branch in what it finds', async () => {
      const expected = { [`${SHOP}/src/feature%2Fx/a.yaml`]: 'on x' };
      for (const branch of ['feature%2Fx', 'feature/x']) {
        const result = await reader.search(`${SHOP}/src/${branch}/a.*`);
        expect(await contents(result)).toEqual(expected);
      }
    });

    it.each(['*.txt', 'nowhere/*.yaml', 'nowhere/**/a.yaml'])(
      'finds nothing that %s matches',
      async glob => {
        const { files } = await reader.search(`${SHOP}/src/main/${glob}`);
        expect(files).toEqual([]);
      },
    );

    it('tells for nothing that no commit was made since', async () => {
      const url = `${SHOP}/src/main/*.yaml`;
      const { etag } = await reader.search(url);
      simulator.requests.clear();
      await expect(reader.search(url, { etag })).rejects.toMatchObject({
        name: 'NotModifiedError',
      });
      expect(requests()).toBe(0);
    });

    it('uses the token that it is given for everything', async () => {
      const url = 'https://bitbucket.org/acme/secret/src/main/*.yaml';
      const result = await reader.search(url, { token: 'their-token' });
      expect(Object.values(await contents(result))).toEqual(['for few']);
      expect(simulator.requests.count({ credential: 'theirs' })).toBe(4);
      expect(requests()).toBe(4);
    });

    it.each<[string, Fault, string]>([
      ['429', { kind: 'status', status: 429 }, 'RateLimitedError'],
      ['503', { kind: 'status', status: 503 }, 'UnavailableError'],
      ['401', { kind: 'status', status: 401 }, 'UnauthorizedError'],
      ['403', { kind: 'status', status: 403 }, 'ForbiddenError'],
      [
        'a dropped connection',
        { kind: 'dropSocket', when: 'inBody' },
        'UnavailableError',
      ],
      ['a cut body', { kind: 'cutBody' }, 'UnavailableError'],
    ])('does not take %s for a missing file', async (_, fault, name) => {
      simulator.faults.add(fault);
      for (const path of ['a.yaml', '*.yaml']) {
        await expect(
          reader.search(`${SHOP}/src/main/${path}`),
        ).rejects.toMatchObject({ name });
      }
    });

    it('takes no answer of a gateway for a missing file', async () => {
      simulator.faults.add({
        kind: 'status',
        status: 404,
        html: '<title>Not here</title>',
      });
      await expect(
        reader.search(`${SHOP}/src/main/a.yaml`),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });

  describe('readTree', () => {
    async function tree(url: string, token?: string) {
      const response = await reader.readTree(url, { token });
      const entries = (await response.files()).map(
        async ({ path, content }) => [path, String(await content()).trim()],
      );
      return Object.fromEntries(await Promise.all(entries));
    }

    it.each([
      ['the default branch', SHOP, 'on main', 1],
      ['a branch', `${SHOP}/src/main`, 'on main', 1],
      ['a slash branch', `${SHOP}/src/feature/x`, 'on x', 2],
      ['an encoded slash branch', `${SHOP}/src/feature%2Fx/`, 'on x', 2],
    ])('reads %s', async (_, url, content, cost) => {
      expect(await tree(url)).toMatchObject({
        'a.yaml': content,
        'docs/index.md': 'Read me',
      });
      expect(requests()).toBe(cost);
    });

    it('reads a folder', async () => {
      expect(await tree(`${SHOP}/src/main/docs/`)).toEqual({
        'index.md': 'Read me',
        'deep/more.md': 'More',
      });
    });

    it('leaves out what a filter does', async () => {
      const response = await reader.readTree(`${SHOP}/src/main/docs`, {
        filter: path => path.startsWith('deep/'),
      });
      const files = await response.files();
      expect(files.map(({ path }) => path)).toEqual(['deep/more.md']);
    });

    it('tells for nothing that no commit was made since', async () => {
      const url = `${SHOP}/src/main`;
      const { etag } = await reader.readTree(url);
      expect(etag).toBe(shop.head?.hash.slice(0, 12));
      simulator.requests.clear();
      await expect(reader.readTree(url, { etag })).rejects.toMatchObject({
        name: 'NotModifiedError',
      });
      expect(requests()).toBe(0);
    });

    it('uses the token that it is given', async () => {
      const url = 'https://bitbucket.org/acme/secret';
      expect(await tree(url, 'their-token')).toEqual({ 'a.yaml': 'for few' });
      expect(simulator.requests.count({ credential: 'ours' })).toBe(0);
    });

    it('fails where the archive is cut short', async () => {
      simulator.faults.add({ endpoint: 'archive', kind: 'cutBody' });
      const response = await reader.readTree(`${SHOP}/src/main`);
      await expect(response.files()).rejects.toMatchObject({
        name: 'UnavailableError',
      });
    });

    it('tells that there is no such repository', async () => {
      await expect(
        reader.readTree('https://bitbucket.org/acme/gone/src/main'),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });

  it('says in a word how it signs in, without the secret', () => {
    expect(String(reader)).toContain(
      'bitbucket{host=bitbucket.org,credential=accessToken}',
    );
  });
});
