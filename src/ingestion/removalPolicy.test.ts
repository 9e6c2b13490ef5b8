import {
  EmittedLocation,
  fromTarget,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import {
  decideRemovals,
  RemovalCandidate,
  RemovalSituation,
} from './removalPolicy';

function candidates(
  count: number,
  kind: 'repository' | 'path' = 'repository',
  prefix: string = kind,
): RemovalCandidate[] {
  return Array.from({ length: count }, (_, index) => {
    const target = `https://bitbucket.org/acme/${prefix}-${index}/src/main/a.yaml`;
    const file = fromTarget(bitbucketCloudUrls, target)!;
    const location: EmittedLocation = {
      ...file,
      entityRef: locationRefOf(file),
      uuid: `{${prefix}-${index}}`,
      isInCatalog: true,
      isRecorded: true,
    };
    return {
      location,
      absence:
        kind === 'repository'
          ? { kind, by: 'list' }
          : { kind, by: 'file', branch: 'main' },
    };
  });
}

function emittedByOthers(
  count: number,
  kind: 'repository' | 'path' = 'path',
): RemovalCandidate[] {
  return candidates(count, kind).map(({ location, ...rest }) => ({
    ...rest,
    location: { ...location, isRecorded: false },
  }));
}

const refsOf = (all: RemovalCandidate[]) =>
  new Set(all.map(({ location }) => location.entityRef));

const targetsOf = (all: RemovalCandidate[]) =>
  new Set(all.map(({ location }) => location.target));

const situation = (given: Partial<RemovalSituation>): RemovalSituation => ({
  candidates: [],
  held: new Set(),
  approved: new Set(),
  used: { locations: 0, repositories: 0 },
  current: 100,
  listed: 100,
  isFullList: true,
  maxPercentage: 20,
  withoutEntities: new Set(),
  isPrivate: () => false,
  ...given,
});

describe('decideRemovals', () => {
  it.each<[string, Partial<RemovalSituation>, { apply: number; hold: number }]>(
    [
      ['has nothing to decide', {}, { apply: 0, hold: 0 }],
      [
        'lets ten files go in a catalog of ten',
        { candidates: candidates(10, 'path'), current: 10 },
        { apply: 10, hold: 0 },
      ],
      [
        'lets as much go as is allowed',
        { candidates: candidates(20), listed: 80 },
        { apply: 20, hold: 0 },
      ],
      [
        'lets all go that another module has emitted for files that are not there',
        {
          candidates: emittedByOthers(90),
          withoutEntities: refsOf(emittedByOthers(90)),
        },
        { apply: 90, hold: 0 },
      ],
      [
        'holds what another module has emitted where entities come from it',
        { candidates: emittedByOthers(90) },
        { apply: 0, hold: 90 },
      ],
      [
        'holds what another module has emitted where the repositories are not visible',
        {
          candidates: emittedByOthers(90, 'repository'),
          withoutEntities: refsOf(emittedByOthers(90, 'repository')),
        },
        { apply: 0, hold: 90 },
      ],
      [
        'holds what this module has emitted although no entity comes from it',
        {
          candidates: candidates(90, 'path'),
          withoutEntities: refsOf(candidates(90, 'path')),
        },
        { apply: 0, hold: 90 },
      ],
      [
        'holds more than is allowed',
        { candidates: candidates(21), listed: 79 },
        { apply: 0, hold: 21 },
      ],
      [
        'counts what was removed since the last full list',
        {
          candidates: candidates(1, 'path'),
          used: { locations: 20, repositories: 0 },
          current: 80,
        },
        { apply: 0, hold: 1 },
      ],
      [
        'holds most repositories of a small workspace',
        { candidates: candidates(10), current: 11, listed: 1 },
        { apply: 0, hold: 10 },
      ],
      [
        'counts the repositories that deliveries have removed one by one',
        {
          candidates: candidates(1),
          used: { locations: 5, repositories: 5 },
          current: 6,
          listed: 5,
          isFullList: false,
        },
        { apply: 0, hold: 1 },
      ],
      [
        'lets all repositories go that are visible and left out by the filters',
        {
          candidates: candidates(2).map(one => ({
            ...one,
            repository: {
              uuid: one.location.uuid,
              slug: 'a',
              fullName: 'acme/a',
              isPrivate: false,
              isFork: false,
            },
          })),
          current: 2,
          listed: 0,
          isFullList: false,
        },
        { apply: 2, hold: 0 },
      ],
      [
        'lets one of two repositories go',
        { candidates: candidates(1), current: 2, listed: 1 },
        { apply: 1, hold: 0 },
      ],
      [
        'lets everything go where the settings allow it',
        { candidates: candidates(99), listed: 1, maxPercentage: 100 },
        { apply: 99, hold: 0 },
      ],
      [
        'holds everything where the list is empty, whatever the settings allow',
        {
          candidates: candidates(2),
          current: 2,
          listed: 0,
          maxPercentage: 100,
        },
        { apply: 0, hold: 2 },
      ],
      [
        'holds a single Location that is held already',
        {
          candidates: candidates(1),
          held: targetsOf(candidates(30)),
          isFullList: false,
        },
        { apply: 0, hold: 1 },
      ],
      [
        'lets what is approved go',
        {
          candidates: candidates(30),
          held: targetsOf(candidates(30)),
          approved: targetsOf(candidates(30)),
          listed: 70,
        },
        { apply: 30, hold: 0 },
      ],
      [
        'holds what was lost after an approval',
        {
          candidates: [
            ...candidates(30),
            ...candidates(30, 'repository', 'new'),
          ],
          held: targetsOf(candidates(30)),
          approved: targetsOf(candidates(30)),
          listed: 40,
        },
        { apply: 30, hold: 30 },
      ],
      [
        'lets a file go beside others that are held',
        {
          candidates: [...candidates(30), ...candidates(1, 'path')],
          held: targetsOf(candidates(30)),
          listed: 70,
        },
        { apply: 1, hold: 30 },
      ],
    ],
  )('%s', (_, given, expected) => {
    const { apply, hold } = decideRemovals(situation(given));
    expect({ apply: apply.length, hold: hold.length }).toEqual(expected);
  });

  it('says what is held, why, and how to allow it', () => {
    const { reason } = decideRemovals(
      situation({
        candidates: [...candidates(30), ...candidates(2, 'path')],
        listed: 70,
        isPrivate: fullName => fullName.startsWith('acme/repository'),
      }),
    );
    expect(reason).toBe(
      '32 of 100 Locations are kept although this walk did not find them: 30 repositories, all private, are no longer visible to this credential or no longer match the filters, and 2 files are gone from their repositories. removals.maxPercentage allows the removal of 20 % between two full lists. If this removal is intended, raise removals.maxPercentage or approve it once (POST /api/catalog/bitbucket/removals/approve). If not, restore the access of the credential.',
    );
  });
});
