import { BitbucketServerIntegration } from '@backstage/integration';
import { InputError } from '@backstage/errors';
import fc from 'fast-check';
import { HEAD } from '../../../scm/urls';
import { dataCenterUrls } from './dataCenterUrls';

const HASH = '0123456789abcdef0123456789abcdef01234567';
const BASE = 'https://git.example.com';
const REPOSITORY = `${BASE}/projects/PAY/repos/api`;

const urls = dataCenterUrls({ host: 'git.example.com', baseUrl: BASE });
const withPath = dataCenterUrls({
  host: 'git.example.com:7990',
  baseUrl: 'http://git.example.com:7990/bitbucket',
});

describe('The URLs of an instance', () => {
  it.each([
    [`${REPOSITORY}/browse`, [], HEAD],
    [`${REPOSITORY}/browse/`, [], HEAD],
    [REPOSITORY, [], HEAD],
    [`${REPOSITORY}?at=refs/heads/x`, [], 'x'],
    [`${REPOSITORY}/browse/docs/a.yaml`, ['docs', 'a.yaml'], HEAD],
    [`${REPOSITORY}/browse/a%20b.yaml#12-20`, ['a b.yaml'], HEAD],
    [
      `${REPOSITORY}/browse/a.yaml?at=refs%2Fheads%2Ffeature%2Fx`,
      ['a.yaml'],
      'feature/x',
    ],
    [
      `${REPOSITORY}/browse/a.yaml?at=refs/heads/feature/x`,
      ['a.yaml'],
      'feature/x',
    ],
    [`${REPOSITORY}/browse/a.yaml?at=feature/x`, ['a.yaml'], 'feature/x'],
    [`${REPOSITORY}/browse/a.yaml?at=v1`, ['a.yaml'], 'v1'],
    [
      `${REPOSITORY}/browse/a.yaml?at=refs%2Ftags%2Fv1`,
      ['a.yaml'],
      'refs/tags/v1',
    ],
    [`${REPOSITORY}/browse/a.yaml?at=${HASH}`, ['a.yaml'], HASH],
    [`${REPOSITORY}/browse/a.yaml?at=HEAD`, ['a.yaml'], HEAD],
    [`${REPOSITORY}/browse/a.yaml?at=`, ['a.yaml'], HEAD],
    [`${REPOSITORY}/raw/a.yaml?at=x`, ['a.yaml'], 'x'],
    [`${BASE}/scm/PAY/api.git`, [], HEAD],
    ['https://jane@git.example.com/scm/PAY/api.git', [], HEAD],
    ['ssh://git@git.example.com:7999/PAY/api.git', [], HEAD],
  ])('are read: %s', (url, segments, at) => {
    expect(urls.parse(url)).toMatchObject({
      fullName: 'git.example.com/PAY/api',
      isById: false,
      segments,
      at,
    });
  });

  it.each([
    [`${BASE}/users/jane/repos/api/browse/a.yaml`, 'git.example.com/~jane/api'],
    [
      `${BASE}/projects/~jane/repos/api/browse/a.yaml`,
      'git.example.com/~jane/api',
    ],
    [
      `${BASE}/projects/%7Ejane/repos/api/browse/a.yaml`,
      'git.example.com/~jane/api',
    ],
    [`${BASE}/scm/~jane/api.git`, 'git.example.com/~jane/api'],
    [
      'ssh://git@git.example.com:7999/~jane/api.git',
      'git.example.com/~jane/api',
    ],
    [
      `${BASE}/projects/pay/repos/My.Repo/browse`,
      'git.example.com/pay/My.Repo',
    ],
  ])('name the repository of %s as it is written', (url, fullName) => {
    expect(urls.parse(url).fullName).toBe(fullName);
  });

  it('are below a context path, at a port, and without TLS', () => {
    const url =
      'http://git.example.com:7990/bitbucket/projects/PAY/repos/api/browse/a.yaml?at=refs%2Fheads%2Fx';
    expect(withPath.parse(url)).toMatchObject({
      fullName: 'git.example.com:7990/PAY/api',
      segments: ['a.yaml'],
      at: 'x',
    });
    expect(withPath.file('git.example.com:7990/PAY/api', 'x', 'a.yaml')).toBe(
      url,
    );
    expect(withPath.repositoryPart(url)).toBe(
      'http://git.example.com:7990/bitbucket/projects/PAY/repos/api',
    );
    expect(withPath.matches(new URL(url))).toBe(true);
    expect(urls.matches(new URL(url))).toBe(false);
    for (const other of [
      'http://git.example.com:7990/projects/PAY/repos/api/browse/a.yaml',
      'http://git.example.com:7990/bitbucket2/projects/PAY/repos/api/browse',
    ]) {
      expect(() => withPath.parse(other)).toThrow(
        'write http://git.example.com:7990/bitbucket/projects/{project}/repos/{repository}/browse/{path}',
      );
    }
  });

  it.each([
    [
      'git.example.com/PAY/api',
      HEAD,
      'catalog-info.yaml',
      `${REPOSITORY}/browse/catalog-info.yaml`,
    ],
    [
      'git.example.com/PAY/api',
      'feature/x',
      'docs/a b.yaml',
      `${REPOSITORY}/browse/docs/a%20b.yaml?at=refs%2Fheads%2Ffeature%2Fx`,
    ],
    ['git.example.com/PAY/api', HASH, 'a', `${REPOSITORY}/browse/a?at=${HASH}`],
    ['git.example.com/PAY/api', HEAD, '', `${REPOSITORY}/browse`],
    [
      'git.example.com/~JANE/api',
      HEAD,
      'a',
      `${BASE}/users/jane/repos/api/browse/a`,
    ],
  ])('are made of %s at %s: %s', (fullName, ref, path, url) => {
    expect(urls.file(fullName, ref, path)).toBe(url);
  });

  it('are those of the stock module, which adds the path to the link of a repository', () => {
    const self = `${REPOSITORY}/browse`;
    expect(urls.repository('git.example.com/PAY/api')).toBe(self);
    expect(
      urls.file('git.example.com/PAY/api', HEAD, 'catalog-info.yaml'),
    ).toBe(`${self}/catalog-info.yaml`);
  });

  it.each([
    [`${REPOSITORY}/browse/a?at=refs%2Ftags%2Fv1#3`, '?at=refs%2Ftags%2Fv1'],
    [`${REPOSITORY}/browse/a?until=x&at=feature/x&y`, '?at=feature/x'],
    [`${REPOSITORY}/browse/a?at=HEAD`, undefined],
    [`${REPOSITORY}/browse/a?until=x`, undefined],
  ])('tell how %s writes its ref', (url, query) => {
    expect(urls.parse(url).query).toBe(query);
  });

  it('have one place for each file, however they are written', () => {
    const placeOf = (url: string) => urls.place(urls.parse(url));
    const file = `${REPOSITORY}/browse/a.yaml`;
    expect(
      [
        file,
        `${file}?at=HEAD`,
        `${file}#3`,
        `${BASE}/projects/pay/repos/API/raw/a.yaml`,
        'https://jane@git.example.com/projects/PAY/repos/api/browse/a.yaml',
      ].map(placeOf),
    ).toEqual(Array(5).fill(placeOf(file)));
    expect(placeOf(`${BASE}/users/Jane/repos/api/browse/a`)).toBe(
      placeOf(`${BASE}/projects/~JANE/repos/api/browse/a`),
    );
    expect(
      new Set(
        [file, `${file}?at=x`, `${file}l`, `${REPOSITORY}2/browse/a.yaml`].map(
          placeOf,
        ),
      ).size,
    ).toBe(4);
  });

  it.each([
    [
      `${BASE}/projects/PAY`,
      'is a page of the project PAY, which holds repositories and no files. Use the URL of a file in one of its repositories: https://git.example.com/projects/PAY/repos/{repository}/browse/{path}',
    ],
    [`${BASE}/users/jane`, 'is a page of the user jane'],
    [
      `${REPOSITORY}/commits/${HASH}`,
      'write https://git.example.com/projects/PAY/repos/api/browse/{path}, with ?at=refs/heads/{branch}',
    ],
    [
      `${BASE}/rest/api/1.0/projects/PAY/repos/api/raw/docs/a.yaml`,
      'write https://git.example.com/projects/PAY/repos/api/browse/docs/a.yaml',
    ],
    [`${REPOSITORY}/pull-requests/1/overview`, 'is not a file'],
    [`${BASE}/dashboard`, 'is not a file'],
    [BASE, 'is not a file'],
    [`${BASE}/scm/PAY/api.git/info`, 'is not a file'],
    [`${BASE}/projects/PAY/repos/a%2Fb/browse`, 'is not a file'],
    [`${REPOSITORY}/browse/100%.md`, `${REPOSITORY}/browse/100%25.md`],
    ['https://git.example.org/projects/PAY/repos/api', 'is not a URL of'],
    ['ssh://git@git.example.org:7999/pay/api.git', 'is not a URL of'],
    ['ftp://git.example.com/projects/PAY/repos/api', 'is not a URL of'],
    ['api', 'is not a URL of'],
  ])('refuse %s', (url, message) => {
    expect(() => urls.parse(url)).toThrow(InputError);
    expect(() => urls.parse(url)).toThrow(message);
  });

  it('take an unencoded * for a wildcard', () => {
    const url = `${REPOSITORY}/browse/a%2Ab/**/*.yaml?at=x`;
    const parsed = urls.parse(url);
    expect(parsed).toMatchObject({
      segments: ['a*b', '**', '*.yaml'],
      pattern: ['a%2Ab', '**', '*.yaml'],
      at: 'x',
    });
    expect(urls.parse(urls.place(parsed)).pattern).toEqual(parsed.pattern);
  });

  it('give back what they were made of', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
      .filter(name => !/[/\0]/.test(name) && !/^\.{1,2}$/.test(name));
    const path = fc.array(segment, { minLength: 1, maxLength: 3 });
    const ref = fc.oneof(
      fc.constantFrom(HEAD, HASH, 'refs/heads/x', 'refs/tags/x', '100%'),
      path.map(parts => parts.join('/')),
    );
    const key = fc.constantFrom('PAY', '~jane', 'a_1');
    for (const each of [urls, withPath]) {
      const host = each === urls ? 'git.example.com' : 'git.example.com:7990';
      fc.assert(
        fc.property(key, ref, path, (projectKey, at, segments) => {
          const fullName = `${host}/${projectKey}/api`;
          const url = each.file(fullName, at, segments.join('/'));
          expect(each.parse(url)).toEqual({
            fullName,
            isById: false,
            segments,
            at,
            ...(at === HEAD ? {} : { query: new URL(url).search }),
            isPlain: true,
          });
          const texts = each.mentions({
            id: 'x#1',
            fullNames: [fullName.toLowerCase()],
          });
          expect(texts.some(text => url.toLowerCase().includes(text))).toBe(
            true,
          );
        }),
      );
    }
  });

  it('edit the branch that they show, where Backstage would open the default branch', () => {
    const stock = new BitbucketServerIntegration({
      host: 'git.example.com',
      apiBaseUrl: `${BASE}/rest/api/1.0`,
    });
    const file = `${REPOSITORY}/browse/a.yaml`;
    const onBranch = `${file}?at=refs%2Fheads%2Fx`;
    expect(stock.resolveEditUrl(onBranch)).toBe(file);
    expect(urls.edit(onBranch)).toBe(onBranch);
    expect(urls.edit(file)).toBeUndefined();
    expect(stock.resolveEditUrl(file)).toBe(file);
    for (const other of [
      `${REPOSITORY}/browse?at=x`,
      `${REPOSITORY}/browse/*.yaml?at=x`,
      'https://example.org/a?at=x',
      'a',
    ]) {
      expect(urls.edit(other)).toBeUndefined();
    }
  });
});
