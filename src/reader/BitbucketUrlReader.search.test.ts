import { Fault } from '../../dev/simulator/faults/types';
import { shopReader } from '../../testing/workspace/shopReader';
import { toFileUrl } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';

const SHOP = 'https://bitbucket.org/acme/shop';

describe('BitbucketUrlReader', () => {
  const world = shopReader();
  const { requests, contents } = world;

  describe('search', () => {
    it('returns a file whose content is read already', async () => {
      const url = `${SHOP}/src/feature%2Fx/a.yaml`;
      const result = await world.reader.search(url);
      const cost = requests();
      expect(await contents(result)).toEqual({ [url]: 'on x' });
      expect(requests()).toBe(cost);
      await expect(
        world.reader.search(url, { etag: result.etag }),
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
      const { files } = await world.reader.search(`${SHOP}${path}`);
      expect(files.map(({ url }) => url)).toEqual([`${SHOP}${expected}`]);
    });

    it('gives no user name away that stands in a URL', async () => {
      const url = `${SHOP}/src/main/a.yaml`;
      const { files } = await world.reader.search(
        url.replace('//', '//me:secret@'),
      );
      expect(files.map(file => file.url)).toEqual([url]);
    });

    it('reads the very file that a Location names, star and all', async () => {
      const url = toFileUrl('acme/shop', 'main', 'a*b.yaml');
      expect(await contents(await world.reader.search(url))).toEqual({
        [url]: 'with a star',
      });
    });

    it('distinguishes a star in a name from a wildcard next to it', async () => {
      const { files } = await world.reader.search(
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
    ])('throws NotFoundError when %s does not exist', async (_, url) => {
      await expect(world.reader.search(url)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
    });

    it('finds what a glob matches, and reads it when it is asked for', async () => {
      const result = await world.reader.search(`${SHOP}/src/main/docs/**/*.md`);
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
        const result = await world.reader.search(`${SHOP}/src/${branch}/a.*`);
        expect(await contents(result)).toEqual(expected);
      }
    });

    it.each(['*.txt', 'nowhere/*.yaml', 'nowhere/**/a.yaml'])(
      'finds nothing that %s matches',
      async glob => {
        const { files } = await world.reader.search(`${SHOP}/src/main/${glob}`);
        expect(files).toEqual([]);
      },
    );

    it('throws NotModifiedError without a request while there is no new commit', async () => {
      const url = `${SHOP}/src/main/*.yaml`;
      const { etag } = await world.reader.search(url);
      world.simulator.requests.clear();
      await expect(world.reader.search(url, { etag })).rejects.toMatchObject({
        name: 'NotModifiedError',
      });
      expect(requests()).toBe(0);
    });

    it('uses the token that it is given for everything', async () => {
      const url = 'https://bitbucket.org/acme/secret/src/main/*.yaml';
      const result = await world.reader.search(url, { token: 'their-token' });
      expect(Object.values(await contents(result))).toEqual(['for few']);
      expect(world.simulator.requests.count({ credential: 'theirs' })).toBe(4);
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
      world.simulator.faults.add(fault);
      for (const path of ['a.yaml', '*.yaml']) {
        await expect(
          world.reader.search(`${SHOP}/src/main/${path}`),
        ).rejects.toMatchObject({ name });
      }
    });

    it('takes no answer of a gateway for a missing file', async () => {
      world.simulator.faults.add({
        kind: 'status',
        status: 404,
        html: '<title>Not here</title>',
      });
      await expect(
        world.reader.search(`${SHOP}/src/main/a.yaml`),
      ).rejects.toMatchObject({ name: 'NotFoundError' });
    });
  });
});
