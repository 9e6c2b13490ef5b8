import { KnownName } from '../workspace';
import { LocatedFile } from './locations';

/** So few removals are never held back, however small the catalog is. */
const NEVER_HELD = 10;

/** What a walk did not find of what the catalog has. */
export type Lost = {
  /** Not there when their repositories were read. */
  gone: LocatedFile[];
  /** Of repositories that the list lacks. */
  unlisted: LocatedFile[];
};

/**
 * Says why a walk may remove nothing, or undefined where it may.
 *
 * A credential that loses access to repositories sees a shorter list, without
 * any error. So the removal of more than `maxPercentage` of a provider's
 * Locations at once is held back, and any removal where the list is empty.
 */
export function reasonToHold(options: {
  lost: Lost;
  /** How many repositories the list holds. */
  listed: number;
  /** How many Locations the catalog has of the provider. */
  current: number;
  /** By full name. */
  known: Map<string, KnownName>;
  maxPercentage: number;
}): string | undefined {
  const { lost, listed, current, known, maxPercentage } = options;
  const count = lost.gone.length + lost.unlisted.length;
  if (count === 0) {
    return undefined;
  }
  if (listed === 0) {
    return `All ${count} Locations are kept: the list of repositories is empty, as it is for a credential without access. Mend its access or the filters, or remove the provider from the configuration.`;
  }
  if (count <= NEVER_HELD || (100 * count) / current <= maxPercentage) {
    return undefined;
  }
  return `${count} of ${current} Locations are kept although this walk did not find them: ${describe(
    lost,
    known,
  )}. removals.maxPercentage lets ${maxPercentage} % go at once. If they are meant to go, raise it or approve this removal once (POST /api/catalog/bitbucket-cloud/removals/approve); give the credential its access back if not.`;
}

/** Divides what was not found by whether someone has allowed its removal. */
export function divide(
  { gone, unlisted }: Lost,
  approved: string[] = [],
): { approved: Lost; others: Lost } {
  const allowed = new Set(approved);
  const isAllowed = ({ target }: LocatedFile) => allowed.has(target);
  const isOther = (file: LocatedFile) => !isAllowed(file);
  return {
    approved: {
      gone: gone.filter(isAllowed),
      unlisted: unlisted.filter(isAllowed),
    },
    others: { gone: gone.filter(isOther), unlisted: unlisted.filter(isOther) },
  };
}

function describe(
  { gone, unlisted }: Lost,
  known: Map<string, KnownName>,
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
