import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { NO_DIFFERENCES, repositoriesToRepair } from './planRepositories';

const MINUTE = 60_000;
const NOW = 1_000_000_000_000;

const location = (more: Partial<EmittedLocation> = {}): EmittedLocation => ({
  target: 'https://bitbucket.org/acme/shop/src/main/a.yaml',
  place: 'acme/shop/main/a.yaml',
  fullName: 'acme/shop',
  path: 'a.yaml',
  entityRef: 'location:default/a',
  uuid: '{shop}',
  isInCatalog: true,
  isRecorded: true,
  ...more,
});
const { target } = location();
const missing = (since: number, tried?: number) => [
  location({
    missingSince: NOW - since,
    triedAt: tried === undefined ? undefined : NOW - tried,
  }),
];

describe('repositoriesToRepair', () => {
  it.each([
    ['looks at nothing where nothing differs', {}, 0],
    [
      'looks at a repository whose Location the catalog lacks',
      { absent: [location()] },
      1,
    ],
    [
      'looks at a Location that another module has added',
      { foreign: [location()] },
      1,
    ],
    [
      'looks at a Location that a provider of this module has',
      { conflicts: [{ target, holder: 'peer', location: location() }] },
      1,
    ],
    [
      'leaves a Location to another source',
      { conflicts: [{ target, holder: 'other', location: location() }] },
      0,
    ],
    ['looks at a missing file at once', { missing: missing(0) }, 1],
    [
      'waits after an attempt to confirm it that failed',
      { missing: missing(9 * MINUTE, 4 * MINUTE) },
      0,
    ],
    [
      'waits as long as it was missing by then',
      { missing: missing(9 * MINUTE, 5 * MINUTE) },
      1,
    ],
    [
      'waits for a day at most',
      { missing: missing(9_000 * MINUTE, 1_440 * MINUTE) },
      1,
    ],
  ])('%s', (_, differences, count) => {
    const { uuids } = repositoriesToRepair(
      { ...NO_DIFFERENCES, ...differences },
      { held: new Set(), peers: new Set(['peer']), now: NOW },
    );
    expect(uuids).toEqual(count ? ['{shop}'] : []);
  });

  it('leaves what is held to the next full list', () => {
    const { uuids } = repositoriesToRepair(
      { ...NO_DIFFERENCES, missing: missing(0) },
      { held: new Set([target]), peers: new Set(), now: NOW },
    );
    expect(uuids).toEqual([]);
  });

  it('names the source that has a Location', () => {
    const { conflicts } = repositoriesToRepair(
      {
        ...NO_DIFFERENCES,
        conflicts: [{ target, holder: 'other', location: location() }],
      },
      { held: new Set(), peers: new Set(), now: NOW },
    );
    expect(conflicts).toEqual([{ target, holder: 'other' }]);
  });
});
