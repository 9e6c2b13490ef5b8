import { asked } from '../../../testing/bitbucket/asked';
import { clientOf } from '../../../testing/bitbucket/clientOf';
import {
  json,
  refusal,
  startServer,
  status as answer,
  TestServer,
} from '../../../testing/bitbucket/startServer';
import { PullRequest } from '../../scm/pullRequests';
import { PullRequests } from './pullRequests';

const HASH = 'b7f6f6ef9c1d4a5b6c7d8e9f0a1b2c3d4e5f6a7b';
const SHORT = HASH.slice(0, 12);
const OTHER = 'c7f6f6ef9c1d4a5b6c7d8e9f0a1b2c3d4e5f6a7b';
const PATH = `/2.0/repositories/acme/shop/diffstat/${SHORT}..0123456789ab`;
const QUERY = {
  topic: 'true',
  pagelen: '500',
  fields:
    'next,values.old.path,values.old.links.self.href,values.new.path,values.new.links.self.href',
};
const shop = { fullName: 'acme/shop' };

const within: Pick<PullRequest, 'number' | 'source' | 'destination'> = {
  number: 7,
  source: {
    branch: 'feature/x',
    commit: SHORT,
    repository: { uuid: '{1}', fullName: 'acme/shop' },
  },
  destination: {
    branch: 'main',
    commit: '0123456789ab',
    repository: { uuid: '{1}', fullName: 'acme/shop' },
  },
};
const row = (path: string, hash: string) => ({
  old: null,
  new: {
    path,
    links: {
      self: {
        href: `https://api.bitbucket.org/2.0/repositories/acme/shop/src/${hash}/${path}`,
      },
    },
  },
});

describe('the pull requests of a client', () => {
  let server: TestServer;
  let pullRequests: PullRequests;

  beforeEach(async () => {
    server = await startServer();
    ({ pullRequests } = clientOf(
      { apiBaseUrl: `${server.origin}/2.0`, webBaseUrl: server.origin },
      { credential: { kind: 'accessToken', token: 't0ken' } },
    ));
  });
  afterEach(() => server.close());

  it('have their files by both commits where they are within a repository', async () => {
    server.answer(json({ values: [row('a.yaml', HASH)] }));
    expect(await pullRequests.listFiles(shop, within, {})).toEqual({
      files: [{ oldPath: undefined, newPath: 'a.yaml' }],
      isComplete: true,
      head: HASH,
    });
    expect(asked(server)).toEqual({ path: PATH, query: QUERY });
  });

  it('have the commit at which both branches parted', async () => {
    const old = row('a.yaml', OTHER).new;
    server.answer(json({ values: [row('b.yaml', HASH), { old, new: null }] }));
    expect(await pullRequests.listFiles(shop, within, {})).toMatchObject({
      head: HASH,
      mergeBase: OTHER,
    });
  });

  it('are asked for by the paths that matter where there are many', async () => {
    server.answer(
      json({ values: [row('a.yaml', HASH)], next: 'more' }),
      json({ values: [row('c d/x.yaml', HASH)] }),
    );
    const wanted = ['catalog-info.yaml', 'c d/x.yaml'];
    expect(await pullRequests.listFiles(shop, within, {}, wanted)).toEqual({
      files: [{ oldPath: undefined, newPath: 'c d/x.yaml' }],
      isComplete: true,
      isFiltered: true,
      head: HASH,
    });
    const { searchParams, pathname } = new URL(
      server.requests[1].url,
      server.origin,
    );
    expect(pathname).toBe(PATH);
    expect(searchParams.getAll('path')).toEqual(wanted);
    expect(searchParams.get('topic')).toBe('true');
    expect(server.requests).toHaveLength(2);
  });

  it('are one page where nothing matters', async () => {
    server.answer(json({ values: [row('a.yaml', HASH)], next: 'more' }));
    expect(await pullRequests.listFiles(shop, within, {}, [])).toMatchObject({
      isComplete: true,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each<[what: string, wanted: string[] | undefined]>([
    ['it is not known which paths matter', undefined],
    [
      'the paths that matter are too many for a URL',
      Array.from({ length: 500 }, (_, index) => `folder/${index}/file.yaml`),
    ],
  ])('are read page by page, two at most, where %s', async (_, wanted) => {
    const page = (name: string, next?: string) =>
      json({ values: [row(name, HASH)], next });
    server.answer(page('a', 'p2'), page('b'));
    const files = (...names: string[]) =>
      names.map(name => ({ oldPath: undefined, newPath: name }));
    expect(
      await pullRequests.listFiles(shop, within, {}, wanted),
    ).toMatchObject({ files: files('a', 'b'), isComplete: true });
    server.answer(page('a', 'p2'), page('b', 'p3'));
    expect(
      await pullRequests.listFiles(shop, within, {}, wanted),
    ).toMatchObject({ files: files('a', 'b'), isComplete: false });
    expect(server.requests).toHaveLength(4);
  });

  it.each([
    ['another commit', row('a.yaml', HASH.replace('b7', 'c7'))],
    ['a short hash', row('a.yaml', SHORT)],
    ['a branch', row('src/a.yaml', 'main')],
    ['nothing', { old: null, new: { path: 'a.yaml' } }],
    ['no link', { old: null, new: { path: 'a.yaml', links: null } }],
    ['a removed file', { old: { path: 'a.yaml' }, new: null }],
  ])('have no head where the URL of a file has %s', async (_, one) => {
    server.answer(json({ values: [one] }));
    const { head } = await pullRequests.listFiles(shop, within, {});
    expect(head).toBeUndefined();
  });

  it.each([
    ['in a fork', { uuid: '{2}', fullName: 'me/fork' }],
    ['in a fork that was deleted', undefined],
  ])(
    'have their files by a redirect where the source is %s',
    async (_, from) => {
      const fork = {
        ...within,
        source: { ...within.source, repository: from },
      };
      const path = `/2.0/repositories/acme/shop/diffstat/me/fork:${SHORT}%0D0123456789ab?from_pullrequest_id=7&topic=true`;
      server.answer(
        answer(302, '', { Location: `${server.origin}${path}` }),
        json({ values: [row('a.yaml', HASH)] }),
      );
      expect(await pullRequests.listFiles(shop, fork, {})).toMatchObject({
        isComplete: true,
        head: HASH,
      });
      expect(asked(server).path).toBe(
        '/2.0/repositories/acme/shop/pullrequests/7/diffstat',
      );
      expect(server.requests[1].url).toBe(path);
      expect(server.requests[1].headers.authorization).toBe('Bearer t0ken');
    },
  );

  it('are not looked for at another origin', async () => {
    const fork = {
      ...within,
      source: { ...within.source, repository: undefined },
    };
    server.answer(answer(302, '', { Location: 'https://elsewhere.example/' }));
    await expect(pullRequests.listFiles(shop, fork, {})).rejects.toThrow(
      'redirects to another origin',
    );
    expect(server.requests).toHaveLength(1);
  });

  it('are asked for once where the list of files takes Bitbucket too long', async () => {
    server.answer(refusal(555, 'Unable to respond in time'));
    await expect(
      pullRequests.listFiles(shop, within, {}),
    ).rejects.toMatchObject({ name: 'TooMuchError' });
    expect(server.requests).toHaveLength(1);
  });
});
