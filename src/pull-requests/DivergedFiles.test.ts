import { createHash } from 'node:crypto';
import { CommitFiles } from '../mirror/CommitFiles';
import { PullRequestFile, PullRequestFiles } from '../scm/pullRequests';
import { DivergedFiles } from './DivergedFiles';
import { FileContent } from './checks/checkRequest';

const MERGE_BASE = 'b'.repeat(40);
const BRANCH = 'c'.repeat(40);

const content = (text: string | undefined): FileContent =>
  text === undefined ? { missing: 'absent' } : { content: Buffer.from(text) };

const blob = (text: string) =>
  createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex');

/** The texts of files: before both sides changed them, on the branch, and at the head. */
type Texts = Record<string, [before?: string, base?: string, head?: string]>;

async function find(
  texts: Texts,
  files: PullRequestFile[],
  more: Partial<PullRequestFiles> = {},
) {
  const requests: string[] = [];
  const changedPaths = async (...args: unknown[]) => {
    requests.push('changed');
    return Object.entries(texts)
      .filter(([, [before, base]]) => before !== base)
      .map(([path]) => ({ path, exists: true }))
      .filter(({ path }) => (args[4] as string[]).includes(path));
  };
  const diverged = new DivergedFiles({
    host: { changedPaths },
    repository: { fullName: 'acme/shop' },
    files: {
      openBase: async () =>
        ({
          commit: BRANCH,
          known: async () =>
            new Map(
              Object.entries(texts).map(([path, [, base]]) => [
                path,
                { exists: base !== undefined },
              ]),
            ),
        }) as unknown as CommitFiles,
      read: async (side, path) => content(texts[path][side === 'base' ? 1 : 2]),
      readAt: async (commit, path) => {
        requests.push(`${path} at ${commit.slice(0, 1)}`);
        return content(texts[path][0]);
      },
    },
    listed: { files, isComplete: true, ...more },
    context: {},
  });
  const found = await diverged.find(Object.keys(texts));
  return { found: [...found], requests };
}

const both = (path: string): PullRequestFile => ({
  oldPath: path,
  newPath: path,
});

describe('DivergedFiles', () => {
  it('needs no request where the host says what a file was', async () => {
    const texts: Texts = { a: ['a', 'b', 'c'], b: ['a', 'a', 'c'] };
    const files = ['a', 'b'].map(path => ({
      ...both(path),
      oldBlob: blob('a'),
    }));
    expect(await find(texts, files)).toEqual({
      found: [['a', { isTouched: true }]],
      requests: [],
    });
  });

  it('finds a file of which the host lists what the merge changes', async () => {
    const file = { ...both('a'), oldBlob: blob('b'), newBlob: blob('merged') };
    expect(await find({ a: ['a', 'b', 'c'] }, [file])).toMatchObject({
      found: [['a', { isTouched: true }]],
    });
    const same = { ...file, newBlob: blob('c') };
    expect(await find({ a: ['b', 'b', 'c'] }, [same])).toMatchObject({
      found: [],
    });
  });

  it('finds a file that the branch has deleted', async () => {
    const files = [{ ...both('a'), oldBlob: blob('a') }];
    expect(await find({ a: ['a', undefined, 'c'] }, files)).toMatchObject({
      found: [['a', { isTouched: true }]],
    });
  });

  it('reads what a single file was before', async () => {
    const more = { mergeBase: MERGE_BASE };
    expect(await find({ a: ['a', 'b', 'c'] }, [both('a')], more)).toEqual({
      found: [['a', { isTouched: true, before: content('a') }]],
      requests: ['a at b'],
    });
    expect(await find({ a: ['a', 'a', 'c'] }, [both('a')], more)).toEqual({
      found: [],
      requests: ['a at b'],
    });
  });

  it('asks once about several files', async () => {
    const texts: Texts = { a: ['a', 'b', 'c'], b: ['a', 'a', 'c'] };
    const files = Object.keys(texts).map(both);
    const more = { mergeBase: MERGE_BASE };
    expect(await find(texts, files, more)).toEqual({
      found: [['a', { isTouched: true }]],
      requests: ['changed'],
    });
  });

  it.each<[string, Texts, Partial<PullRequestFiles>]>([
    ['the branch has not moved', { a: ['a', 'a', 'c'] }, { mergeBase: BRANCH }],
    [
      'both sides have become the same',
      { a: ['a', 'c', 'c'] },
      { mergeBase: MERGE_BASE },
    ],
    ['it is not known where both sides parted', { a: ['a', 'b', 'c'] }, {}],
  ])('asks and says nothing where %s', async (_, texts, more) => {
    expect(await find(texts, [both('a')], more)).toEqual({
      found: [],
      requests: [],
    });
  });

  it('finds a file that both sides have added, where the mirror knows it', async () => {
    const files = [{ newPath: 'a' }, { oldPath: 'x', newPath: 'b' }];
    const texts: Texts = {
      a: [undefined, 'b', 'c'],
      b: [undefined, undefined, 'c'],
    };
    expect(await find(texts, files)).toEqual({
      found: [['a', { isTouched: true, before: { missing: 'absent' } }]],
      requests: [],
    });
  });

  it('compares both sides of a file that the pull request does not touch', async () => {
    const texts: Texts = { a: ['a', 'b', 'a'], b: ['a', 'a', 'a'] };
    expect(await find(texts, [])).toEqual({
      found: [['a', { isTouched: false, before: content('a') }]],
      requests: [],
    });
    expect(await find(texts, [], { isComplete: false })).toMatchObject({
      found: [],
    });
    expect(await find(texts, [], { isFiltered: true })).toMatchObject({
      found: [],
    });
  });
});
