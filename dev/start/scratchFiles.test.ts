import { isScratch } from './scratchFiles';

describe('isScratch', () => {
  it.each([
    '.catalog-info.yaml.swp',
    'docs/catalog-info.yaml~',
    '4913',
    '.#catalog-info.yaml',
    '#catalog-info.yaml#',
    'catalog-info.yaml___jb_tmp___',
    '.DS_Store',
    '.git/HEAD',
    'node_modules/left-pad/index.js',
  ])('leaves %s alone', path => {
    expect(isScratch(path)).toBe(true);
  });

  it.each([
    'catalog-info.yaml',
    '.github/CODEOWNERS',
    '.gitignore',
    'docs/fuel #2.md',
    'swim.sw',
  ])('takes %s for a file of the repository', path => {
    expect(isScratch(path)).toBe(false);
  });
});
