import { diffTrees } from '../world/diff';
import { SimulatedFile } from '../world/file';
import { compareFile, fileCard } from './fileDiff';

/** Compares two versions of a file; undefined is none. */
function compare(before: string | undefined, after: string | undefined) {
  const [old, changed] = [before, after].map(
    text =>
      new Map(text === undefined ? [] : [['a.yaml', new SimulatedFile(text)]]),
  );
  const [diff] = diffTrees(old, changed, { renames: true });
  return compareFile(diff, []);
}

const LONG = Array.from({ length: 20 }, (_, line) => `${line}\n`).join('');

describe('compareFile', () => {
  it('numbers the lines of both versions', () => {
    const [{ title, lines }] = compare('a\nb\nc\n', 'a\nB\nBB\nc').hunks!;
    expect(title).toBe('@@ -1,3 +1,4 @@');
    expect(lines).toEqual([
      { kind: 'same', text: 'a', old: 1, new: 1 },
      { kind: 'removed', text: 'b', old: 2 },
      { kind: 'removed', text: 'c', old: 3 },
      { kind: 'added', text: 'B', new: 2 },
      { kind: 'added', text: 'BB', new: 3 },
      { kind: 'added', text: 'c', new: 4 },
    ]);
  });

  it('shows three lines around each change', () => {
    const after = LONG.replace('0\n', 'zero\n').replace('19\n', '19\n20\n');
    const { hunks } = compare(LONG, after);
    expect(hunks?.map(({ title }) => title)).toEqual([
      '@@ -1,4 +1,4 @@',
      '@@ -18,3 +18,4 @@',
    ]);
  });

  it('shows files that were added or deleted as a whole', () => {
    expect(compare(undefined, 'a\n').hunks?.[0].title).toBe('@@ -0,0 +1,1 @@');
    expect(compare('a\n', undefined).hunks?.[0].title).toBe('@@ -1,1 +0,0 @@');
  });

  it('does not compare what is binary, and says so', () => {
    const file = compare('a\n', '\0');
    expect(file.hunks).toBeUndefined();
    expect(fileCard(file).text).toContain('The contents are not shown.');
  });

  it('says where a file was that was renamed', () => {
    const file = new SimulatedFile('a');
    const [diff] = diffTrees(
      new Map([['old.yaml', file]]),
      new Map([['new.yaml', file]]),
      { renames: true },
    );
    const { text } = fileCard(compareFile(diff, []));
    expect(text).toContain('old.yaml → new.yaml');
    expect(text).toContain('No line has changed.');
  });
});
