import { BracesError, BracesProblem, expandBraces } from '../lib/globs';
import { ConfigValue, parseTrimmedText, Problem, typeInWords } from './schema';

/** How many paths one may stand for: more would be more listings than a mistake is worth. */
const MAX_PATHS = 100;

const PROBLEMS_OF_BRACES: Record<BracesProblem, (path: string) => string> = {
  'no-comma': path =>
    `has braces without a comma: '${path}'. Write alternatives such as '/catalog-info.{yaml,yml}', each of them spelled out.`,
  unbalanced: path =>
    `has a brace without its counterpart: '${path}'. Write for example '/catalog-info.{yaml,yml}'.`,
  'too-many': path =>
    `stands for more than ${MAX_PATHS} paths: '${path}'. Use "*" for a part of a name that may be anything.`,
};

function expandPath(path: string): string[] {
  try {
    return expandBraces(path, { limit: MAX_PATHS, trim: true });
  } catch (error) {
    if (error instanceof BracesError) {
      throw new Problem(PROBLEMS_OF_BRACES[error.problem](path));
    }
    throw error;
  }
}

/** Where the software catalog's documentation tells people to put the file. */
export const DEFAULT_CATALOG_PATH = '/catalog-info.yaml';

/** What one path cannot say. */
const USE_A_LIST =
  "Write a list of paths, such as ['/catalog-info.yaml', '/catalog-info.yml']";

/**
 * What glob syntax there is beside `*`, `**` and braces. It would be taken
 * literally, and find nothing without a word.
 */
const UNSUPPORTED: { syntax: RegExp; why: string }[] = [
  {
    syntax: /[@!+*?]\(/,
    why: 'has a group in parentheses, which is not supported.',
  },
  {
    syntax: /[?[\]]/,
    why: 'has "?", "[" or "]" in it, which is not supported.',
  },
  { syntax: /^!/, why: 'begins with "!", but paths cannot be left out again.' },
  { syntax: /\\/, why: 'has a backslash in it, which is not supported.' },
];

/** `a.yaml, b.yaml`, which is the name of no file. */
const SEVERAL_IN_ONE = /\.(?:ya?ml|json)\s*,.*\.(?:ya?ml|json)$/i;

/**
 * Parses `catalogPath`: one path, or a list of at least one. Braces are
 * expanded, and each path is named once.
 */
export function parseCatalogPaths(value: ConfigValue): string[] {
  if (!Array.isArray(value)) {
    return parseCatalogPath(value);
  }
  if (!value.length) {
    throw new Problem(
      `is an empty list. Write at least one path, or remove the key for ${DEFAULT_CATALOG_PATH}.`,
    );
  }
  return [...new Set(value.flatMap(parseListedPath))];
}

function parseListedPath(value: ConfigValue, index: number): string[] {
  if (typeof value !== 'string') {
    throw new Problem(
      `must be a list of texts, but its entry ${index + 1} is ${typeInWords(value)}.`,
    );
  }
  return parseCatalogPath(value);
}

function parseCatalogPath(value: ConfigValue): string[] {
  const written = parseTrimmedText(value);
  const unsupported = UNSUPPORTED.find(({ syntax }) => syntax.test(written));
  if (unsupported) {
    throw new Problem(
      `cannot be '${written}', which ${unsupported.why} ${USE_A_LIST}; "*" stands for any part of one name, "**" for any folders, and {yaml,yml} for either.`,
    );
  }
  const paths = expandPath(written);
  if (paths.some(path => SEVERAL_IN_ONE.test(path))) {
    throw new Problem(
      `is one text with several paths in it: '${written}'. ${USE_A_LIST}.`,
    );
  }
  return paths.map(checkPath);
}

function checkPath(path: string): string {
  if (path.endsWith('/')) {
    throw new Problem(
      `must name a file, but '${path}' names a folder. Write for example '${path}catalog-info.yaml'.`,
    );
  }
  const segments = path.replace(/^\//, '').split('/');
  if (segments.some(segment => ['', '.', '..'].includes(segment))) {
    throw new Problem(
      `must be a plain path, but '${path}' has an empty segment, "." or ".." in it. Remove it: a path begins at the root of the repository.`,
    );
  }
  return path;
}

/** Whether a file has one of some names. Letter case and `.yml` for `.yaml` make no difference. */
export function isCalled(name: string, names: readonly string[]): boolean {
  return names.some(one => normalize(one) === normalize(name));
}

function normalize(name: string): string {
  return name.toLowerCase().replace(/\.yml$/, '.yaml');
}
