import { Problem } from './schema';

/** How many paths one may stand for: more would be more listings than a mistake is worth. */
const MAX_PATHS = 100;

/** Braces that hold no others. */
const INNERMOST = /\{([^{}]*)\}/;

/**
 * The paths that one with braces stands for: `/{a,b}/catalog-info.{yaml,yml}` is
 * four. Braces may hold others, and an alternative may be empty, as in a shell.
 */
export function expandBraces(path: string): string[] {
  let paths = [path];
  // Innermost ones first, so that no alternative holds a brace.
  while (paths.some(each => INNERMOST.test(each))) {
    paths = [...new Set(paths.flatMap(each => expandOnce(path, each)))];
    if (paths.length > MAX_PATHS) {
      throw new Problem(
        `stands for more than ${MAX_PATHS} paths: '${path}'. Use "*" for a part of a name that may be anything.`,
      );
    }
  }
  if (paths.some(each => /[{}]/.test(each))) {
    throw new Problem(
      `has a brace without its counterpart: '${path}'. Write for example '/catalog-info.{yaml,yml}'.`,
    );
  }
  return paths;
}

function expandOnce(written: string, path: string): string[] {
  const found = INNERMOST.exec(path);
  if (!found) {
    return [path];
  }
  const [braces, inside] = found;
  const alternatives = inside.split(',');
  if (alternatives.length === 1) {
    throw new Problem(
      `has braces without a comma: '${written}'. Write alternatives such as '/catalog-info.{yaml,yml}', each of them spelled out.`,
    );
  }
  const before = path.slice(0, found.index);
  const after = path.slice(found.index + braces.length);
  return alternatives.map(each => `${before}${each.trim()}${after}`);
}
