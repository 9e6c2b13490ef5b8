import {
  EmittedLocation,
  fromTarget,
  LocatedFile,
  locationRefOf,
} from '../catalog-tables/EmittedLocation';
import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import { locate } from './locations';
import {
  pairByEntities,
  pairByPath,
  planRepository,
  RepositoryState,
} from './plan';
import { Finding, Searched, SkipReason } from './repositoryFiles';

type Place = {
  slug?: string;
  branch?: string;
  path?: string;
  hash?: string;
};

const UUID = '{shop}';
const repository = (slug = 'shop') => ({
  uuid: UUID,
  slug,
  fullName: `acme/${slug}`,
  isPrivate: false,
  isFork: false,
});

const file = ({ slug, branch = 'main', path = 'a.yaml', hash }: Place = {}) =>
  locate(bitbucketCloudUrls, repository(slug), branch, { path, hash });

const emitted = (
  place: Place = {},
  more: Partial<EmittedLocation> = {},
): EmittedLocation => {
  const located = file(place);
  return {
    ...located,
    entityRef: locationRefOf(located),
    uuid: UUID,
    isInCatalog: true,
    isRecorded: true,
    ...more,
  };
};

const found = (...places: Place[]): Searched => ({
  repository: repository(places[0]?.slug),
  branch: places[0]?.branch ?? 'main',
  files: places.map(({ path = 'a.yaml', hash }) => ({ path, hash })),
});
const skipped = (reason: SkipReason): Finding => ({
  repository: repository(),
  reason,
});

const plan = (state: Partial<RepositoryState> & { finding: Finding }) =>
  planRepository({
    urls: bitbucketCloudUrls,
    before: [],
    inherited: new Map(),
    isUpdated: false,
    ...state,
  });

const targets = (files: readonly LocatedFile[]) =>
  files.map(({ target }) => target.replace('https://bitbucket.org/acme/', ''));

/** What is to be done, in short. */
const summary = (state: Partial<RepositoryState> & { finding: Finding }) => {
  const { add, adopt, moves, refresh, ...rest } = plan(state);
  const { missing, unconfirmed, forgotten } = rest;
  return {
    add: targets(add),
    adopt: targets(adopt),
    moves: moves.map(({ from, to }) => targets([from, to]).join(' -> ')),
    refresh: refresh.length,
    missing: targets(missing),
    unconfirmed: targets(unconfirmed),
    forgotten: targets(forgotten),
  };
};

const nothing = {
  add: [],
  adopt: [],
  moves: [],
  refresh: 0,
  missing: [],
  unconfirmed: [],
  forgotten: [],
};

describe('planRepository', () => {
  it.each<[string, Partial<RepositoryState> & { finding: Finding }, object]>([
    [
      'leaves a file that the catalog has as it is',
      { finding: found({ hash: '1' }), before: [emitted({ hash: '1' })] },
      {},
    ],
    [
      'emits again what another module has emitted, if it is found',
      {
        finding: found({ hash: '1' }),
        before: [
          emitted({ hash: '1' }, { isRecorded: false }),
          emitted({ path: 'b.yaml' }, { isRecorded: false }),
        ],
      },
      { adopt: ['shop/src/main/a.yaml'], missing: ['shop/src/main/b.yaml'] },
    ],
    [
      'adds a new file',
      { finding: found({}) },
      { add: ['shop/src/main/a.yaml'] },
    ],
    [
      'adds a file again that was emitted and that the catalog does not have',
      {
        finding: found({ hash: '1' }),
        before: [emitted({ hash: '1' }, { isInCatalog: false })],
      },
      { add: ['shop/src/main/a.yaml'] },
    ],
    [
      'refreshes a file with another content',
      { finding: found({ hash: '2' }), before: [emitted({ hash: '1' })] },
      { refresh: 1 },
    ],
    [
      'refreshes a file of unknown content only in a repository that was updated',
      { finding: found({}), before: [emitted()], isUpdated: true },
      { refresh: 1 },
    ],
    [
      'does not refresh a file whose content becomes known',
      { finding: found({ hash: '1' }), before: [emitted()] },
      {},
    ],
    [
      'reports a file that is not found as missing',
      { finding: { ...found(), files: [] }, before: [emitted()] },
      { missing: ['shop/src/main/a.yaml'] },
    ],
    [
      'reports every file of an empty repository as missing',
      { finding: skipped('empty'), before: [emitted()] },
      { missing: ['shop/src/main/a.yaml'] },
    ],
    ...(['vanished', 'failing'] as const).map(
      (
        reason,
      ): [string, Partial<RepositoryState> & { finding: Finding }, object] => [
        `keeps every file of a repository that is ${reason}`,
        { finding: skipped(reason), before: [emitted()] },
        { unconfirmed: ['shop/src/main/a.yaml'] },
      ],
    ),
    [
      'moves a file of a repository with a new name',
      {
        finding: found({ slug: 'store', hash: '1' }),
        before: [emitted({ hash: '1' })],
      },
      { moves: ['shop/src/main/a.yaml -> store/src/main/a.yaml'] },
    ],
    [
      'moves a file of a branch with a new name',
      {
        finding: found({ branch: 'trunk', hash: '1' }),
        before: [emitted({ hash: '1' })],
      },
      { moves: ['shop/src/main/a.yaml -> shop/src/trunk/a.yaml'] },
    ],
    [
      'prefers the same path where files of the same content move',
      {
        finding: found(
          { branch: 'trunk', path: 'a.yaml', hash: '1' },
          { branch: 'trunk', path: 'b.yaml', hash: '1' },
        ),
        before: [
          emitted({ path: 'b.yaml', hash: '1' }),
          emitted({ path: 'a.yaml', hash: '1' }),
        ],
      },
      {
        moves: [
          'shop/src/main/b.yaml -> shop/src/trunk/b.yaml',
          'shop/src/main/a.yaml -> shop/src/trunk/a.yaml',
        ],
      },
    ],
    [
      'does not take a file of another branch for the same by its path alone',
      {
        finding: found({ branch: 'trunk', hash: '2' }),
        before: [emitted({ hash: '1' })],
      },
      {
        add: ['shop/src/trunk/a.yaml'],
        missing: ['shop/src/main/a.yaml'],
      },
    ],
    [
      'moves a file of the same content to another path',
      {
        finding: found({ path: 'apps/a.yaml', hash: '1' }),
        before: [emitted({ path: 'services/a.yaml', hash: '1' })],
      },
      { moves: ['shop/src/main/services/a.yaml -> shop/src/main/apps/a.yaml'] },
    ],
    [
      'does not take a file of another content for the same',
      {
        finding: found({ path: 'apps/a.yaml', hash: '2' }),
        before: [emitted({ path: 'services/a.yaml', hash: '1' })],
      },
      {
        add: ['shop/src/main/apps/a.yaml'],
        missing: ['shop/src/main/services/a.yaml'],
      },
    ],
    [
      'forgets what is neither found nor in the catalog',
      {
        finding: { ...found(), files: [] },
        before: [emitted({}, { isInCatalog: false })],
      },
      { forgotten: ['shop/src/main/a.yaml'] },
    ],
    [
      'refreshes a file that the catalog has from a repository of that name before',
      {
        finding: found({}),
        inherited: new Map([[emitted().entityRef, emitted()]]),
      },
      { refresh: 1 },
    ],
  ])('%s', (_, state, expected) => {
    expect(summary(state)).toEqual({ ...nothing, ...expected });
  });

  it('keeps the spelling of a URL that the catalog has', () => {
    const target = 'https://bitbucket.org/acme/shop/src/main/a b.yaml';
    const before = [
      { ...emitted(), ...fromTarget(bitbucketCloudUrls, target)! },
    ];
    const { add, found: all } = plan({
      finding: found({ path: 'a b.yaml' }),
      before,
    });
    expect(add).toEqual([]);
    expect(all.map(one => one.target)).toEqual([target]);
  });

  it('records a file that is there again after it was missing', () => {
    const before = [emitted({ hash: '1' }, { missingSince: 1 })];
    const { unchanged } = plan({ finding: found({ hash: '1' }), before });
    expect(unchanged.size).toBe(0);
  });
});

