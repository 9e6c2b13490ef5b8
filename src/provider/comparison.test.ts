import { CatalogFile, SkipReason, Walk } from '../discovery';
import { compare, isConclusive } from './comparison';

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

/** A walk that listed the repositories of these files, and those that it skipped. */
function walk(
  files: CatalogFile[],
  options: { also?: string[]; skipped?: [string, SkipReason][] } = {},
): Walk {
  const { also = [], skipped = [] } = options;
  const uuids = [
    ...files.map(one => one.repository.uuid),
    ...also,
    ...skipped.map(([uuid]) => uuid),
  ];
  return {
    files,
    repositories: uuids.map(uuid => repository(uuid)),
    skipped: skipped.map(([uuid, reason]) => ({
      repository: repository(uuid),
      reason,
    })),
  };
}

const nothing = { added: [], moved: [], gone: [], unlisted: [], unseen: [] };

describe('compare', () => {
  it('finds nothing to do where nothing changed', () => {
    expect(compare([file('a')], walk([file('a')]))).toEqual(nothing);
  });

  it('tells files that are new', () => {
    expect(compare([file('a')], walk([file('a'), file('b')]))).toEqual({
      ...nothing,
      added: [file('b')],
    });
  });

  it('tells files that are gone from a repository that was read', () => {
    expect(compare([file('a')], walk([], { also: ['a'] }))).toEqual({
      ...nothing,
      gone: [file('a')],
    });
  });

  it('tells files of repositories that the list lacks', () => {
    expect(compare([file('a')], walk([file('b')])).unlisted).toEqual([
      file('a'),
    ]);
  });

  it.each<SkipReason>(['vanished', 'unreadable'])(
    'tells files of repositories that were %s',
    reason => {
      const skipped: [string, SkipReason][] = [['a', reason]];
      expect(compare([file('a')], walk([], { skipped }))).toEqual({
        ...nothing,
        unseen: [file('a')],
      });
      expect(isConclusive(walk([], { skipped }))).toBe(false);
    },
  );

  it.each<SkipReason>(['empty', 'no branch'])(
    'takes the files of a repository with %s for gone',
    reason => {
      const skipped: [string, SkipReason][] = [['a', reason]];
      expect(compare([file('a')], walk([], { skipped })).gone).toEqual([
        file('a'),
      ]);
      expect(isConclusive(walk([], { skipped }))).toBe(true);
    },
  );

  it.each([
    ['a repository', { fullName: 'acme/new-name' }],
    ['a branch', { branch: 'trunk' }],
  ])('takes the new name of %s for a move', (_, change) => {
    expect(compare([file('a')], walk([file('a', change)]))).toEqual({
      ...nothing,
      added: [file('a', change)],
      moved: [file('a')],
    });
  });

  it('takes another path for another file', () => {
    const other = file('a', { path: 'other.yaml' });
    expect(compare([file('a')], walk([other]))).toEqual({
      ...nothing,
      added: [other],
      gone: [file('a')],
    });
  });
});
