import {
  isBitbucketCloudUrl,
  parseUrl,
  toFileUrl,
  toPlace,
  toUrl,
} from './bitbucketCloudUrls';

const SHOP = 'https://bitbucket.org/acme/shop';
const shop = { fullName: 'acme/shop', isById: false };

describe('toFileUrl', () => {
  it.each([
    ['main', 'catalog-info.yaml', 'src/main/catalog-info.yaml'],
    ['release/2026-11', 'a/b.yaml', 'src/release%2F2026-11/a/b.yaml'],
    ['dev#1', 'what?.yaml', 'src/dev%231/what%3F.yaml'],
    ['main', 'my docs/50%.yaml', 'src/main/my%20docs/50%25.yaml'],
    [
      'größe',
      'überblick/[id].yaml',
      'src/gr%C3%B6%C3%9Fe/%C3%BCberblick/%5Bid%5D.yaml',
    ],
    [
      'main',
      '@acme/c++/a,b;c=d&e:$.yaml',
      'src/main/@acme/c++/a,b;c=d&e:$.yaml',
    ],
    ['main', 'a*b.yaml', 'src/main/a%2Ab.yaml'],
  ])('branch %s, path %s', (branch, path, expected) => {
    const url = toFileUrl('acme/shop', branch, path);
    expect(url).toBe(`${SHOP}/${expected}`);
    expect(new URL(url).toString()).toBe(url);
    expect(parseUrl(url)).toEqual({
      ...shop,
      segments: [branch, ...path.split('/')],
      isPlain: true,
    });
  });
});

