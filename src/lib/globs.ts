/** Braces that hold no others. */
const INNERMOST = /\{([^{}]*)\}/;

/** What can be wrong with the braces of a pattern. */
export type BracesProblem = 'no-comma' | 'unbalanced' | 'too-many';

/** The braces of a pattern cannot be expanded. */
export class BracesError extends Error {
  readonly name = 'BracesError';

  constructor(readonly problem: BracesProblem) {
    super(`Braces cannot be expanded: ${problem}`);
  }
}

/**
 * The patterns that one with braces stands for: `/{a,b}/catalog-info.{yaml,yml}` is
 * four. Braces may hold others, and an alternative may be empty, as in a shell.
 *
 * @param limit - the most patterns that one may stand for
 * @param trim - whether blanks around an alternative are left out
 * @throws BracesError
 */
export function expandBraces(
  pattern: string,
  { limit, trim = false }: { limit: number; trim?: boolean },
): string[] {
  let patterns = [pattern];
  // Innermost ones first, so that no alternative holds a brace.
  while (patterns.some(each => INNERMOST.test(each))) {
    patterns = [...new Set(patterns.flatMap(each => expandOnce(each, trim)))];
    if (patterns.length > limit) {
      throw new BracesError('too-many');
    }
  }
  if (patterns.some(each => /[{}]/.test(each))) {
    throw new BracesError('unbalanced');
  }
  return patterns;
}

function expandOnce(pattern: string, trim: boolean): string[] {
  const found = INNERMOST.exec(pattern);
  if (!found) {
    return [pattern];
  }
  const [braces, inside] = found;
  const alternatives = inside.split(',');
  if (alternatives.length === 1) {
    throw new BracesError('no-comma');
  }
  const before = pattern.slice(0, found.index);
  const after = pattern.slice(found.index + braces.length);
  return alternatives.map(
    each => `${before}${trim ? each.trim() : each}${after}`,
  );
}

/**
 * Gives what tells whether a path matches a pattern, in which `*` stands for
 * anything within a segment and a segment `**` for any number of folders, none
 * included. A `**` at the end is anything below a folder.
 *
 * The work grows with the lengths of the two alone. As a regular expression,
 * `*a*a*a*a*a*b` would take years over a long name; globs come from people who
 * register locations, and paths from anyone who pushes.
 *
 * @param pattern - relative to the root, without a leading slash
 */
export function createPathMatcher(pattern: string): (path: string) => boolean {
  const segments = pattern.replace(/(^|\/)\*\*$/, '$1**/*').split('/');
  return path =>
    matches(segments, path.split('/'), { gap: '**', same: matchesSegment });
}

function matchesSegment(pattern: string, segment: string): boolean {
  return matches([...pattern], [...segment], {
    gap: '*',
    same: (one, other) => one === other,
  });
}

/**
 * Whether a list fits a pattern, in which a gap stands for any number of items.
 * Where an item does not fit, the latest gap takes one more; an earlier gap need
 * never be looked at again.
 */
function matches(
  pattern: string[],
  items: string[],
  { gap, same }: { gap: string; same(one: string, other: string): boolean },
): boolean {
  let at = 0;
  let item = 0;
  let afterGap: number | undefined;
  let resumeAt = 0;
  while (item < items.length) {
    if (pattern[at] === gap) {
      at += 1;
      afterGap = at;
      resumeAt = item;
    } else if (at < pattern.length && same(pattern[at], items[item])) {
      at += 1;
      item += 1;
    } else if (afterGap !== undefined) {
      at = afterGap;
      resumeAt += 1;
      item = resumeAt;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every(rest => rest === gap);
}

/** Which files of a repository are wanted, and where to look for them. */
export type PathGlob = {
  /** What {@link globOf} makes the same glob of. */
  pattern: string;
  /** The folder that holds all of them, without slashes at its ends; empty for the root. */
  folder: string;
  /** How many levels below {@link PathGlob.folder} files can lie, at least 1. */
  depth: number;
  /**
   * Texts that let the server narrow a listing: a matching path holds all of one
   * of these lists.
   */
  hints: string[][];
  /** Whether a path, relative to the root and without a leading slash, is wanted. */
  matches(path: string): boolean;
};

/** How many levels down `**` reaches: more than a tree of source files has. */
const ANY_DEPTH = 100;

/** Whether a path holds a wildcard. `*` is the only character with a meaning. */
export function isGlob(path: string): boolean {
  return path.includes('*');
}

/**
 * Reads a path with wildcards: `*` stands for anything within a segment, a
 * segment `**` for any number of folders, none included. Everything else, such
 * as `[` or `{`, stands for itself.
 *
 * @param pattern - relative to the root, without a leading slash
 */
export function createPathGlob(pattern: string): PathGlob {
  const segments = pattern.split('/');
  const firstGlob = segments.findIndex(isGlob);
  const fixed = segments.slice(0, firstGlob === -1 ? -1 : firstGlob);
  const open = segments.slice(fixed.length);
  return {
    pattern: pattern,
    folder: fixed.join('/'),
    depth: open.includes('**') ? ANY_DEPTH : open.length,
    hints: [open.flatMap(segment => segment.split('*')).filter(Boolean)],
    matches: createPathMatcher(pattern),
  };
}

/** One glob that wants what any of several wants; all must share a folder. */
export function mergeGlobs(globs: PathGlob[]): PathGlob {
  const [{ folder }] = globs;
  return {
    pattern: globs.map(glob => glob.pattern).join('\n'),
    folder,
    depth: Math.max(...globs.map(glob => glob.depth)),
    hints: globs.flatMap(glob => glob.hints),
    matches: path => globs.some(glob => glob.matches(path)),
  };
}

/** The glob of a pattern. */
export function globOf(pattern: string): PathGlob {
  return mergeGlobs(pattern.split('\n').map(createPathGlob));
}
