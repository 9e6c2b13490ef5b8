import { JsonObject, JsonValue } from '@backstage/types';
import { isObject } from './documents';
import { toPointer } from './pointers';

/** A value such as `{ $text: ./README.md }`, which the catalog replaces by what it names. */
export type Placeholder = {
  pointer: string;
  /** Such as `$text`. */
  key: string;
  value: JsonValue;
};

/** What replaces a value of an entity. */
export type Replacement = { pointer: string; value: JsonValue | undefined };

/**
 * Placeholders that Backstage resolves itself, or with a module of its own. Others may
 * be a part of the entity.
 */
const RESOLVED = ['$text', '$json', '$yaml', '$openapi', '$asyncapi'];

/** Whether a placeholder is one in every catalog, or in most. */
export function isResolved({ key }: Placeholder): boolean {
  return RESOLVED.includes(key);
}

/** Whether the files of a placeholder may refer to others, which are read too. */
export function mayReferToFiles({ key }: Placeholder): boolean {
  return !['$text', '$json', '$yaml'].includes(key);
}

/**
 * The placeholders of an entity, as `PlaceholderProcessor` finds them: a map with one
 * key, which begins with `$`. A map with more keys and such a one is left alone.
 */
export function findPlaceholders(entity: JsonObject): Placeholder[] {
  const found: Placeholder[] = [];
  const visit = (value: JsonValue | undefined, path: string[]) => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, [...path, String(index)]));
    } else if (isObject(value)) {
      const keys = Object.keys(value);
      if (!keys.some(key => key.startsWith('$'))) {
        keys.forEach(key => visit(value[key], [...path, key]));
      } else if (keys.length === 1) {
        const [key] = keys;
        found.push({ pointer: toPointer(path), key, value: value[key]! });
      }
    }
  };
  visit(entity, []);
  return found;
}

/**
 * What the catalog is given in place of a placeholder that it must not read: a text
 * where it would resolve it, which is what most resolve to; and something that it does
 * not take for a placeholder where that may be a part of the entity.
 */
export function withheld(placeholder: Placeholder): JsonValue {
  return isResolved(placeholder)
    ? 'not checked'
    : { [placeholder.key]: placeholder.value, '$not-checked': true };
}

/** A copy of a value in which some places have other values, or none. */
export function replaced<Value extends JsonValue>(
  value: Value,
  replacements: readonly Replacement[],
): Value {
  const byPointer = new Map(
    replacements.map(one => [one.pointer, one] as const),
  );
  const copy = (
    one: JsonValue | undefined,
    path: string[],
  ): JsonValue | undefined => {
    const replacement = byPointer.get(toPointer(path));
    if (replacement) {
      return replacement.value;
    }
    if (Array.isArray(one)) {
      return one
        .map((item, index) => copy(item, [...path, String(index)]))
        .filter(item => item !== undefined);
    }
    return isObject(one)
      ? Object.fromEntries(
          Object.entries(one).map(([key, child]) => [
            key,
            copy(child, [...path, key]),
          ]),
        )
      : one;
  };
  return (byPointer.size === 0 ? value : copy(value, [])) as Value;
}

/** A target of a Location entity. */
type LocationTarget = { pointer: string; target: string };

/** What a Location entity has the catalog read. */
export type LocationTargets = {
  /** Absent where it is inherited from the file, whose type is `url`. */
  type?: string;
  presence?: string;
  targets: LocationTarget[];
  /** Of values that become targets only when they are resolved. */
  unresolved: string[];
  /** What takes all targets out of the entity; what is not valid stays, to be refused. */
  withheld: Replacement[];
};

/** Reads the targets of an entity; undefined where it is not a Location. */
export function readTargets({
  kind,
  spec,
}: JsonObject): LocationTargets | undefined {
  // As the catalog does, which reads those of this kind alone.
  if (kind !== 'Location' || !isObject(spec)) {
    return undefined;
  }
  const found: LocationTargets = { targets: [], unresolved: [], withheld: [] };
  const isWhole = Object.keys(spec).length === 1;
  if (isWhole && Object.keys(spec)[0].startsWith('$')) {
    found.unresolved.push('/spec');
    found.withheld.push({ pointer: '/spec', value: {} });
    return found;
  }
  if (typeof spec.type === 'string') {
    found.type = spec.type;
  }
  if (typeof spec.presence === 'string') {
    found.presence = spec.presence;
  }
  const lists: [pointer: string, value: JsonValue | undefined][] = [
    ['/spec/target', spec.target],
  ];
  if (Array.isArray(spec.targets)) {
    spec.targets.forEach((value, index) =>
      lists.push([`/spec/targets/${index}`, value]),
    );
  } else if (isObject(spec.targets)) {
    lists.push(['/spec/targets', spec.targets]);
  }
  for (const [pointer, value] of lists) {
    if (typeof value === 'string' && value) {
      found.targets.push({ pointer, target: value });
      found.withheld.push({ pointer, value: undefined });
    } else if (isObject(value)) {
      found.unresolved.push(pointer);
      found.withheld.push({ pointer, value: undefined });
    }
  }
  for (const pointer of ['/spec/type', '/spec/presence']) {
    if (isObject(spec[pointer.slice('/spec/'.length)])) {
      found.unresolved.push(pointer);
    }
  }
  return found;
}
