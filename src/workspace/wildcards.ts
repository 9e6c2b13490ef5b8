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
