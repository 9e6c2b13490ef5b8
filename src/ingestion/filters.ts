import { toError } from '@backstage/errors';
import { ProviderConfig } from '../config/types';
import { RepositorySelection, ScmHost } from '../scm/ScmHost';
import { Repository, RepositoryFilters } from '../scm/types';
import { planCatalogPaths } from './repositoryFiles';

/** The part of a workspace that a provider asks Bitbucket for. */
export function selectionOf({
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
  const { archived = true } = filters;
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
      (archived || !repository.isArchived) &&
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

/** An entity provider of this module, by the name that the catalog knows it by. */
export type Peer = { provider: string; config: ProviderConfig };

/** What full names are made of. */
type FullNames = Pick<ScmHost, 'workspaceOf'>;

/**
 * Whether the settings of an entity provider ask for a path of a repository:
 * `maybe` where only Bitbucket can evaluate `filters.query`. Which branch a provider
 * reads does not matter: its next walk moves the Location there.
 *
 * @param path - relative to the root of the repository
 */
function asksFor(
  host: FullNames,
  config: ProviderConfig,
  repository: Repository,
  path: string,
): 'yes' | 'no' | 'maybe' {
  const { filters, workspace } = config;
  const isElsewhere =
    !workspace.startsWith('{') &&
    workspace.toLowerCase() !== host.workspaceOf(repository.fullName);
  if (isElsewhere || !isIncluded(repository, filters)) {
    return 'no';
  }
  const { files, globs } = planCatalogPaths(config.catalogPaths);
  if (!files.includes(path) && !globs.some(glob => glob.matches(path))) {
    return 'no';
  }
  return filters.query === undefined && !workspace.startsWith('{')
    ? 'yes'
    : 'maybe';
}

/**
 * What becomes of a Location that this provider wants and that another source
 * has: it is taken over from a provider of this module whose settings no longer
 * ask for it.
 *
 * @param holder - the location key of what has it
 */
export function mayTakeOver(
  host: FullNames,
  holder: string,
  peers: readonly Peer[],
  repository: Repository,
  path: string,
): boolean {
  const peer = peers.find(({ provider }) => provider === holder);
  if (!peer) {
    return false;
  }
  return asksFor(host, peer.config, repository, path) === 'no';
}

/** The provider that a Location goes to when this one's settings no longer ask for it. */
export function successorOf(
  host: FullNames,
  peers: readonly Peer[],
  repository: Repository,
  path: string,
): Peer | undefined {
  return peers.find(
    ({ config }) => asksFor(host, config, repository, path) === 'yes',
  );
}
