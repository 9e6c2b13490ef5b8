import { CatalogFile, Walk } from '../discovery';
import { Comparison } from './comparison';

/** So few removals are never held back, however small the catalog is. */
const NEVER_HELD = 10;

/**
 * Says why a walk may remove nothing, or undefined where it may.
 *
 * A credential that loses access to repositories sees a shorter list, without
 * any error. So the removal of more than `maxPercentage` of a provider's
 * Locations at once is held back, and any removal where the list is empty.
 */
export function reasonToHold(
  walk: Walk,
  { gone, unlisted }: Comparison,
  known: number,
  maxPercentage: number,
): string | undefined {
  const lost = gone.length + unlisted.length;
  if (lost === 0) {
    return undefined;
  }
  if (walk.repositories.length === 0) {
    return `All ${lost} Locations are kept: the list of repositories is empty, which is rather a credential without access or a filter that matches nothing than a workspace without repositories. Mend that, or remove the provider from the configuration.`;
  }
  if (lost <= NEVER_HELD || (100 * lost) / known <= maxPercentage) {
    return undefined;
  }
  return `${lost} of ${known} Locations are kept although this walk did not find them: ${describe(
    gone,
    unlisted,
  )}. That is more than the ${maxPercentage} % that removals.maxPercentage lets go at once. If it is meant, raise removals.maxPercentage of this provider; if it is not, give the credential its access back.`;
}

function describe(gone: CatalogFile[], unlisted: CatalogFile[]): string {
  const repositories = new Map(
    unlisted.map(({ repository }) => [repository.uuid, repository]),
  );
  const parts = [
    repositories.size > 0 &&
      `${repositories.size} repositories${visibility(repositories)} are no longer visible to this credential or to the filters`,
    gone.length > 0 && `${gone.length} files are gone from their repositories`,
  ];
  return parts.filter(Boolean).join(', and ');
}

/** Who can see the repositories, where that is one answer: it hints at a credential that lost access. */
function visibility(
  repositories: Map<string, CatalogFile['repository']>,
): string {
  const all = [...repositories.values()];
  if (all.every(({ isPrivate }) => isPrivate)) {
    return ', all private,';
  }
  return all.some(({ isPrivate }) => isPrivate) ? '' : ', all public,';
}
