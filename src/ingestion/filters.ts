import { toError } from '@backstage/errors';
import { ProviderConfig } from '../config/types';
import { RepositorySelection } from '../scm/ScmHost';
import { Repository, RepositoryFilters } from '../scm/types';

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
