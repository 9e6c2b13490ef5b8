import { text } from 'node:stream/consumers';
import { shopReader } from '../../testing/workspace/shopReader';
import { noRepository } from './nearFiles';

const SHOP = 'https://bitbucket.org/acme/shop';

describe('BitbucketUrlReader', () => {
  const world = shopReader();
  const { requests, read } = world;

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
      const hash = world.shop.branches.get('next')?.hash.slice(0, length);
      expect(await read(`${SHOP}/src/${hash}/a.yaml`)).toBe('changed');
      expect(requests()).toBe(cost);
    });

    it('returns a stream as well', async () => {
      const { stream } = await world.reader.readUrl(`${SHOP}/src/main/a.yaml`);
      expect(stream && (await text(stream()))).toBe('on main\n');
    });

    it('throws NotModifiedError while nothing has changed', async () => {
      const url = `${SHOP}/src/main/a.yaml`;
      const { etag } = await world.reader.readUrl(url);
      expect(etag).toBeTruthy();
      await expect(world.reader.readUrl(url, { etag })).rejects.toMatchObject({
        name: 'NotModifiedError',
      });
      expect(await read(url, { etag: '"another"' })).toBe('on main');
      expect(requests()).toBe(1);
    });

    it('reads under other names of the host and the repository', async () => {
      const { uuid, workspace } = world.shop;
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
        world.reader.readTree('https://bitbucket.org/acme/empty'),
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
        world.simulator.requests.entries.map(({ credential }) => credential),
      ).toEqual(['theirs', 'theirs', 'theirs', 'ours', 'theirs']);
    });

    it('says when the token that it is given is refused', async () => {
      await expect(
        read(`${SHOP}/src/main/a.yaml`, { token: 'wrong-token' }),
      ).rejects.toMatchObject({ name: 'UnauthorizedError' });
    });

    it('stops when its signal is aborted', async () => {
      world.simulator.faults.add({ kind: 'hang', when: 'afterHeaders' });
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
      await expect(world.reader.readUrl(url, options)).rejects.toMatchObject(
        refused,
      );
      await expect(world.reader.search(url, options)).rejects.toMatchObject(
        refused,
      );
    });

    it('is refused where a glob finds it', async () => {
      const { files } = await world.reader.search(url.replace('/api', '/*'));
      expect(files.map(file => file.url)).toEqual([url]);
      await expect(files[0].content()).rejects.toMatchObject(refused);
    });

    it('is refused again without a request', async () => {
      await expect(world.reader.readUrl(url)).rejects.toThrow();
      world.simulator.requests.clear();
      await expect(world.reader.readUrl(url)).rejects.toThrow();
      expect(world.simulator.requests.count()).toBe(0);
    });
  });

  describe('readTree', () => {
    async function tree(url: string, token?: string) {
      const response = await world.reader.readTree(url, { token });
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

    it('leaves out what the filter excludes', async () => {
      const response = await world.reader.readTree(`${SHOP}/src/main/docs`, {
        filter: path => path.startsWith('deep/'),
      });
      const files = await response.files();
      expect(files.map(({ path }) => path)).toEqual(['deep/more.md']);
    });

    it('throws NotModifiedError without a request while there is no new commit', async () => {
      const url = `${SHOP}/src/main`;
      const { etag } = await world.reader.readTree(url);
      expect(etag).toBe(world.shop.head?.hash.slice(0, 12));
      world.simulator.requests.clear();
      await expect(world.reader.readTree(url, { etag })).rejects.toMatchObject({
        name: 'NotModifiedError',
      });
      expect(requests()).toBe(0);
    });

    it('uses the token that it is given', async () => {
      const url = 'https://bitbucket.org/acme/secret';
      expect(await tree(url, 'their-token')).toEqual({ 'a.yaml': 'for few' });
      expect(world.simulator.requests.count({ credential: 'ours' })).toBe(0);
    });

    it('fails where the archive is cut short', async () => {
      world.simulator.faults.add({ endpoint: 'archive', kind: 'cutBody' });
      const response = await world.reader.readTree(`${SHOP}/src/main`);
      await expect(response.files()).rejects.toMatchObject({
        name: 'UnavailableError',
      });
    });

    it('throws NotFoundError when the repository does not exist', async () => {
      await expect(
        world.reader.readTree('https://bitbucket.org/acme/gone/src/main'),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });

  it('says in a word how it signs in, without the secret', () => {
    expect(String(world.reader)).toContain(
      'bitbucket{host=bitbucket.org,credential=accessToken}',
    );
  });
});
