import { CatalogFile, SkipReason, Walk } from '../discovery';
import { KnownFiles } from './knownFiles';

function repository(slug: string) {
  return {
    uuid: `{${slug}}`,
    slug,
    fullName: `acme/${slug}`,
    isPrivate: false,
    isFork: false,
  };
}

function file(slug: string, path = 'catalog-info.yaml'): CatalogFile {
  return { repository: repository(slug), branch: 'main', path };
}

function walk(
  files: CatalogFile[],
  skipped: [string, SkipReason][] = [],
): Walk {
  return {
    files,
    repositories: files.length + skipped.length,
    skipped: skipped.map(([slug, reason]) => ({
      repository: repository(slug),
      reason,
    })),
  };
}

function afterWalks(...walks: Walk[]): KnownFiles {
  const known = new KnownFiles();
  walks.forEach(one => known.accept(known.compare(one)));
  return known;
}

describe('KnownFiles', () => {
  it('tells what a walk added and removed', () => {
    const known = afterWalks(walk([file('a'), file('b')]));
    expect(known.compare(walk([file('b'), file('c'), file('d')]))).toEqual({
      files: [file('b'), file('c'), file('d')],
      added: 2,
      removed: 1,
      mayRemove: true,
    });
  });

  it.each<SkipReason>(['vanished', 'unreadable'])(
    'keeps the files of a repository that is %s',
    reason => {
      const known = afterWalks(walk([file('a'), file('b')]));
      expect(known.compare(walk([file('a')], [['b', reason]]))).toEqual({
        files: [file('b'), file('a')],
        added: 0,
        removed: 0,
        mayRemove: true,
      });
    },
  );

  it.each<SkipReason>(['empty', 'no branch'])(
    'drops the files of a repository that has %s',
    reason => {
      const known = afterWalks(walk([file('a'), file('b')]));
      expect(known.compare(walk([file('a')], [['b', reason]]))).toMatchObject({
        files: [file('a')],
        removed: 1,
      });
    },
  );

  it('removes nothing before one walk has read every repository', () => {
    const known = afterWalks(walk([file('a')], [['b', 'unreadable']]));
    expect(known.compare(walk([], [['b', 'unreadable']])).mayRemove).toBe(
      false,
    );
    expect(known.compare(walk([file('b')])).mayRemove).toBe(true);
  });

  it('counts a file that two patterns find once', () => {
    expect(
      new KnownFiles().compare(walk([file('a'), file('a')])).files,
    ).toEqual([file('a')]);
  });
});
