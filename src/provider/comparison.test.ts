import { CatalogFile, SkipReason, Walk } from '../discovery';
import { compare } from './comparison';
import { fromTarget, locate, LocatedFile } from './locations';

function repository(uuid: string, fullName = `acme/${uuid}`) {
  const slug = fullName.split('/')[1];
  return { uuid, slug, fullName, isPrivate: false, isFork: false };
}

function file(
  uuid: string,
  options: { fullName?: string; branch?: string; path?: string } = {},
): CatalogFile {
  const { fullName, branch = 'main', path = 'catalog-info.yaml' } = options;
  return { repository: repository(uuid, fullName), branch, path };
}

const located = (...args: Parameters<typeof file>) => locate(file(...args));

/** A walk that listed the repositories of these files, and those that it skipped. */
function walk(
  files: CatalogFile[],
  options: { also?: string[]; skipped?: [string, SkipReason][] } = {},
): Walk {
  const { also = [], skipped = [] } = options;
  return {
    files,
    repositories: [
      ...files.map(one =>
        repository(one.repository.uuid, one.repository.fullName),
      ),
      ...[...also, ...skipped.map(([uuid]) => uuid)].map(uuid =>
        repository(uuid),
      ),
    ],
    skipped: skipped.map(([uuid, reason]) => ({
      repository: repository(uuid),
      reason,
    })),
  };
}

/** Every repository is known by the name that it has in these tests at first. */
const known = new Map(
  ['a', 'b'].map(uuid => [`acme/${uuid}`, repository(uuid)]),
);

const differences = (current: LocatedFile[], result: Walk, names = known) => {
  const { found, ...rest } = compare(current, names, result);
  return rest;
};

const nothing = { added: [], moved: [], gone: [], unlisted: [], unseen: [] };

describe('compare', () => {
  it('finds nothing to do where nothing changed', () => {
    expect(differences([located('a')], walk([file('a')]))).toEqual(nothing);
  });

  it('tells files that are new', () => {
    expect(differences([located('a')], walk([file('a'), file('b')]))).toEqual({
      ...nothing,
      added: [located('b')],
    });
  });

  it.each([
    ['', known],
    [' whose uuid was never seen', new Map()],
  ])('tells files that are gone from a repository%s', (_, names) => {
    expect(
      differences([located('a')], walk([], { also: ['a'] }), names),
    ).toEqual({ ...nothing, gone: [located('a')] });
  });

  it.each([
    ['', known],
    [' whose uuid was never seen', new Map()],
  ])('tells files of repositories that the list lacks%s', (_, names) => {
    expect(
      differences([located('a')], walk([file('b')]), names).unlisted,
    ).toEqual([located('a')]);
  });

  it.each<SkipReason>(['vanished', 'unreadable'])(
    'tells files of repositories that were %s',
    reason => {
      expect(
        differences([located('a')], walk([], { skipped: [['a', reason]] })),
      ).toEqual({ ...nothing, unseen: [located('a')] });
    },
  );

  it.each<SkipReason>(['empty', 'no branch'])(
    'takes the files of a repository with %s for gone',
    reason => {
      expect(
        differences([located('a')], walk([], { skipped: [['a', reason]] })),
      ).toEqual({ ...nothing, gone: [located('a')] });
    },
  );

  it.each([
    ['a repository', { fullName: 'acme/new-name' }],
    ['a branch', { branch: 'trunk' }],
  ])('takes the new name of %s for a move', (_, change) => {
    expect(differences([located('a')], walk([file('a', change)]))).toEqual({
      ...nothing,
      added: [located('a', change)],
      moved: [located('a')],
    });
  });

  it('takes another path for another file', () => {
    const change = { path: 'other.yaml' };
    expect(differences([located('a')], walk([file('a', change)]))).toEqual({
      ...nothing,
      added: [located('a', change)],
      gone: [located('a')],
    });
  });

  it('keeps the spelling of a URL that the catalog has', () => {
    const target = 'https://bitbucket.org/acme/a/src/main/b c/ü.yaml';
    const current = [fromTarget(target)].flatMap(one => one ?? []);
    const result = walk([file('a', { path: 'b c/ü.yaml' })]);
    expect(compare(current, known, result)).toEqual({
      ...nothing,
      found: current,
    });
  });

  it('spells a branch with a slash so that it can be told from the path', () => {
    const target = 'https://bitbucket.org/acme/a/src/release/1/x.yaml';
    const current = [fromTarget(target)].flatMap(one => one ?? []);
    const result = walk([file('a', { branch: 'release/1', path: 'x.yaml' })]);
    expect(compare(current, known, result).found).toMatchObject([
      { target: 'https://bitbucket.org/acme/a/src/release%2F1/x.yaml' },
    ]);
  });
});
