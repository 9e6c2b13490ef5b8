import { Finding, FoundFile, Looked, SkipReason } from '../discovery';
import { locate } from './locations';
import { isTold, toldFiles, touchedTargets } from './told';

const repository = {
  uuid: '{1}',
  slug: 'shop',
  fullName: 'acme/shop',
  isPrivate: false,
  isFork: false,
};

const SHOP = 'https://bitbucket.org/acme/shop/src';

const UPDATED = new Set(['{1}']);

const found = (...files: FoundFile[]): Looked => ({
  repository,
  branch: 'main',
  files,
});

const skipped = (reason: SkipReason): Finding => ({ repository, reason });

const told = (...files: { target: string; hash?: string }[]) =>
  new Map([['{1}', files]]);

describe('isTold', () => {
  const before = told({ target: `${SHOP}/main/a.yaml`, hash: 'h1' });

  it('knows the files that the catalog was told of, whatever is in them', () => {
    expect(isTold(found({ path: 'a.yaml', hash: 'h1' }), before)).toBe(true);
    expect(isTold(found({ path: 'a.yaml', hash: 'h2' }), before)).toBe(true);
  });

  it('knows them by another spelling', () => {
    const target = `${SHOP}/main/b c/ü.yaml`;
    expect(isTold(found({ path: 'b c/ü.yaml' }), told({ target }))).toBe(true);
  });

  it.each<[string, Finding]>([
    ['a new file', found({ path: 'a.yaml' }, { path: 'b.yaml' })],
    ['another file', found({ path: 'b.yaml' })],
    ['no file any more', found()],
    ['another branch', { ...found({ path: 'a.yaml' }), branch: 'trunk' }],
    ['no branch any more', skipped('no branch')],
    ['no commit any more', skipped('empty')],
  ])('has news of %s', (_, finding) => {
    expect(isTold(finding, before)).toBe(false);
  });

  it.each<SkipReason>(['vanished', 'unreadable'])(
    'takes a repository that was %s for no news',
    reason => {
      expect(isTold(skipped(reason), before)).toBe(true);
    },
  );

  it('has no news of a repository that never had a file', () => {
    expect(isTold(found(), new Map())).toBe(true);
    expect(isTold(found({ path: 'a.yaml' }), new Map())).toBe(false);
  });
});

describe('touchedTargets', () => {
  const a = { target: `${SHOP}/main/a.yaml`, hash: 'h1' };
  const b = { target: `${SHOP}/main/b.yaml`, hash: 'h1' };

  it('names what has another content now', () => {
    const findings = [
      found({ path: 'a.yaml', hash: 'h1' }, { path: 'b.yaml', hash: 'h2' }),
    ];
    expect(touchedTargets(findings, told(a, b), UPDATED)).toEqual({
      targets: [b.target],
      told: told(a, { ...b, hash: 'h2' }),
    });
  });

  it('keeps the spelling of the catalog', () => {
    const target = `${SHOP}/main/b c.yaml`;
    const findings = [found({ path: 'b c.yaml', hash: 'h2' })];
    expect(
      touchedTargets(findings, told({ target, hash: 'h1' }), UPDATED).targets,
    ).toEqual([target]);
  });

  it.each<[string, Finding]>([
    ['nothing changed', found({ path: 'a.yaml', hash: 'h1' })],
    ['it is new', found({ path: 'new.yaml', hash: 'h1' })],
    ['it is gone', found()],
    ['its repository cannot be read', skipped('unreadable')],
  ])('names nothing where %s', (_, finding) => {
    expect(touchedTargets([finding], told(a), UPDATED)).toEqual({
      targets: [],
      told: new Map(),
    });
  });

  it('learns a hash that was not known, without any news', () => {
    const findings = [found({ path: 'a.yaml', hash: 'h1' })];
    const before = told({ target: a.target });
    expect(touchedTargets(findings, before, new Set())).toEqual({
      targets: [],
      told: told(a),
    });
  });

  it.each([undefined, 'h1'])(
    'takes what had no hash for touched with any update; now it has %s',
    hash => {
      const findings = [found({ path: 'a.yaml', hash })];
      const before = told({ target: a.target });
      expect(touchedTargets(findings, before, UPDATED).targets).toEqual([
        a.target,
      ]);
    },
  );
});

describe('toldFiles', () => {
  const located = (path: string, hash?: string) =>
    locate(repository, 'main', { path, hash });
  const a = { target: `${SHOP}/main/a.yaml`, hash: 'h1' };

  it('remembers where files are and what is in them', () => {
    const files = new Map([['{1}', [located('a.yaml', 'h1')]]]);
    expect(toldFiles(files, new Map())).toEqual(told(a));
  });

  it('remembers that the last of them is gone', () => {
    expect(toldFiles(new Map([['{1}', []]]), told(a))).toEqual(told());
  });

  it('has nothing to remember where nothing is new', () => {
    const files = new Map([['{1}', [located('a.yaml', 'h1')]]]);
    expect(toldFiles(files, told(a))).toEqual(new Map());
    expect(toldFiles(new Map([['{2}', []]]), new Map())).toEqual(new Map());
  });
});
