import { CheckedFile, CheckStep } from '../checkResult';
import { TouchedFile } from './checkRequest';
import { CatalogDocument, ParsedFile } from './documents';
import { LIMITS } from './limits';
import { Place } from './places';
import { LocationTargets } from './placeholders';

/** A catalog file that is checked, on both sides of the pull request. */
export type LoadedFile = Pick<
  TouchedFile,
  'path' | 'oldPath' | 'isTouched' | 'isForTargets' | 'isByWildcard'
> & {
  change: CheckedFile['change'];
  /** The URL under which the catalog reads it. */
  location: string;
  /** The URL to which `catalog.rules` are applied. */
  originUrl: string;
  /** Absent where there is nothing to read at the head. */
  head?: ParsedFile;
  /** Absent where there is nothing to read on the destination branch. */
  base?: ParsedFile;
  /**
   * Present where the destination branch has changed it, too, since the pull request
   * branched off; with what it was before, where that is known.
   */
  branchChange?: { before?: ParsedFile };
  /** What it will be, where only the destination branch has changed it since. */
  merged?: ParsedFile;
  /** Whether it is read by itself too, and not only as a target. */
  isOwn: boolean;
  /** The Locations of this pull request that it is a target of. */
  parents: TargetLink[];
  /** The Locations in it. */
  locations: LoadedLocation[];
  steps: CheckStep[];
  /** Whether the catalog rejects it by itself. */
  isRejected: boolean;
};

/** A Location entity in a file. */
export type LoadedLocation = {
  file: LoadedFile;
  document: CatalogDocument;
  targets: LocationTargets;
  links: TargetLink[];
  /** Whether the catalog rejects it, by itself or for one of its targets. */
  isRejected: boolean;
};

/** A target of a Location, and the file that it names, where that is checked. */
export type TargetLink = {
  from: LoadedLocation;
  pointer: string;
  target: string;
  place: Place;
  file?: LoadedFile;
  /** Of a target with wildcards: how many files it finds, unless that takes too much. */
  found?: number;
  /** How many of these are checked. */
  checked?: number;
};

/** Whether a Location's targets are URLs, which it inherits from its file. */
export function isOfUrls({ type, unresolved }: LocationTargets): boolean {
  return (type ?? 'url') === 'url' && !unresolved.includes('/spec/type');
}

/** Whether the catalog takes a file as it will be, by itself or as a target. */
export function isTaken(file: LoadedFile): boolean {
  const isTakenBy = (one: LoadedFile, depth: number): boolean =>
    !one.isRejected &&
    (one.path === undefined || one.head !== undefined) &&
    (one.isOwn ||
      (depth > 0 &&
        one.parents.some(
          ({ from }) => !from.isRejected && isTakenBy(from.file, depth - 1),
        )));
  return isTakenBy(file, LIMITS.locationDepth);
}
