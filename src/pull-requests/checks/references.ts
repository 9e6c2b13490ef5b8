import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { distance } from 'fastest-levenshtein';
import { isObject } from './documents';
import { toPointer } from './pointers';

/** A field that refers to entities. */
type RelationField = {
  /** Within `spec`. */
  field: string;
  /** What it refers to where a reference names no kind; absent where it has to. */
  defaultKind?: string;
};

const OWNER: RelationField = { field: 'owner', defaultKind: 'Group' };
const SYSTEM: RelationField = { field: 'system', defaultKind: 'System' };
const DEPENDENCIES: RelationField[] = [
  { field: 'dependsOn' },
  { field: 'dependencyOf' },
];

/**
 * The fields from which the catalog makes relations, by kind. Its API does not tell them
 * before an entity is in the catalog; a test compares them with what
 * `BuiltinKindsEntityProcessor` emits.
 */
export const RELATION_FIELDS: Readonly<
  Record<string, readonly RelationField[]>
> = {
  API: [OWNER, SYSTEM],
  Component: [
    OWNER,
    SYSTEM,
    { field: 'subcomponentOf', defaultKind: 'Component' },
    { field: 'providesApis', defaultKind: 'API' },
    { field: 'consumesApis', defaultKind: 'API' },
    ...DEPENDENCIES,
  ],
  Domain: [OWNER, { field: 'subdomainOf', defaultKind: 'Domain' }],
  Group: [
    { field: 'parent', defaultKind: 'Group' },
    { field: 'children', defaultKind: 'Group' },
    { field: 'members', defaultKind: 'User' },
  ],
  Resource: [OWNER, SYSTEM, ...DEPENDENCIES],
  System: [OWNER, { field: 'domain', defaultKind: 'Domain' }],
  User: [{ field: 'memberOf', defaultKind: 'Group' }],
};

/** A reference to an entity. */
export type Reference = {
  pointer: string;
  /** As in `spec.owner`. */
  field: string;
  /** In full and in lower case. */
  entityRef: string;
};

/** The references in the fields of a built-in kind. What is not one, the catalog refuses itself. */
export function referencesOf({
  kind,
  metadata,
  spec,
}: JsonObject): Reference[] {
  const fields =
    typeof kind === 'string' && Object.hasOwn(RELATION_FIELDS, kind)
      ? RELATION_FIELDS[kind]
      : undefined;
  if (!fields || !isObject(spec) || !isObject(metadata)) {
    return [];
  }
  const defaultNamespace = String(metadata.namespace || 'default');
  return fields.flatMap(({ field, defaultKind }) => {
    const value = spec[field];
    const items = Array.isArray(value)
      ? value.map((item, index) => ({ item, path: [field, String(index)] }))
      : [{ item: value, path: [field] }];
    return items.flatMap(({ item, path }) => {
      const entityRef =
        typeof item === 'string'
          ? toRef(item, { defaultKind, defaultNamespace })
          : undefined;
      return entityRef === undefined
        ? []
        : {
            pointer: toPointer(['spec', ...path]),
            field: `spec.${field}`,
            entityRef,
          };
    });
  });
}

function toRef(
  written: string,
  context: { defaultKind?: string; defaultNamespace: string },
): string | undefined {
  try {
    return stringifyEntityRef(parseEntityRef(written, context));
  } catch {
    return undefined;
  }
}

/** Beyond this, an entity cannot exist: its kind, namespace and name have 63 characters each. */
const MAX_REF_LENGTH = 3 * 63 + 2;

/** Whether there can be an entity of a reference at all. */
export function canExist(entityRef: string): boolean {
  return entityRef.length <= MAX_REF_LENGTH && /^[\w.:/-]+$/.test(entityRef);
}

/** What the references of the same kind in the same namespace begin with. */
export function prefixOf(entityRef: string): string {
  return entityRef.slice(0, entityRef.indexOf('/') + 1);
}

/**
 * The reference that was probably meant: of the same kind and in the same namespace, and
 * different in a third of its name at most.
 */
export function similarRef(
  entityRef: string,
  candidates: Iterable<string>,
): string | undefined {
  const prefix = prefixOf(entityRef);
  const name = entityRef.slice(prefix.length);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (
      candidate.startsWith(prefix) &&
      Math.abs(candidate.length - entityRef.length) < bestDistance
    ) {
      const far = distance(name, candidate.slice(prefix.length));
      if (far < bestDistance && far > 0) {
        best = candidate;
        bestDistance = far;
      }
    }
  }
  return best;
}