describe('pairByEntities', () => {
  const edited = plan({
    finding: found({ path: 'apps/a.yaml', hash: '2' }),
    before: [emitted({ path: 'services/a.yaml', hash: '1' })],
  });
  const [{ entityRef }] = edited.missing;
  const [{ target }] = edited.add;

  it.each([
    ['all entities', ['component:default/a', 'api:default/a'], 1],
    ['some of the entities', ['component:default/a'], 0],
    ['other entities', ['component:default/b'], 0],
  ])(
    'takes a new file that defines %s of a missing one for the same: %#',
    (_, defined, moves) => {
      const paired = pairByEntities(
        edited,
        new Map([[entityRef, ['component:default/a', 'api:default/a']]]),
        new Map([[target, defined]]),
      );
      expect(paired.moves).toHaveLength(moves);
      expect(paired.add).toHaveLength(1 - moves);
      expect(paired.missing).toHaveLength(1 - moves);
    },
  );

  const otherBranch = plan({
    finding: found(
      { branch: 'trunk', path: 'a.yaml', hash: '3' },
      { branch: 'trunk', path: 'b.yaml', hash: '4' },
    ),
    before: [
      emitted({ path: 'a.yaml', hash: '1' }),
      emitted({ path: 'b.yaml', hash: '2' }),
    ],
  });
  /** A file `a.yaml` defined `a`. */
  const provided = new Map(
    otherBranch.missing.map(one => [one.entityRef, [one.path[0]]]),
  );

  it.each<[string, Record<string, string[]>, string[]]>([
    [
      'moves files of another branch that define the same entities',
      { 'a.yaml': ['a'], 'b.yaml': ['b'] },
      ['main/a.yaml -> trunk/a.yaml', 'main/b.yaml -> trunk/b.yaml'],
    ],
    [
      'prefers the same path where two files of another branch define an entity',
      { 'a.yaml': ['a', 'b'], 'b.yaml': ['b'] },
      ['main/a.yaml -> trunk/a.yaml', 'main/b.yaml -> trunk/b.yaml'],
    ],
    [
      'follows entities that are in other files of another branch',
      { 'a.yaml': ['b'], 'b.yaml': ['a'] },
      ['main/a.yaml -> trunk/b.yaml', 'main/b.yaml -> trunk/a.yaml'],
    ],
    [
      'moves no file of another branch that defines other entities',
      { 'a.yaml': ['c'], 'b.yaml': ['d'] },
      [],
    ],
  ])('%s', (_, entities, expected) => {
    const defined = new Map(
      otherBranch.found.map(one => [one.target, entities[one.path]]),
    );
    const { moves } = pairByEntities(otherBranch, provided, defined);
    expect(
      moves.map(({ from, to }) =>
        targets([from, to]).join(' -> ').replaceAll('shop/src/', ''),
      ),
    ).toEqual(expected);
  });

  it('leaves a file whose path is found to be paired by that, also where another one has become the same', () => {
    const [a, b] = otherBranch.found;
    const { moves, add, missing } = pairByPath(
      pairByEntities(otherBranch, provided, new Map([[b.target, ['a']]])),
    );
    expect(moves.map(({ to }) => to)).toEqual([b, b]);
    expect(add).toEqual([a]);
    expect(missing).toEqual([]);
  });
});
