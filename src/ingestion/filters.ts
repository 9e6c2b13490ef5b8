import { toError } from '@backstage/errors';
import {
  ProviderConfig,
  RepositoryFilters,
  ValueMatcher,
} from '../config/types';
import { createPathGlob, isGlob, mergeGlobs, PathGlob } from '../lib/globs';
import { RepositorySelection } from '../mirror/RepositoryStore';
import { Repository } from '../scm/types';

/** The requests that find the catalog files of one repository. */
export type CatalogPaths = {
  /** Exact paths without a leading slash; each costs one request. */
  files: string[];
  /** One per folder; each costs one listing. */
  globs: PathGlob[];
};

/**
 * Turns the `catalogPath` patterns of a provider into as few requests as find
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

/** The part of a workspace that a provider asks Bitbucket for. */
export function scopeOf({
  workspace,
  filters,
}: Pick<ProviderConfig, 'workspace' | 'filters'>): RepositorySelection {
  return { workspace, query: filters.query };
}

/**
 * Those repositories that a provider's filters let in.
 *
 * @throws when one of its regular expressions takes too long, naming its key
 */
export function filterRepositories<T extends Repository>(
  repositories: T[],
  filters: RepositoryFilters,
): T[] {
  const { projectKey, repoSlug, exclude, visibility, forks } = filters;
  const rules = [
    { key: 'projectKey', of: projectKeyOf, matcher: projectKey, lets: true },
    { key: 'repoSlug', of: slugOf, matcher: repoSlug, lets: true },
    {
      key: 'exclude.projectKey',
      of: projectKeyOf,
      matcher: exclude.projectKey,
      lets: false,
    },
    {
      key: 'exclude.repoSlug',
      of: slugOf,
      matcher: exclude.repoSlug,
      lets: false,
    },
  ];
  let left = repositories.filter(
    repository =>
      (forks || !repository.isFork) &&
      (visibility ?? visibilityOf(repository)) === visibilityOf(repository),
  );
  for (const { key, of, matcher, lets } of rules) {
    if (matcher) {
      try {
        const selected = matcher.select(left.map(of));
        left = left.filter(one => selected.has(of(one)) === lets);
      } catch (error) {
        throw new Error(`filters.${key}: ${toError(error).message}`);
      }
    }
  }
  return left;
}

/** Whether a provider's filters let a repository in. */
export function isIncluded(
  repository: Repository,
  filters: RepositoryFilters,
): boolean {
  return filterRepositories([repository], filters).length > 0;
}

function projectKeyOf({ projectKey = '' }: Repository): string {
  return projectKey;
}

function slugOf({ slug }: Repository): string {
  return slug;
}

function visibilityOf({ isPrivate }: Repository): 'private' | 'public' {
  return isPrivate ? 'private' : 'public';
}

/**
 * How long a condition may be in a URL. The parts of an HTTP request line other
 * than these take some hundred bytes, and 4,096 is the least that servers and
 * proxies in use take.
 */
const MAX_LENGTH = 1_000;

/**
 * The Bitbucket query expression that asks the server for what it can filter by
 * itself, so that excluded repositories cost no page.
 *
 * Only properties that Atlassian documents in queries are asked for, since a
 * property that cannot be queried fails the whole list; `isIncluded` applies
 * every filter once more to the answer. A list of projects that is too long for
 * a URL is left to that.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 *
 * @returns undefined when there is nothing to ask
 */
export function toRepositoryQuery(
  filters: RepositoryFilters,
): string | undefined {
  const terms = [
    filters.query && `(${filters.query})`,
    unlessLong(anyProject(filters.projectKey)),
    unlessLong(noProject(filters.exclude.projectKey)),
    filters.visibility && `is_private = ${filters.visibility === 'private'}`,
    !filters.forks && 'parent = null',
  ].filter(Boolean);
  return terms.length > 0 ? terms.join(' AND ') : undefined;
}

function unlessLong(term: string | undefined): string | undefined {
  return encodeURIComponent(term ?? '').length > MAX_LENGTH ? undefined : term;
}

function anyProject(matcher?: ValueMatcher): string | undefined {
  const terms = literalValues(matcher).map(key => `project.key = "${key}"`);
  return terms.length > 1 ? `(${terms.join(' OR ')})` : terms[0];
}

function noProject(matcher?: ValueMatcher): string | undefined {
  const terms = literalValues(matcher).map(key => `project.key != "${key}"`);
  return terms.join(' AND ') || undefined;
}

/** The values that an expression such as `PAY|CORE` or `^PAY$` spells out; none for any other. */
function literalValues(matcher?: ValueMatcher): string[] {
  const spelledOut = /^\^?\(?(\w+(?:\|\w+)*)\)?\$?$/.exec(
    matcher?.pattern ?? '',
  );
  return spelledOut ? spelledOut[1].split('|') : [];
}
