import { bitbucketCloudUrls as urls } from '../../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { CheckedRepository, placeOf } from './places';

const HEAD = 'a'.repeat(40);
const SHOP = 'https://bitbucket.org/acme/shop';
const repository: CheckedRepository = {
  urls,
  fullName: 'acme/shop',
  headName: 'acme/shop',
  head: HEAD,
  branch: 'release/1',
};
const FILE = {
  path: 'docs/catalog-info.yaml',
  location: `${SHOP}/src/release%2F1/docs/catalog-info.yaml`,
};

describe('placeOf', () => {
  it.each([
    ['./api.yaml', 'docs/api.yaml', 'docs/api.yaml'],
    ['api.yaml#/x', 'docs/api.yaml', 'docs/api.yaml#/x'],
    ['../api/a b.yaml', 'api/a b.yaml', 'api/a%20b.yaml'],
    ['/api.yaml', 'api.yaml', 'api.yaml'],
    ['//example.com/x', 'example.com/x', 'example.com/x'],
  ])('finds the file of %s', (value, path, onBranch) => {
    expect(placeOf(repository, FILE, value)).toEqual({
      kind: 'here',
      path,
      url: urls.file('acme/shop', HEAD, path),
      branchUrl: `${SHOP}/src/release%2F1/${onBranch}`,
    });
  });

  it.each([
    '../../../../cart/src/main/x.yaml',
    '../../../../../../../etc/passwd',
    '..%2f..%2f..%2fx',
    '\\\\example.com\\x',
  ])('does not follow %s', value => {
    expect(placeOf(repository, FILE, value)).toEqual({
      kind: 'elsewhere',
      where: 'outside of this repository',
    });
  });

  it.each([
    [`${SHOP}/src/release%2F1/api.yaml`, 'api.yaml'],
    [`${SHOP}/src/release/1/api.yaml`, 'api.yaml'],
    ['https://bitbucket.org/ACME/Shop/src/release%2F1/api.yaml', 'api.yaml'],
  ])('takes %s for the head', (value, path) => {
    expect(placeOf(repository, FILE, value)).toEqual({
      kind: 'here',
      path,
      url: `${SHOP}/src/${HEAD}/${path}`,
      branchUrl: value,
    });
  });

  it.each([
    [`${SHOP}/src/main/api.yaml`, 'on another branch'],
    [`${SHOP}/src/HEAD/api.yaml`, 'on another branch'],
    [`${SHOP}/src/release/2/api.yaml`, 'on another branch'],
    [
      'https://bitbucket.org/acme/cart/src/release%2F1/x',
      'in another repository',
    ],
    [
      'https://bitbucket.org/%7Bid%7D/%7Bid%7D/src/release%2F1/x',
      'in another repository',
    ],
    [
      'https://example.com/acme/shop/src/release%2F1/x',
      'outside of this repository',
    ],
    ['file:///etc/passwd', 'outside of this repository'],
    ['https:x.yaml', 'outside of this repository'],
    [`ssh://git@bitbucket.org/acme/shop`, 'outside of this repository'],
    [`${SHOP}/src/release%2F1/..%2Fx`, 'outside of this repository'],
  ])('does not read %s', (value, where) => {
    expect(placeOf(repository, FILE, value)).toEqual({
      kind: 'elsewhere',
      where,
    });
  });

  it('takes the default branch for the destination where the catalog reads the file from it', () => {
    const file = {
      ...FILE,
      location: `${SHOP}/src/HEAD/docs/catalog-info.yaml`,
    };
    expect(
      placeOf(repository, file, `${SHOP}/src/HEAD/api.yaml`),
    ).toMatchObject({
      kind: 'here',
      path: 'api.yaml',
    });
  });

  it.each(['./*.yaml', `${SHOP}/src/release%2F1/**/x.yaml`])(
    'does not take %s for one file',
    value => {
      expect(placeOf(repository, FILE, value)).toMatchObject({
        kind: 'pattern',
      });
    },
  );
});
