import { Finding, SkipReason } from '../discovery';
import { compare } from './comparison';
import { fromTarget, locate, LocatedFile } from './locations';

function repository(uuid: string, fullName = `acme/${uuid}`) {
  const slug = fullName.split('/')[1];
  return { uuid, slug, fullName, isPrivate: false, isFork: false };
}

type Place = { fullName?: string; branch?: string; path?: string };

/** A repository with one file. */
function found(uuid: string, place: Place = {}): Finding {
  const { fullName, branch = 'main', path = 'catalog-info.yaml' } = place;
  return { repository: repository(uuid, fullName), branch, files: [{ path }] };
}

function located(uuid: string, place: Place = {}): LocatedFile {
  const { fullName, branch = 'main', path = 'catalog-info.yaml' } = place;
  return locate(repository(uuid, fullName), branch, { path });
}

const withoutFiles = (uuid: string): Finding => ({
  repository: repository(uuid),
  branch: 'main',
  files: [],
});

const skipped = (uuid: string, reason: SkipReason): Finding => ({
  repository: repository(uuid),
  reason,
});

/** What the catalog has of one repository. */
const catalog = (uuid: string, ...files: LocatedFile[]) =>
  new Map([[uuid, files]]);

const differences = (...args: Parameters<typeof compare>) => {
  const { found: _, ...rest } = compare(...args);
  return rest;
};

const nothing = { added: [], moved: [], gone: new Map(), unseen: [] };

describe('compare', () => {
  const current = catalog('a', located('a'));

  it('finds nothing to do where nothing changed', () => {
    expect(differences(current, [found('a')])).toEqual(nothing);
  });

  it('tells files that are new', () => {
    expect(differences(current, [found('a'), found('b')])).toEqual({
      ...nothing,
      added: [located('b')],
    });
  });

  it('tells files that are gone from a repository', () => {
    expect(differences(current, [withoutFiles('a')])).toEqual({
      ...nothing,
      gone: new Map([['a', [located('a')]]]),
    });
  });

  it('says nothing of repositories that were not looked into', () => {
    expect(differences(current, [])).toEqual(nothing);
  });

  it.each<SkipReason>(['vanished', 'unreadable'])(
    'tells files of repositories that were %s',
    reason => {
      expect(differences(current, [skipped('a', reason)])).toEqual({
        ...nothing,
        unseen: [located('a')],
      });
    },
  );

  it.each<SkipReason>(['empty', 'no branch'])(
    'takes the files of a repository with %s for gone',
    reason => {
      expect(differences(current, [skipped('a', reason)])).toEqual({
        ...nothing,
        gone: new Map([['a', [located('a')]]]),
      });
    },
  );

  it.each([
    ['a repository', { fullName: 'acme/new-name' }],
    ['a branch', { branch: 'trunk' }],
  ])('takes the new name of %s for a move', (_, change) => {
    expect(differences(current, [found('a', change)])).toEqual({
      ...nothing,
      added: [located('a', change)],
      moved: [{ from: located('a'), to: located('a', change) }],
    });
  });

  it('takes another path for another file', () => {
    const change = { path: 'other.yaml' };
    expect(differences(current, [found('a', change)])).toEqual({
      ...nothing,
      added: [located('a', change)],
      gone: new Map([['a', [located('a')]]]),
    });
  });

  it('names all that was found, by repository, unless it could not be looked into', () => {
    const findings = [
      found('a'),
      withoutFiles('b'),
      skipped('c', 'empty'),
      skipped('d', 'unreadable'),
    ];
    expect(compare(current, findings).found).toEqual(
      new Map([
        ['a', [located('a')]],
        ['b', []],
        ['c', []],
      ]),
    );
  });

  it('keeps the spelling of a URL that the catalog has', () => {
    const target = 'https://bitbucket.org/acme/a/src/main/b c/ü.yaml';
    const files = [fromTarget(target)].flatMap(one => one ?? []);
    const findings = [found('a', { path: 'b c/ü.yaml' })];
    expect(compare(catalog('a', ...files), findings)).toEqual({
      ...nothing,
      found: new Map([['a', files]]),
    });
  });

  it('spells a branch with a slash so that it can be told from the path', () => {
    const target = 'https://bitbucket.org/acme/a/src/release/1/x.yaml';
    const files = [fromTarget(target)].flatMap(one => one ?? []);
    const findings = [found('a', { branch: 'release/1', path: 'x.yaml' })];
    const comparison = compare(catalog('a', ...files), findings);
    expect(comparison.found.get('a')).toMatchObject([
      { target: 'https://bitbucket.org/acme/a/src/release%2F1/x.yaml' },
    ]);
  });
});
