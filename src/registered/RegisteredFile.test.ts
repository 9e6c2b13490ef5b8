import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { RegisteredFile } from './RegisteredFile';

const ROOT = 'https://bitbucket.org/acme/shop';
const BRANCHES = ['main', 'feature', 'feature/new'];
const MAIN = { mainBranch: { name: 'main' } };

describe('RegisteredFile', () => {
  it.each([
    ['src/main/catalog-info.yaml', 'main', 'catalog-info.yaml'],
    ['raw/main/docs/a%20b.yaml', 'main', 'docs/a b.yaml'],
    ['src/feature/new/catalog-info.yaml', 'feature/new', 'catalog-info.yaml'],
    ['src/feature%2Fnew/a.yaml', 'feature/new', 'a.yaml'],
    ['src/feature/old/a.yaml', 'feature', 'old/a.yaml'],
    ['src/0123456/docs/a.yaml?at=feature%2Fnew', 'feature/new', 'docs/a.yaml'],
    ['src/HEAD/docs/a.yaml', 'main', 'docs/a.yaml'],
  ])('finds the branch and the path of %s', (written, branch, path) => {
    const file = RegisteredFile.parse(bitbucketCloudUrls, `${ROOT}/${written}`);
    expect(file?.branchOf(MAIN, BRANCHES)).toBe(branch);
    expect(file?.pathOn(branch)).toBe(path);
    expect(file?.isGlob).toBe(false);
  });

  it.each(['src/v1/a.yaml', 'src/feature2/a.yaml', 'src/mai/n/a.yaml'])(
    'finds no branch in %s',
    written => {
      const file = RegisteredFile.parse(
        bitbucketCloudUrls,
        `${ROOT}/${written}`,
      );
      expect(file?.branchOf(MAIN, BRANCHES)).toBeUndefined();
    },
  );

  it('distinguishes a glob from a file with an asterisk in its name', () => {
    expect(
      RegisteredFile.parse(bitbucketCloudUrls, `${ROOT}/src/main/*.yaml`)
        ?.isGlob,
    ).toBe(true);
    expect(
      RegisteredFile.parse(bitbucketCloudUrls, `${ROOT}/src/main/%2A.yaml`)
        ?.isGlob,
    ).toBe(false);
  });

  it('keeps the address of the repository as it was written', () => {
    const file = RegisteredFile.parse(
      bitbucketCloudUrls,
      'https://bitbucket.org/Acme/Shop/src/main/a.yaml',
    );
    expect(file?.fullName).toBe('acme/shop');
    expect(file?.repositoryUrl).toBe('https://bitbucket.org/Acme/Shop');
  });

  it.each(['https://github.com/acme/shop/blob/main/a.yaml', './a.yaml', ''])(
    'takes %s for none',
    url => {
      expect(RegisteredFile.parse(bitbucketCloudUrls, url)).toBeUndefined();
    },
  );
});
