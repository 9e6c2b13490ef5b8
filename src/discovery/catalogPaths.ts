import { createPathGlob, isGlob, mergeGlobs, PathGlob } from '../workspace';

/** The questions that find the catalog files of one repository. */
export type CatalogPaths = {
  /** Exact paths without a leading slash; each costs one request. */
  files: string[];
  /** One per folder; each costs one listing. */
  globs: PathGlob[];
};

/**
 * Turns the `catalogPath` patterns of a provider into as few questions as find
 * all of their files.
 *
 * `/catalog-info.yaml` lies at the root, `catalog-info.yaml` in any folder; `*`
 * matches within a segment and `**` across segments.
 */
export function planCatalogPaths(patterns: string[]): CatalogPaths {
  const anchored = [...new Set(patterns.map(anchor))];
  const globsByFolder = new Map<string, PathGlob[]>();
  for (const glob of anchored.filter(isGlob).map(createPathGlob)) {
    const sameFolder = globsByFolder.get(glob.folder) ?? [];
    globsByFolder.set(glob.folder, [...sameFolder, glob]);
  }
  const globs = [...globsByFolder.values()].map(mergeGlobs);
  const files = anchored
    .filter(path => !isGlob(path))
    .filter(path => !globs.some(glob => glob.matches(path)));
  return { files, globs };
}

function anchor(pattern: string): string {
  return pattern.startsWith('/') ? pattern.slice(1) : `**/${pattern}`;
}