describe('parseUrl', () => {
  it.each([
    [`${SHOP}/src`, []],
    [`${SHOP}/src/main/`, ['main']],
    [`${SHOP}/src/main/a.yaml`, ['main', 'a.yaml']],
    [`${SHOP}/src/main/a.yaml/`, ['main', 'a.yaml']],
    [`${SHOP}/raw/main/a.yaml`, ['main', 'a.yaml']],
    [`${SHOP}/src/v1.0/a.yaml`, ['v1.0', 'a.yaml']],
    [`${SHOP}/src/main/a b#1.yaml`, ['main', 'a b']],
    [`${SHOP}/src/main/a%20b%231.yaml`, ['main', 'a b#1.yaml']],
    [`${SHOP}/src/main/größe.yaml`, ['main', 'größe.yaml']],
    [`${SHOP}/src/main/a.yaml#lines-12`, ['main', 'a.yaml']],
    [`${SHOP}/src/main/a.yaml#a.yaml-12:15`, ['main', 'a.yaml']],
    [`${SHOP}/src/main/a.yaml?mode=edit&spa=0`, ['main', 'a.yaml']],
    [`${SHOP}/src/f/x/a.yaml`, ['f', 'x', 'a.yaml']],
    [`${SHOP}/src/f%2Fx/a.yaml`, ['f/x', 'a.yaml']],
    ['https://BITBUCKET.org/acme/shop/src/main/a.yaml', ['main', 'a.yaml']],
  ])('%s', (url, segments) => {
    expect(parseUrl(url)).toEqual({ ...shop, segments, isPlain: true });
  });

  it.each([
    [SHOP, []],
    [`${SHOP}/`, []],
    [`${SHOP}.git`, []],
    ['https://jane@bitbucket.org/acme/shop.git', []],
    ['ssh://git@bitbucket.org/acme/shop.git', []],
    ['git@bitbucket.org:acme/shop.git', []],
    ['https://www.bitbucket.org/acme/shop/src/main/a.yaml', ['main', 'a.yaml']],
    [
      'https://jane:secret@bitbucket.org/acme/shop/src/main/a.yaml',
      ['main', 'a.yaml'],
    ],
  ])('%s, which the built-in reader does not read', (url, segments) => {
    expect(parseUrl(url)).toEqual({ ...shop, segments, isPlain: false });
  });

  it.each([
    [`${SHOP}/src/0123abc/docs/a.yaml?at=feature%2Fx`, 'feature/x'],
    [`${SHOP}/src/0123abc/docs/a.yaml?at=refs%2Fheads%2Fmain`, 'main'],
    [`${SHOP}/src/0123abc/docs/a.yaml?at=refs/tags/v1`, 'v1'],
    [`${SHOP}/src/main?path=docs/a.yaml`, 'main'],
    [`${SHOP}/src/feature/x/?path=%2Fdocs%2Fa.yaml`, 'feature/x'],
    [`${SHOP}/src?at=feature/x&path=docs/a.yaml`, 'feature/x'],
    [`${SHOP}/src/0123abc/?at=main&path=docs%2Fa.yaml#lines-3`, 'main'],
    [`${SHOP}/src/HEAD/docs/a.yaml`, 'HEAD'],
    [`${SHOP}/raw/HEAD/docs/a.yaml#lines-3`, 'HEAD'],
    [`${SHOP}/src/HEAD?path=docs/a.yaml`, 'HEAD'],
    [`${SHOP}/src/main?path=/../x/..%2Fdocs/./a.yaml`, 'main'],
    [`${SHOP}/src/0123abc/docs/a.yaml?at=HEAD`, 'HEAD'],
  ])('%s, whose branch is in the query, or is HEAD', (url, at) => {
    const segments = ['docs', 'a.yaml'];
    const isPlain = !url.includes('path=');
    expect(parseUrl(url)).toEqual({ ...shop, at, segments, isPlain });
  });

  it('reads uuids, encoded or not', () => {
    const workspace = '{9970a9b6-2d86-413f-8555-da8e1ac0e542}';
    const repository = '{a2f1ca01-3e5c-4fd3-9a86-dbcf2ae7ae41}';
    for (const encode of [String, encodeURIComponent]) {
      const path = `${encode(workspace)}/${encode(repository)}/src/main/a.yaml`;
      expect(parseUrl(`https://bitbucket.org/${path}`)).toMatchObject({
        fullName: `${workspace}/${repository}`,
        isById: true,
        segments: ['main', 'a.yaml'],
        isPlain: false,
      });
    }
  });

  it.each([
    ['src/main/**/catalog-info.yaml', ['main', '**', 'catalog-info.yaml']],
    ['src/f%2Fx/my docs/*.yaml', ['f%2Fx', 'my%20docs', '*.yaml']],
    ['src/main/a%2Ab*.yaml', ['main', 'a%2Ab*.yaml']],
  ])('recognises which parts of %s are wildcards', (path, pattern) => {
    expect(parseUrl(`${SHOP}/${path}`)).toMatchObject({ pattern });
    const inQuery = path.replace(/^src\/([^/]+)\//, 'src/$1?path=');
    expect(parseUrl(`${SHOP}/${inQuery}`)).toMatchObject({
      pattern: pattern.slice(1),
    });
  });

  it('sees no wildcard where there is none', () => {
    expect(parseUrl(`${SHOP}/src/main/a%2Ab.yaml?x=*#*`)).not.toHaveProperty(
      'pattern',
    );
  });

  const write = (path: string) =>
    `is not a file, a folder or a repository of Bitbucket Cloud; write https://bitbucket.org/${path}`;

  it.each([
    [
      'https://bitbucket.org/',
      write('{workspace}/{repository}/src/{branch}/{path}'),
    ],
    [
      'https://bitbucket.org/acme',
      write('acme/{repository}/src/{branch}/{path}'),
    ],
    [`${SHOP}/pull-requests/7`, write('acme/shop/src/{branch}/{path}')],
    [`${SHOP}/branch/feature/x`, write('acme/shop/src/feature%2Fx/{path}')],
    [`${SHOP}/commits/0123abc`, write('acme/shop/src/0123abc/{path}')],
    [`${SHOP}/commits/tag/v1.0`, write('acme/shop/src/v1.0/{path}')],
    [`${SHOP}/commits`, write('acme/shop/src/{branch}/{path}')],
    [`${SHOP}/get/main.tar.gz`, write('acme/shop/src/main/{path}')],
    [
      `${SHOP}/annotate/main/my docs/a.yaml?at=main`,
      write('acme/shop/src/main/my%20docs/a.yaml'),
    ],
    [`${SHOP}/blob/main/a.yaml`, write('acme/shop/src/main/a.yaml')],
    [
      'https://api.bitbucket.org/2.0/repositories/acme/shop/src/main/a.yaml',
      write('acme/shop/src/main/a.yaml'),
    ],
    [
      `${SHOP}/src?path=docs%2Fa.yaml`,
      'does not name a branch; write https://bitbucket.org/acme/shop/src/{branch}/docs/a.yaml',
    ],
    [
      `${SHOP}/src/main/50%.yaml`,
      `has a % that is not part of an encoded character; write it as %25: ${SHOP}/src/main/50%25.yaml`,
    ],
    [
      `${SHOP}/src/main/%FF.yaml`,
      'has a % that is not part of an encoded character; write it as %25',
    ],
    [
      `${SHOP}/src/main?path=50%.yaml`,
      `has a % that is not part of an encoded character; write it as %25: ${SHOP}/src/main?path=50%25.yaml`,
    ],
    [
      'https://github.com/acme/shop/blob/main/a.yaml',
      'is not a URL of Bitbucket Cloud; write https://bitbucket.org/{workspace}/{repository}/src/{branch}/{path}',
    ],
    [
      'acme/shop',
      'is not a URL of Bitbucket Cloud; write https://bitbucket.org/{workspace}/{repository}/src/{branch}/{path}',
    ],
  ])('refuses %s and shows what to write', (url, message) => {
    expect(() => parseUrl(url)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: `${url} ${message}`,
      }),
    );
  });

  it.each([
    [
      'https://bitbucket.org/acme/workspace/projects/WEB',
      'is the project WEB, which holds repositories and no files. Use the URL of a file in one of its repositories: https://bitbucket.org/acme/{repository}/src/{branch}/{path}',
    ],
    [
      'https://bitbucket.org/account/user/acme/projects/WEB',
      'is the project WEB, which holds repositories and no files. Use the URL of a file in one of its repositories: https://bitbucket.org/acme/{repository}/src/{branch}/{path}',
    ],
    [
      'https://bitbucket.org/acme/workspace/projects/',
      'is the list of projects, which hold repositories and no files. Use the URL of a file in a repository: https://bitbucket.org/acme/{repository}/src/{branch}/{path}',
    ],
    ...[
      'https://bitbucket.org/acme/workspace/snippets/7XBdKo/api.yaml',
      'https://bitbucket.org/snippets/acme/7XBdKo',
      'https://bitbucket.org/snippets/acme',
      'https://api.bitbucket.org/2.0/snippets/acme/7XBdKo',
    ].map(url => [
      url,
      'is a snippet, and snippets are not read. Commit the file to a repository, and use its URL there: https://bitbucket.org/acme/{repository}/src/{branch}/{path}',
    ]),
    [
      'https://bitbucket.org/snippets/',
      'is a snippet, and snippets are not read. Commit the file to a repository, and use its URL there: https://bitbucket.org/{workspace}/{repository}/src/{branch}/{path}',
    ],
    [
      `${SHOP}/downloads/catalog-info.yaml`,
      'is a download of acme/shop, and downloads are not read. Commit the file to the repository, and use its URL there: https://bitbucket.org/acme/shop/src/{branch}/{path}',
    ],
    [
      `${SHOP}/downloads/`,
      'is the list of downloads of acme/shop, and downloads are not read. Commit the file to the repository, and use its URL there: https://bitbucket.org/acme/shop/src/{branch}/{path}',
    ],
    [
      'https://api.bitbucket.org/2.0/workspaces/acme/projects/WEB',
      'is the project WEB, which holds repositories and no files. Use the URL of a file in one of its repositories: https://bitbucket.org/acme/{repository}/src/{branch}/{path}',
    ],
  ])('refuses %s and says what it is', (url, message) => {
    expect(() => parseUrl(url)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: `${url} ${message}`,
      }),
    );
  });

  it('does not show the password that a URL holds', () => {
    expect(() => parseUrl('https://jane:secret@bitbucket.org/acme')).toThrow(
      /^https:\/\/bitbucket\.org\/acme is not/,
    );
  });
});

