import { Walk } from '../discovery';
import { KnownRepository } from '../workspace';
import { Comparison } from './comparison';
import { LocatedFile } from './locations';

/** So few removals are never held back, however small the catalog is. */
const NEVER_HELD = 10;

/**
 * Says why a walk may remove nothing, or undefined where it may.
 *
 * A credential that loses access to repositories sees a shorter list, without
 * any error. So the removal of more than `maxPercentage` of a provider's
 * Locations at once is held back, and any removal where the list is empty.
 */
export function reasonToHold(options: {
  walk: Walk;
  comparison: Comparison;
  /** How many Locations the catalog has of the provider. */
  current: number;
  known: Map<string, KnownRepository>;
  maxPercentage: number;
}): string | undefined {
  const { walk, comparison, current, known, maxPercentage } = options;
  const { gone, unlisted } = comparison;
  const lost = gone.length + unlisted.length;
  if (lost === 0) {
    return undefined;
  }
  if (walk.repositories.length === 0) {
    return `All ${lost} Locations are kept: the list of repositories is empty, as it is for a credential without access. Mend its access or the filters, or remove the provider from the configuration.`;
  }
  if (lost <= NEVER_HELD || (100 * lost) / current <= maxPercentage) {
    return undefined;
  }
  return `${lost} of ${current} Locations are kept although this walk did not find them: ${describe(
    gone,
    unlisted,
    known,
  )}. removals.maxPercentage lets ${maxPercentage} % go at once. Raise it if they are meant to go; give the credential its access back if not.`;
}

function describe(
  gone: LocatedFile[],
  unlisted: LocatedFile[],
  known: Map<string, KnownRepository>,
): string {
  const names = new Set(unlisted.map(({ fullName }) => fullName));
  const isPrivate = [...names].map(name => known.get(name)?.isPrivate);
  const allPrivate = isPrivate.every(Boolean) ? ', all private,' : '';
  const parts = [
    names.size > 0 &&
      `${names.size} repositories${allPrivate} are no longer visible to this credential or to the filters`,
    gone.length > 0 && `${gone.length} files are gone from their repositories`,
  ];
  return parts.filter(Boolean).join(', and ');
}
