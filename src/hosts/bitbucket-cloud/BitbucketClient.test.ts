import { asked } from '../../../testing/bitbucket/asked';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import { collect } from '../../../testing/bitbucket/collect';
import {
  json,
  refusal,
  startServer,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { RequestMeter } from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';

describe('BitbucketClient', () => {
  let server: TestServer;
  let client: BitbucketClient;

  beforeEach(async () => {
    server = await startServer();
    client = clientOf({
      apiBaseUrl: `${server.origin}/2.0`,
      webBaseUrl: server.origin,
    });
  });
  afterEach(() => server.close());

  const row = {
    type: 'repository',
    uuid: '{1}',
    full_name: 'acme/shop',
    is_private: true,
  };

  describe('listRepositories', () => {
    it('gives page after page, and asks for just what is used', async () => {
      const page2 = `${server.origin}/2.0/repositories/acme?page=2`;
      server.answer(
        json({ values: [row], next: page2 }),
        json({ values: [{ ...row, uuid: '{2}' }] }),
      );
      const meter = new RequestMeter();
      const pages = await collect(
        client.listRepositories(
          'acme',
          { q: 'project.key="X"', sort: '-updated_on' },
          { meter },
        ),
      );
      expect(pages.map(page => page.map(({ uuid }) => uuid))).toEqual([
        ['{1}'],
        ['{2}'],
      ]);
      expect(meter.requests).toBe(2);
      expect(asked(server)).toEqual({
        path: '/2.0/repositories/acme',
        query: {
          q: 'project.key="X"',
          sort: '-updated_on',
          pagelen: '100',
          fields:
            'next,values.uuid,values.slug,values.full_name,values.is_private,values.project.key,values.mainbranch.name,values.mainbranch.target.hash,values.parent.uuid,values.created_on,values.updated_on',
        },
      });
      expect(asked(server, 1)).toMatchObject({ query: { page: '2' } });
    });

    it('takes a workspace by uuid and another page length', async () => {
      server.answer(json({ values: [] }));
      await collect(client.listRepositories('{ab-c}', { pagelen: 10 }));
      expect(asked(server)).toMatchObject({
        path: '/2.0/repositories/%7Bab-c%7D',
        query: { pagelen: '10' },
      });
    });
  });

  describe('getRepository', () => {
    it('reads everything there may be', async () => {
      server.answer(
        json({
          ...row,
          slug: 'shop',
          parent: { uuid: '{0}' },
          project: { key: 'WEB', name: 'Web' },
          mainbranch: { type: 'branch', name: 'main', target: { hash: 'c0' } },
          created_on: '2026-11-21T12:00:00.000000+00:00',
          updated_on: '2026-11-22T12:00:00.000000+00:00',
        }),
      );
      expect(await client.getRepository('acme', 'shop')).toEqual({
        uuid: '{1}',
        slug: 'shop',
        fullName: 'acme/shop',
        isPrivate: true,
        isFork: true,
        projectKey: 'WEB',
        mainBranch: { name: 'main', hash: 'c0' },
        createdOn: '2026-11-21T12:00:00.000000+00:00',
        updatedOn: '2026-11-22T12:00:00.000000+00:00',
      });
      expect(asked(server).path).toBe('/2.0/repositories/acme/shop');
    });

    it.each([
      ['is missing', {}],
      ['is null', { parent: null, project: null, mainbranch: null }],
    ])('copes where the rest %s', async (_, rest) => {
      server.answer(json({ ...row, ...rest }));
      const repository = await client.getRepository('acme', '{1}');
      expect({
        ...repository,
        mainBranch: repository.mainBranch ?? undefined,
      }).toEqual({
        uuid: '{1}',
        slug: 'shop',
        fullName: 'acme/shop',
        isPrivate: true,
        isFork: false,
      });
    });

    it('copes with a main branch without its head', async () => {
      server.answer(json({ ...row, mainbranch: { name: 'main' } }));
      const { mainBranch } = await client.getRepository('acme', 'shop');
      expect(mainBranch).toEqual({ name: 'main' });
    });
  });

  it('gets a branch with slashes and worse in its name', async () => {
    const name = 'release/2026-11 #1';
    server.answer(json({ name, target: { hash: 'c0' } }));
    expect(await client.getBranch('acme', 'shop', name)).toEqual({
      name,
      hash: 'c0',
    });
    expect(asked(server).path).toBe(
      '/2.0/repositories/acme/shop/refs/branches/release/2026-11%20%231',
    );
  });

  it('lists branches', async () => {
    const main = { name: 'main', target: { hash: 'c0' } };
    server.answer(json({ values: [main] }));
    const branches = client.listBranches('acme', 'shop', { q: 'name~"ma"' });
    expect(await collect(branches)).toEqual([{ name: 'main', hash: 'c0' }]);
    expect(asked(server)).toEqual({
      path: '/2.0/repositories/acme/shop/refs/branches',
      query: {
        q: 'name~"ma"',
        pagelen: '100',
        fields: 'next,values.name,values.target.hash',
      },
    });
  });

  it('gets the commit of a revision', async () => {
    server.answer(json({ hash: 'c0ffee', date: '2026-11-22T12:00:00+00:00' }));
    expect(await client.getCommit('acme', 'shop', 'dev#1')).toEqual({
      hash: 'c0ffee',
      date: '2026-11-22T12:00:00+00:00',
    });
    expect(asked(server).path).toBe(
      '/2.0/repositories/acme/shop/commit/dev%231',
    );
  });

  it.each([
    ['getBranch', () => client.getBranch('acme', 'shop', 'gone')],
    ['getCommit', () => client.getCommit('acme', 'shop', 'gone')],
  ])(
    '%s takes a 404 for a missing ref only in words of Bitbucket’s',
    async (_, ask) => {
      server.answer(
        refusal(404, 'Commit not found'),
        refusal(404, 'Not found'),
      );
      await expect(ask()).rejects.toMatchObject({ missing: 'ref' });
      await expect(ask()).rejects.toMatchObject({ missing: 'unknown' });
    },
  );

  it('refuses a response about another repository than the one with that uuid', async () => {
    server.answer(json(row));
    await expect(client.getRepository('acme', '{2}')).rejects.toThrow(
      'the response is about another repository',
    );
  });

  describe('getChangedPaths', () => {
    const changes = () =>
      client.getChangedPaths('acme', 'shop', { from: 'old', to: 'new' });

    it('names each path, and both of a file that was moved', async () => {
      const side = (path: string) => ({ type: 'commit_file', path });
      server.answer(
        json({
          values: [
            { status: 'modified', old: side('a'), new: side('a') },
            { status: 'added', old: null, new: side('b') },
            { status: 'removed', old: side('c') },
            { status: 'renamed', old: side('d'), new: side('e') },
          ],
        }),
      );
      expect(await changes()).toEqual([
        { path: 'a', exists: true },
        { path: 'b', exists: true },
        { path: 'c', exists: false },
        { path: 'd', exists: false, movedTo: 'e' },
        { path: 'e', exists: true },
      ]);
      expect(asked(server)).toEqual({
        path: '/2.0/repositories/acme/shop/diffstat/new..old',
        query: {
          topic: 'false',
          pagelen: '500',
          fields: 'next,values.old.path,values.new.path',
        },
      });
    });

    it('can be limited to the paths that matter', async () => {
      server.answer(json({ values: [] }));
      const among = ['a.yaml', 'b c.yaml'];
      await client.getChangedPaths('acme', 'shop', {
        from: 'old',
        to: 'new',
        among,
      });
      const { url } = server.requests[0];
      expect(new URL(url, server.origin).searchParams.getAll('path')).toEqual(
        among,
      );
    });

    it('gives up, with one request, where there are more than a page holds', async () => {
      const next = `${server.origin}/2.0/next`;
      server.answer(json({ values: [{ new: { path: 'a' } }], next }));
      expect(await changes()).toBeUndefined();
      expect(server.requests).toHaveLength(1);
    });

    it.each([[{ status: 'modified' }], [{ old: null, new: null }]])(
      'takes no row for one without a change that names no path: %j',
      async change => {
        server.answer(json({ values: [{ new: { path: 'a' } }, change] }));
        await expect(changes()).rejects.toThrow('expected shape');
      },
    );

    it('reports that a commit is missing', async () => {
      server.answer(refusal(404, 'Commit not found'));
      await expect(changes()).rejects.toMatchObject({ missing: 'ref' });
    });
  });

  it.each(['..', '.', ''])('builds no URL from %j', async name => {
    await expect(client.getRepository('acme', name)).rejects.toThrow(
      'cannot be a segment of a URL',
    );
    expect(server.requests).toHaveLength(0);
  });
});
