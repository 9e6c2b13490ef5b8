import { CatalogFile, Walk } from '../discovery';
import { reasonToHold } from './brake';

const walk: Walk = {
  files: [],
  repositories: [
    {
      uuid: 'x',
      slug: 'x',
      fullName: 'acme/x',
      isPrivate: false,
      isFork: false,
    },
  ],
  skipped: [],
};

function files(count: number, isPrivate = true): CatalogFile[] {
  return Array.from({ length: count }, (_, index) => ({
    repository: { uuid: `${index}`, fullName: `acme/${index}`, isPrivate },
    branch: 'main',
    path: 'catalog-info.yaml',
  }));
}

function lost(unlisted: CatalogFile[], gone: CatalogFile[] = []) {
  return { added: [], moved: [], gone, unlisted, unseen: [] };
}

describe('reasonToHold', () => {
  it.each([
    ['nothing', lost([]), 100, 0],
    ['ten, whatever the percentage', lost(files(10)), 10, 0],
    ['as much as is allowed', lost(files(20)), 100, 20],
    ['everything, where that is allowed', lost(files(100)), 100, 100],
  ])('lets %s go', (_, comparison, known, maxPercentage) => {
    expect(
      reasonToHold(walk, comparison, known, maxPercentage),
    ).toBeUndefined();
  });

  it('holds more than is allowed, and says what, why and how to allow it', () => {
    expect(reasonToHold(walk, lost(files(412)), 1200, 20)).toBe(
      '412 of 1200 Locations are kept although this walk did not find them: 412 repositories, all private, are no longer visible to this credential or to the filters. That is more than the 20 % that removals.maxPercentage lets go at once. If it is meant, raise removals.maxPercentage of this provider; if it is not, give the credential its access back.',
    );
  });

  it('tells repositories from files', () => {
    const reason = reasonToHold(
      walk,
      lost(files(11, false), files(12)),
      100,
      20,
    );
    expect(reason).toContain(
      '23 of 100 Locations are kept although this walk did not find them: 11 repositories, all public, are no longer visible to this credential or to the filters, and 12 files are gone from their repositories.',
    );
  });

  it('holds everything where the list is empty, whatever is allowed', () => {
    const empty = { ...walk, repositories: [] };
    expect(reasonToHold(empty, lost(files(2)), 2, 100)).toMatch(
      /^All 2 Locations are kept: the list of repositories is empty/,
    );
  });
});
