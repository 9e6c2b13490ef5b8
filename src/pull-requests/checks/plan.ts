import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  DEFAULT_NAMESPACE,
} from '@backstage/catalog-model';
import { JsonObject, JsonValue } from '@backstage/types';
import { isDeepStrictEqual } from 'node:util';
import { EntityChange } from '../checkResult';
import { isObject } from './documents';
import { LIMITS } from './limits';
import {
  byRef,
  mergeEntities,
  PlannedEntity,
  PlannedFile,
} from './mergeEntities';
import { inWords, toPointer } from './pointers';

/** What the catalog has. */
export type CatalogState = {
  /** Location keys by reference, `null` for none. Undefined where that is not known. */
  keys?: ReadonlyMap<string, string | null>;
  /** The references of what it has from a URL. */
  current: ReadonlyMap<string, readonly string[]>;
};

/** What merging does to the entities of the catalog, file by file. */
export function planChanges(
  files: readonly PlannedFile[],
  state: CatalogState,
): EntityChange[] {
  const taken = files.filter(({ isTaken }) => isTaken);
  const changes = new Map<string, EntityChange>();
  const indexed = taken.map((file): IndexedFile => {
    const { own, others } = mergeEntities(file);
    const refs = new Set([...own.map(({ entityRef }) => entityRef), ...others]);
    return { file, own, refs, base: byRef(file.base) };
  });
  const staying = new Set(indexed.flatMap(({ refs }) => [...refs]));
  for (const one of indexed) {
    for (const entity of one.own.filter(other => !other.isRejected)) {
      const change = changeOf(entity, one, { indexed, state });
      if (change) {
        changes.set(change.entityRef, change);
      }
    }
  }
  for (const file of taken) {
    for (const entityRef of presentRefs(file, state)) {
      if (!staying.has(entityRef) && !changes.has(entityRef)) {
        changes.set(entityRef, {
          entityRef,
          action: 'remove',
          path: file.oldPath ?? file.path ?? '',
        });
      }
    }
  }
  return [...changes.values()];
}

/** What the catalog has of a file today. */
function presentRefs(
  { base, oldLocation }: PlannedFile,
  { keys, current }: CatalogState,
): Set<string> {
  if (oldLocation === undefined) {
    return new Set();
  }
  const refs = [
    ...(current.get(oldLocation) ?? []),
    ...base.map(({ entityRef }) => entityRef),
  ];
  return new Set(
    refs.filter(ref => !keys || keys.get(ref) === `url:${oldLocation}`),
  );
}

/** A file with its entities, once it is merged and before. */
type IndexedFile = {
  file: PlannedFile;
  /** Those that the pull request may change. */
  own: readonly PlannedEntity[];
  /** All that it has once it is merged. */
  refs: ReadonlySet<string>;
  base: ReadonlyMap<string, PlannedEntity>;
};

function changeOf(
  entity: PlannedEntity,
  here: IndexedFile,
  { indexed, state }: { indexed: readonly IndexedFile[]; state: CatalogState },
): EntityChange | undefined {
  const { entityRef, value } = entity;
  const path = here.file.path ?? '';
  const isKnown = state.keys?.has(entityRef);
  const from = here.base.has(entityRef)
    ? here
    : indexed.find(
        ({ refs, base }) => base.has(entityRef) && !refs.has(entityRef),
      );
  const old = from?.base.get(entityRef);
  if (isKnown === false || (isKnown === undefined && !old)) {
    return { entityRef, action: 'add', path };
  }
  const ownFields = old
    ? changedFields(asIngested(old.value), asIngested(value))
    : [];
  const fields = [...ownFields, ...entity.changedFields].slice(
    0,
    LIMITS.fields,
  );
  const fromPath = from?.file.oldPath;
  if (fromPath !== undefined && fromPath !== path) {
    return {
      entityRef,
      action: 'move',
      path,
      fromPath,
      ...(fields.length > 0 ? { fields } : {}),
    };
  }
  // What the catalog has, and the branch has not, changes in ways that are not known.
  return old && fields.length === 0
    ? undefined
    : {
        entityRef,
        action: 'change',
        path,
        fields,
        ...(old && ownFields.length === 0 ? { viaPlaceholder: true } : {}),
      };
}

/** Without what makes no difference to the catalog, which sets it itself. */
function asIngested(value: JsonObject): JsonObject {
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const annotations = isObject(metadata.annotations)
    ? Object.entries(metadata.annotations).filter(
        ([key]) => !SET_BY_CATALOG.includes(key),
      )
    : [];
  const { namespace, ...others } = metadata;
  return {
    ...value,
    metadata: {
      ...others,
      namespace: namespace || DEFAULT_NAMESPACE,
      annotations: Object.fromEntries(annotations),
    },
  };
}

const SET_BY_CATALOG = [ANNOTATION_LOCATION, ANNOTATION_ORIGIN_LOCATION];

/** The fields in which two entities differ: `spec.owner`, at most 20. */
export function changedFields(before: JsonObject, after: JsonObject): string[] {
  const fields: string[] = [];
  const compare = (
    one: JsonValue | undefined,
    other: JsonValue | undefined,
    path: string[],
  ) => {
    if (fields.length >= LIMITS.fields || isDeepStrictEqual(one, other)) {
      return;
    }
    if (isObject(one) && isObject(other)) {
      for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
        compare(one[key], other[key], [...path, key]);
      }
    } else {
      fields.push(inWords(toPointer(path)).slice(0, MAX_FIELD));
    }
  };
  compare(before, after, []);
  return fields;
}

/** Characters of a field's name, which anyone may make as long as a file. */
const MAX_FIELD = 100;
