import { Repository } from '../scm/types';
import { currentRef, longestCurrentRef } from './currentRef';
import { CachedRef } from './rows';

const HEAD = 'a'.repeat(40);
const COMMIT = 'b'.repeat(40);

const repository = {
  mainBranch: { name: 'main', hash: HEAD },
  updatedOn: '2026-11-27T10:00:00Z',
} as Repository;
const { updatedOn } = repository;

const cases: {
  what: string;
  name: string;
  known?: CachedRef;
  expected: CachedRef | undefined;
}[] = [
  {
    what: 'takes the head of the main branch from the repository',
    name: 'main',
    known: { commit: COMMIT, kind: 'branch', updatedOn: undefined },
    expected: { commit: HEAD, kind: 'branch', updatedOn },
  },
  {
    what: 'takes a full hash for itself',
    name: COMMIT,
    expected: { commit: COMMIT, updatedOn },
  },
  {
    what: 'keeps a tag although the repository was updated since',
    name: 'v1',
    known: { commit: COMMIT, kind: 'tag', updatedOn: undefined },
    expected: { commit: COMMIT, kind: 'tag', updatedOn: undefined },
  },
  {
    what: 'keeps a branch that was asked for since the last update',
    name: 'release',
    known: { commit: COMMIT, kind: 'branch', updatedOn },
    expected: { commit: COMMIT, kind: 'branch', updatedOn },
  },
  {
    what: 'leaves a branch to the host after an update',
    name: 'release',
    known: { commit: COMMIT, kind: 'branch', updatedOn: undefined },
    expected: undefined,
  },
  {
    what: 'leaves an unknown name to the host',
    name: 'x',
    expected: undefined,
  },
];

describe('currentRef', () => {
  it.each(cases)('$what', ({ name, known, expected }) => {
    expect(currentRef(repository, name, known)).toEqual(expected);
  });
});

describe('longestCurrentRef', () => {
  const names = ['feature', 'feature/x'];

  it('returns the longest name that is known to be a branch', () => {
    const known = new Map<string, CachedRef>([
      ['feature/x', { commit: COMMIT, kind: 'branch', updatedOn }],
    ]);
    expect(longestCurrentRef(repository, names, known)).toEqual({
      name: 'feature/x',
      hash: COMMIT,
      kind: 'branch',
    });
  });

  it('says that there is no such ref once each name is known to be missing', () => {
    const known = new Map<string, CachedRef>(
      names.map(name => [name, { updatedOn }]),
    );
    expect(longestCurrentRef(repository, names, known)).toBe('gone');
  });

  it('leaves names to the host while one of them is unknown', () => {
    const known = new Map<string, CachedRef>([['feature', { updatedOn }]]);
    expect(longestCurrentRef(repository, names, known)).toBeUndefined();
  });
});
