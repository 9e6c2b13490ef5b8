import { isBitbucketCloudUrl, parseUrl, toFileUrl } from './urls';

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
    expect(url).toBe(`https://bitbucket.org/acme/shop/${expected}`);
    expect(new URL(url).toString()).toBe(url);
    expect(parseUrl(url)).toEqual({
      workspace: 'acme',
      repository: 'shop',
      segments: [branch, ...path.split('/')],
    });
  });
});

describe('parseUrl', () => {
  it.each([
    ['https://bitbucket.org/acme/shop', []],
    ['https://bitbucket.org/acme/shop/', []],
    ['https://bitbucket.org/acme/shop/src', []],
    ['https://bitbucket.org/acme/shop/src/main/', ['main']],
    ['https://bitbucket.org/acme/shop/raw/main/a.yaml', ['main', 'a.yaml']],
    ['https://bitbucket.org/acme/shop/src/main/a b.yaml', ['main', 'a b.yaml']],
    [
      'https://bitbucket.org/acme/shop/src/main/a.yaml#lines-3',
      ['main', 'a.yaml'],
    ],
    ['https://bitbucket.org/acme/shop/src/f/x/a.yaml', ['f', 'x', 'a.yaml']],
  ])('%s', (url, segments) => {
    expect(parseUrl(url)).toEqual({
      workspace: 'acme',
      repository: 'shop',
      segments,
    });
  });

  it('follows the branch that the page of a file at a commit names', () => {
    expect(
      parseUrl(
        'https://bitbucket.org/acme/shop/src/0123abc/docs/a.yaml?at=feature%2Fx',
      ),
    ).toEqual({
      workspace: 'acme',
      repository: 'shop',
      segments: ['docs', 'a.yaml'],
      at: 'feature/x',
    });
  });

  it.each([
    'https://bitbucket.org/acme',
    'https://bitbucket.org/acme/shop/pull-requests/7',
  ])('refuses %s and shows what to write', url => {
    expect(() => parseUrl(url)).toThrow(
      `${url} is not a file, a folder or a repository of Bitbucket Cloud; write https://bitbucket.org/{workspace}/{repository}/src/{branch}/{path}`,
    );
  });

  it('refuses a lone % and says how to write it', () => {
    const url = 'https://bitbucket.org/acme/shop/src/main/50%.yaml';
    expect(() => parseUrl(url)).toThrow(
      `${url} has a % that is not part of an encoded character; write it as %25`,
    );
  });
});

describe('isBitbucketCloudUrl', () => {
  it.each([
    ['https://bitbucket.org/acme/shop', true],
    ['https://www.bitbucket.org/acme/shop', true],
    ['https://bitbucket.org.evil.example/acme/shop', false],
    ['https://bitbucket.example.com/acme/shop', false],
  ])('%s: %s', (url, expected) => {
    expect(isBitbucketCloudUrl(new URL(url))).toBe(expected);
  });
});
