import { JsonObject, JsonValue } from '@backstage/types';
import { isDeepStrictEqual } from 'node:util';
import { isObject } from './documents';

/** An entity of a file on one side of a pull request. */
export type PlannedEntity = {
  entityRef: string;
  value: JsonObject;
  line: number;
  /** Whether the catalog rejects it, or keeps another one of the same reference. */
  isRejected: boolean;
  /** Fields that change although the document does not: what a placeholder names. */
  changedFields: string[];
};

/** A file on both sides of a pull request, as far as it matters to what merging does. */
export type PlannedFile = {
  /** Absent where it is removed. */
  path?: string;
  /** Absent where the catalog does not read it yet. */
  oldPath?: string;
  /** What the catalog reads it under, once merged. */
  location: string;
  /** What the catalog reads it under today. */
  oldLocation?: string;
  /** Whether the catalog takes the file as it will be; otherwise it keeps its entities. */
  isTaken: boolean;
  /** Whether the pull request touches it. */
  isTouched: boolean;
  /** Whether the pull request deletes it; otherwise nothing reads it any more. */
  isDeleted: boolean;
  head: PlannedEntity[];
  base: PlannedEntity[];
  /**
   * Present where the destination branch has changed it, too, since the pull request
   * branched off; with what it was before, where that is known.
   */
  branchChange?: { before?: PlannedEntity[] };
};

/** What a file has once it is merged. */
type MergedEntities = {
  /** That the pull request adds or changes, or leaves as they are on the branch. */
  own: PlannedEntity[];
  /** References of others, with which the pull request has nothing to do. */
  others: ReadonlySet<string>;
};

/**
 * The entities of a file once it is merged: those of its head, unless the destination
 * branch has changed the file, too. Where it is not known what the file was before,
 * nothing that the branch has is taken for removed.
 */
export function mergeEntities(
  file: Pick<PlannedFile, 'head' | 'base' | 'branchChange' | 'isDeleted'>,
): MergedEntities {
  const { head, base, branchChange, isDeleted } = file;
  const others = new Set<string>();
  if (!branchChange || isDeleted) {
    return { own: head, others };
  }
  const before = branchChange.before && byRef(branchChange.before);
  const [ours, theirs] = [byRef(head), byRef(base)];
  const own: PlannedEntity[] = [];
  for (const ref of new Set([...ours.keys(), ...theirs.keys()])) {
    const [ourOne, theirOne] = [ours.get(ref), theirs.get(ref)];
    const old = before?.get(ref);
    const isLeftAlone = before
      ? isDeepStrictEqual(ourOne?.value, old?.value)
      : ourOne === undefined;
    if (isLeftAlone) {
      others.add(ref);
    } else if (ourOne) {
      const value =
        before && theirOne
          ? mergeValues(old?.value, theirOne.value, ourOne.value)
          : ourOne.value;
      own.push({ ...ourOne, value: isObject(value) ? value : ourOne.value });
    }
  }
  return { own, others };
}

/** The last of each reference: it replaces those before it. */
export function byRef(
  entities: readonly PlannedEntity[],
): Map<string, PlannedEntity> {
  return new Map(entities.map(entity => [entity.entityRef, entity]));
}

/** Field by field, and item by item; with ours where both have changed something else. */
function mergeValues(
  old: JsonValue | undefined,
  theirs: JsonValue | undefined,
  ours: JsonValue | undefined,
): JsonValue | undefined {
  if (isDeepStrictEqual(ours, old)) {
    return theirs;
  }
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    return mergeLists(Array.isArray(old) ? old : [], theirs, ours);
  }
  if (!isObject(theirs) || !isObject(ours)) {
    return ours;
  }
  const before = isObject(old) ? old : {};
  const keys = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
  return Object.fromEntries(
    [...keys]
      .map(key => [key, mergeValues(before[key], theirs[key], ours[key])])
      .filter(([, value]) => value !== undefined),
  );
}

/** Theirs without the items that we have removed, and with those that we have added. */
function mergeLists(
  old: JsonValue[],
  theirs: JsonValue[],
  ours: JsonValue[],
): JsonValue[] {
  const keysOf = (items: JsonValue[]) =>
    new Set(items.map(item => JSON.stringify(item)));
  const [inOld, inTheirs, inOurs] = [old, theirs, ours].map(keysOf);
  const isIn = (keys: Set<string>, item: JsonValue) =>
    keys.has(JSON.stringify(item));
  return [
    ...theirs.filter(item => !isIn(inOld, item) || isIn(inOurs, item)),
    ...ours.filter(item => !isIn(inOld, item) && !isIn(inTheirs, item)),
  ];
}
