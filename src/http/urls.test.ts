import { displayUrl, encodePath, encodeSegment, withQuery } from './urls';

describe('encodePath', () => {
  it.each([
    ['catalog-info.yaml', 'catalog-info.yaml'],
    ['/a//b/', 'a/b'],
    ['docs/a b#1?.yaml', 'docs/a%20b%231%3F.yaml'],
    ['größe/100%.yaml', 'gr%C3%B6%C3%9Fe/100%25.yaml'],
    ['release/2026-11', 'release/2026-11'],
    ['', ''],
  ])('encodes %j', (path, encoded) => {
    expect(encodePath(path)).toBe(encoded);
  });

  it.each(['../secrets', 'a/../../b', './a'])('refuses %j', path => {
    expect(() => encodePath(path)).toThrow('cannot be a segment of');
  });
});

describe('encodeSegment', () => {
  it('encodes a uuid', () => {
    expect(encodeSegment('{9970a9b6}')).toBe('%7B9970a9b6%7D');
  });

  it.each(['', '.', '..'])('refuses %j', segment => {
    expect(() => encodeSegment(segment)).toThrow('cannot be a segment of');
  });
});

describe('withQuery', () => {
  it('encodes values and leaves out those that are undefined', () => {
    expect(
      withQuery('https://x/y', { q: 'a="b+c"', sort: undefined, pagelen: 100 }),
    ).toBe('https://x/y?q=a%3D%22b%2Bc%22&pagelen=100');
    expect(withQuery('https://x/y', {})).toBe('https://x/y');
  });
});

describe('displayUrl', () => {
  it('shows only what is known to be harmless', () => {
    expect(
      displayUrl(
        'https://user:pass@x.example/y?q=is_private%3Dtrue&access_token=s3cret&fields=a&page=2#z',
      ),
    ).toBe('https://x.example/y?q=is_private=true&page=2');
  });
});