describe('toUrl', () => {
  it.each([
    [`${SHOP}.git`, SHOP],
    [`${SHOP}/src/main/`, `${SHOP}/src/main`],
    [`${SHOP}/raw/main/a b.yaml#lines-3`, `${SHOP}/src/main/a%20b.yaml`],
    [`${SHOP}/src/0123abc/a.yaml?at=f/x`, `${SHOP}/src/f%2Fx/a.yaml`],
    [`${SHOP}/raw/HEAD/**/a*.yaml`, `${SHOP}/src/HEAD/**/a*.yaml`],
    [`${SHOP}/src/main?path=**/a%2A*.yaml`, `${SHOP}/src/main/**/a%2A*.yaml`],
  ])('writes %s as %s', (url, expected) => {
    expect(toUrl(parseUrl(url))).toBe(expected);
  });
});

describe('toPlace', () => {
  it('is the same in any letter case of the workspace and the repository, and of nothing else', () => {
    const place = (path: string) =>
      toPlace(parseUrl(`https://bitbucket.org/${path}`));
    expect(place('ACME/Shop/raw/main/a.yaml#lines-1')).toBe(
      place('acme/shop/src/main/a.yaml'),
    );
    expect(place('acme/shop/src/Main/a.yaml')).not.toBe(
      place('acme/shop/src/main/a.yaml'),
    );
  });
});

describe('isBitbucketCloudUrl', () => {
  it.each([
    [SHOP, true],
    ['https://www.bitbucket.org/acme/shop', true],
    ['ssh://git@bitbucket.org/acme/shop.git', true],
    ['https://bitbucket.org.evil.example/acme/shop', false],
    ['https://bitbucket.example.com/acme/shop', false],
  ])('%s: %s', (url, expected) => {
    expect(isBitbucketCloudUrl(new URL(url))).toBe(expected);
  });
});
