import { Lost, reasonToHold } from './brake';
import { LocatedFile } from './locations';

function files(count: number, prefix = 'private'): LocatedFile[] {
  return Array.from({ length: count }, (_, index) => {
    const fullName = `acme/${prefix}-${index}`;
    const path = 'catalog-info.yaml';
    const place = `${fullName}/main/${path}`;
    return { target: `https://bitbucket.org/${place}`, place, fullName, path };
  });
}

/** Repositories are private by their names. */
const known = new Map(
  [...files(1200), ...files(1200, 'public')].map(({ fullName }) => [
    fullName,
    { uuid: fullName, isPrivate: fullName.includes('private') },
  ]),
);

const lost = (unlisted: LocatedFile[], gone: LocatedFile[] = []): Lost => ({
  unlisted,
  gone,
});

describe('reasonToHold', () => {
  it.each([
    ['nothing', lost([]), 100, 0],
    ['ten, whatever the percentage', lost(files(10)), 10, 0],
    ['as much as is allowed', lost(files(20)), 100, 20],
    ['everything, where that is allowed', lost(files(100)), 100, 100],
  ])('lets %s go', (_, what, current, maxPercentage) => {
    expect(
      reasonToHold({ lost: what, listed: 1, current, known, maxPercentage }),
    ).toBeUndefined();
  });

  it('holds more than is allowed, and says what, why and how to allow it', () => {
    expect(
      reasonToHold({
        lost: lost(files(412)),
        listed: 1,
        current: 1200,
        known,
        maxPercentage: 20,
      }),
    ).toBe(
      '412 of 1200 Locations are kept although this walk did not find them: 412 repositories, all private, are no longer visible to this credential or to the filters. removals.maxPercentage lets 20 % go at once. If they are meant to go, raise it or approve this removal once (POST /api/catalog/bitbucket-cloud/removals/approve); give the credential its access back if not.',
    );
  });

  it('tells repositories from files', () => {
    expect(
      reasonToHold({
        lost: lost(files(11, 'public'), files(12)),
        listed: 1,
        current: 100,
        known,
        maxPercentage: 20,
      }),
    ).toContain(
      '23 of 100 Locations are kept although this walk did not find them: 11 repositories are no longer visible to this credential or to the filters, and 12 files are gone from their repositories.',
    );
  });

  it('holds everything where the list is empty, whatever is allowed', () => {
    expect(
      reasonToHold({
        lost: lost(files(2)),
        listed: 0,
        current: 2,
        known,
        maxPercentage: 100,
      }),
    ).toMatch(/^All 2 Locations are kept: the list of repositories is empty/);
  });
});
