import { ConfigValue, Problem } from './schema';
import { parseText, typeInWords } from './values';

/** Where the software catalog's documentation tells people to put the file. */
export const DEFAULT_CATALOG_PATH = '/catalog-info.yaml';

/** Parses `catalogPath`: one path, or a list of at least one, each named once. */
export function parseCatalogPaths(value: ConfigValue): string[] {
  if (!Array.isArray(value)) {
    return [parseCatalogPath(value)];
  }
  if (!value.length) {
    throw new Problem(
      `is an empty list. Write at least one path, or take the key out for ${DEFAULT_CATALOG_PATH}.`,
    );
  }
  return [...new Set(value.map(parseListedPath))];
}

function parseListedPath(value: ConfigValue, index: number): string {
  if (typeof value !== 'string') {
    throw new Problem(
      `must be a list of texts, but its entry ${index + 1} is ${typeInWords(value)}.`,
    );
  }
  return parseCatalogPath(value);
}

function parseCatalogPath(value: ConfigValue): string {
  const path = parseText(value);
  if (path.endsWith('/')) {
    throw new Problem(
      `must name a file, but '${path}' names a folder. Write for example '${path}catalog-info.yaml'.`,
    );
  }
  const segments = path.replace(/^\//, '').split('/');
  if (segments.some(segment => ['', '.', '..'].includes(segment))) {
    throw new Problem(
      `must be a plain path, but '${path}' has an empty segment, "." or ".." in it. Take it out: a path begins at the root of the repository.`,
    );
  }
  return path;
}
