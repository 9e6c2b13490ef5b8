import { ProviderConfig } from './types';
import { RepositoryFilters } from '../scm/types';

/**
 * A warning for each two providers that would emit the same locations. It is not an
 * error: the catalog keeps one of the two, and a configuration that the stock
 * module accepts has to go on working.
 */
export function warnOfOverlaps(
  section: string,
  providers: readonly ProviderConfig[],
): string[] {
  return providers.flatMap((provider, index) =>
    providers.slice(0, index).flatMap(other => {
      const path = provider.catalogPaths.find(candidate =>
        other.catalogPaths.includes(candidate),
      );
      return path !== undefined &&
        provider.workspace.toLowerCase() === other.workspace.toLowerCase() &&
        provider.branch === other.branch &&
        !tellApart(provider.filters, other.filters)
        ? [
            `${section}.${provider.id} reads ${path} of workspace ${provider.workspace}, and so does ${section}.${other.id}: their filters overlap. Remove one of the two, or exclude from each what the other one reads.`,
          ]
        : [];
    }),
  );
}

/**
 * Whether a repository that one takes may be one that the other leaves out.
 * Expressions are not compared for what they match: two that differ are taken
 * to be meant for different repositories.
 */
function tellApart(a: RepositoryFilters, b: RepositoryFilters): boolean {
  return (
    differ(a.visibility, b.visibility) ||
    differ(a.query, b.query) ||
    (['projectKey', 'repoSlug'] as const).some(
      key =>
        differ(a[key]?.pattern, b[key]?.pattern) ||
        same(a[key]?.pattern, b.exclude[key]?.pattern) ||
        same(a.exclude[key]?.pattern, b[key]?.pattern),
    )
  );
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}
