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
