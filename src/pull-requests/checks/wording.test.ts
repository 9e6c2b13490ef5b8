import { bitbucketCloudUrls as urls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { cleaned, sentence, shown } from './wording';

describe('a message of a processor', () => {
  it.each([
    ['see https://wiki.acme.com/x?y=z.', 'see (URL removed).'],
    [
      'at url:https://bitbucket.org/acme/shop/src/main/x.yaml, line 3',
      'at url:https://bitbucket.org/acme/shop/src/main/x.yaml, line 3',
    ],
    [
      'https://user:pass@bitbucket.org/acme/shop?token=x',
      'https://bitbucket.org/acme/shop',
    ],
    ['connect 10.1.2.3:5432', 'connect (address removed)'],
    ['password=hunter2 is wrong', '(credential removed) is wrong'],
    ['"api_key": "abc"', '"(credential removed)'],
    ['Authorization: Basic eDpodW50ZXIy', '(credential removed)'],
    ['got Bearer abc123def456', 'got (credential removed)'],
    ['ATATT3xFfGF0abcdefgh', '(credential removed)'],
    ['ghp_0123456789abcdef', '(credential removed)'],
    [`hash ${'ab12'.repeat(10)}`, 'hash (credential removed)'],
    ['key Zm9vYmFyYmF6cXV4MTIzNDU2', 'key (credential removed)'],
    [
      'name my-very-long-service-name-2-in-production',
      'name my-very-long-service-name-2-in-production',
    ],
    ['two\nlines\u202e', 'two lines'],
  ])('%j becomes %j', (message, expected) => {
    expect(cleaned(message, { urls })).toBe(expected);
  });

  it('shows URLs of its own repository alone where that is public', () => {
    const message =
      'https://bitbucket.org/Acme/shop/src/main/a https://bitbucket.org/acme/cart/src/main/b';
    expect(cleaned(message, { urls, repository: 'acme/shop' })).toBe(
      'https://bitbucket.org/Acme/shop/src/main/a (URL removed)',
    );
  });

  it('takes no longer to clean if it is long', () => {
    const begin = Date.now();
    cleaned('aA1'.repeat(1_000_000), { urls });
    cleaned('https://'.repeat(100_000), { urls });
    expect(Date.now() - begin).toBeLessThan(1_000);
  });
});

it('cuts values and sentences between two words', () => {
  expect(shown(`${'x'.repeat(50)} ${'y'.repeat(50)}`)).toBe(
    `${'x'.repeat(50)}…`,
  );
  expect(shown('x'.repeat(100))).toBe(`${'x'.repeat(79)}…`);
  expect(shown({ a: ['b'] })).toBe('{"a":["b"]}');
  expect(sentence('word '.repeat(200)).length).toBeLessThanOrEqual(400);
  const whole = sentence('word '.repeat(200), 'The end.');
  expect(whole).toMatch(/ word… The end\.$/);
  expect(whole.length).toBeLessThanOrEqual(400);
});
