import { Repository } from '../bitbucket';
import { RepositoryFilters, ValueMatcher } from '../config';

/** Whether a provider's filters let a repository in. */
export function isIncluded(
  repository: Repository,
  filters: RepositoryFilters,
): boolean {
  const { projectKey, slug, isPrivate, isFork } = repository;
  const visibility = isPrivate ? 'private' : 'public';
  return (
    fits(filters.projectKey, projectKey) &&
    fits(filters.repoSlug, slug) &&
    !isExcluded(filters.exclude.projectKey, projectKey) &&
    !isExcluded(filters.exclude.repoSlug, slug) &&
    (filters.visibility ?? visibility) === visibility &&
    (filters.forks || !isFork)
  );
}

function fits(matcher: ValueMatcher | undefined, value = ''): boolean {
  return !matcher || matcher.matches(value);
}

function isExcluded(matcher: ValueMatcher | undefined, value = ''): boolean {
  return matcher !== undefined && matcher.matches(value);
}
