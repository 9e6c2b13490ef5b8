import { JsonObject, JsonValue } from '@backstage/types';
import { Rule } from '../checkResult';
import { isObject } from './documents';
import { findPlaceholders } from './placeholders';
import { inWords, toPath, toPointer } from './pointers';
import { shown } from './wording';

/** What an error of the catalog means. */
export type Problem = {
  rule: Rule;
  /** What is wrong and how to fix it. */
  message: string;
  /** Where in the entity, as far as the error says. */
  pointer?: string;
  /** The entity that it names. */
  entityRef?: string;
  /** The value in the entity that it names, such as that of a placeholder. */
  value?: string;
};

/** @param entity - what the message is about, as far as that is known */
type Explanation = (match: RegExpExecArray, entity: JsonObject) => Problem;

/** The messages of the catalog and of its own processors and policies. */
const KNOWN: [message: RegExp, explain: Explanation][] = [
  [
    /^(?:YAML error at|Failed to parse YAML at|Expected object at root)/,
    () => ({ rule: 'syntax', message: 'The catalog cannot parse this file.' }),
  ],
  [
    /^Entity (\S+) at .* is not of an allowed kind for that location$/s,
    ([, entityRef]) => ({
      rule: 'kind',
      entityRef,
      pointer: '/kind',
      message: `${shown(entityRef)} is of a kind that is not allowed at this location. Remove it, or ask for a rule in catalog.rules that allows it.`,
    }),
  ],
  [
    /^metadata\.annotations must be a valid object$/,
    () => ({
      rule: 'envelope',
      pointer: '/metadata/annotations',
      message: 'metadata.annotations must be a map. Write key: value.',
    }),
  ],
  [
    /^(?:Malformed envelope, )?(\/(?:apiVersion|kind|metadata|spec)(?:\/\S*)?|<root>) (.*)$/s,
    ([, place, rest], entity) => explainSchema(place, rest, entity),
  ],
  [
    /^Validation of \S+ entity failed: (\/[^\s;]*|<root>) (.*)$/s,
    ([, place, rest], entity) =>
      explainSchema(place, rest.split(/; (?=\/|<root>)/)[0], entity),
  ],
  [
    /^"(.+?)" is not valid;?(.*)$/s,
    ([, field, rest]) => explainFormat(field, rest),
  ],
  [
    /^(\S+) must have a value$/,
    ([, field]) => ({
      rule: 'schema',
      pointer: fieldPointer(field),
      message: `${shown(field)} must have a value.`,
    }),
  ],
  [
    /^Unknown field (.*)$/s,
    ([, field]) => ({
      rule: 'schema',
      pointer: toPointer([field]),
      message: `An entity has no field ${shown(field)}. Remove it, or move it into metadata or spec.`,
    }),
  ],
  [
    /^No processor recognized the entity/,
    () => ({
      rule: 'schema',
      pointer: '/kind',
      message:
        'No processor of this catalog knows this kind with this apiVersion. Check the spelling of kind and apiVersion.',
    }),
  ],
  [
    /^Entity reference "(.*)" (?:had missing or empty (\w+)|was not on the form)/s,
    ([, value, part]) => ({
      rule: 'schema',
      value,
      message: part
        ? `"${shown(value)}" has no ${part}. Write it in full, such as component:default/name.`
        : `"${shown(value)}" is not a reference to an entity. Write it as kind:namespace/name.`,
    }),
  ],
  [
    /^Registered locations must be of an allowed type (.*)$/s,
    ([, types]) => ({
      rule: 'target',
      pointer: '/spec/type',
      message: `spec.type must be one of ${shown(types)}.`,
    }),
  ],
  [
    /^Placeholder (\$\S+) (.*)$/s,
    ([, key, rest], entity) => explainPlaceholder(key, rest, entity),
  ],
];

/** Words a message of the catalog itself; undefined for any other. */
export function explainKnown(
  message: string,
  entity: JsonObject,
): Problem | undefined {
  for (const [pattern, explanation] of KNOWN) {
    const match = pattern.exec(message);
    if (match) {
      return explanation(match, entity);
    }
  }
  return undefined;
}

/** An error of ajv: `must have required property 'lifecycle' - missingProperty: lifecycle`. */
function explainSchema(
  place: string,
  rest: string,
  entity: JsonObject,
): Problem {
  const pointer = place === '<root>' ? '' : place;
  const field = shown(inWords(pointer)) || 'The entity';
  const [said, params = ''] = rest.split(/ - (?=\w+: )/);
  const rule = isOfEnvelope(pointer) ? 'envelope' : 'schema';
  const missing = /^must have required property '(.+)'$/.exec(said)?.[1];
  if (missing !== undefined) {
    const at = pointer + toPointer([missing]);
    return {
      rule: isOfEnvelope(at) ? 'envelope' : 'schema',
      pointer: at,
      message: `${shown(inWords(at))} is missing. Add it.${hintOfMerge(entity, pointer)}`,
    };
  }
  if (pointer === '' && said === 'must NOT have additional properties') {
    return explainRoot(entity);
  }
  const [, param, value] = /^(\w+): (.*)$/s.exec(params) ?? [];
  if (param === 'additionalProperty') {
    return {
      rule,
      pointer: pointer + toPointer([value]),
      message: `${shown(inWords(pointer + toPointer([value])))} is not allowed. Remove it.`,
    };
  }
  if (param === 'allowedValues') {
    const values = value.split(',').join(', ');
    return {
      rule,
      pointer,
      message: `${field} must be one of: ${shown(values)}.`,
    };
  }
  if (/^must NOT have fewer than 1 (characters|items)$/.test(said)) {
    return { rule, pointer, message: `${field} must not be empty.` };
  }
  const type = /^must be (\w+)(?:,(\w+))*$/.exec(said)
    ? said.slice(8)
    : undefined;
  return {
    rule,
    pointer,
    message: type
      ? `${field} must be ${typesInWords(type)}.`
      : `${field} ${shown(said)}.`,
  };
}

/** The catalog parses files without merge keys, which many other tools resolve. */
function hintOfMerge(entity: JsonObject, pointer: string): string {
  let value: JsonValue | undefined = entity;
  for (const key of toPath(pointer)) {
    value = isObject(value) ? value[key] : undefined;
  }
  return isObject(value) && Object.hasOwn(value, '<<')
    ? ' The catalog does not resolve merge keys (<<).'
    : '';
}

/** The fields of an entity, with those that the catalog adds. */
const ROOT_FIELDS = [
  'apiVersion',
  'kind',
  'metadata',
  'spec',
  'relations',
  'status',
];

function explainRoot(entity: JsonObject): Problem {
  const field = Object.keys(entity).find(key => !ROOT_FIELDS.includes(key));
  return {
    rule: 'schema',
    pointer: field === undefined ? '' : toPointer([field]),
    message: `An entity has no field ${shown(field ?? 'of this name')}. Remove it, or move it into metadata or spec.`,
  };
}

function typesInWords(types: string): string {
  const words: Record<string, string> = {
    array: 'a list',
    object: 'a map',
    string:
      'a text; put it in quotes if it looks like a number, a date or true',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  return types
    .split(',')
    .map(type => words[type] ?? shown(type))
    .join(' or ');
}

function isOfEnvelope(pointer: string): boolean {
  return [
    '',
    '/apiVersion',
    '/kind',
    '/metadata',
    '/metadata/name',
    '/metadata/namespace',
  ].includes(pointer);
}

/** An error of `FieldFormatEntityPolicy`. */
function explainFormat(field: string, rest: string): Problem {
  const [, expected] = /expected (.+?) but found /s.exec(rest) ?? [];
  const [, found] = /but found "(.*)"\. To learn more/s.exec(rest) ?? [];
  const what = found === undefined ? '' : `: "${shown(found)}"`;
  const fix = expected ? ` Use ${formatInWords(expected)}.` : '';
  const pointer = fieldPointer(field);
  return {
    rule: 'schema',
    pointer,
    message: `${shown(inWords(pointer))} is not valid${what}.${fix}`,
  };
}

function formatInWords(expected: string): string {
  const length = 'at most 63 characters';
  if (expected.includes('[a-zA-Z0-9] separated by any of [-_.]')) {
    return `letters and digits, with -, _ or . between them, ${length}`;
  }
  if (expected.includes('[a-z0-9] separated by [-]')) {
    return `lower-case letters and digits, with - between them, ${length}`;
  }
  if (expected.includes('[a-z0-9+#] separated by [-]')) {
    return `lower-case letters, digits, +, # and :, with - between them, ${length}`;
  }
  return shown(expected);
}

/** `metadata.name`, `labels.a.b/c`, `tags.0` and `links.0.url` as pointers. */
function fieldPointer(field: string): string {
  const [, list, rest = ''] =
    /^(labels|annotations|tags|links)\.(.*)$/s.exec(field) ?? [];
  if (!list) {
    return toPointer(field.split('.'));
  }
  const keys = list === 'links' ? rest.split('.') : [rest];
  return toPointer(['metadata', list, ...keys]);
}

/** An error of `PlaceholderProcessor` or a resolver. */
function explainPlaceholder(
  key: string,
  rest: string,
  entity: JsonObject,
): Problem {
  const [, reason, value, then = ''] =
    /^(could not read location|failed to parse \w+ data at|found an error in the data at) (.*?)(?:, (.*))?$/s.exec(
      rest,
    ) ?? [];
  const name = shown(key);
  if (reason?.startsWith('could not read') && !/NotFound/.test(then)) {
    return {
      rule: 'unchecked',
      value,
      message: `What ${name} names could not be read, so this entity was not checked; see the backend's log.`,
    };
  }
  if (reason?.startsWith('could not read')) {
    return {
      rule: 'placeholder',
      value,
      message: `The file that ${name} names does not exist. Fix the path, or add the file.`,
    };
  }
  if (reason) {
    const format = key === '$json' ? 'JSON' : 'YAML';
    return {
      rule: 'placeholder',
      value,
      message: `The file that ${name} names is not valid ${format}. Fix that file.`,
    };
  }
  if (rest.startsWith('expected a string')) {
    const found = findPlaceholders(entity).find(
      one => one.key === key && typeof one.value !== 'string',
    );
    return {
      rule: 'placeholder',
      ...(found ? { pointer: found.pointer } : {}),
      message: `${name} must name a file by a relative path or a URL.`,
    };
  }
  const [, at] = / at (\S+), found \d+$/.exec(rest) ?? [];
  return {
    rule: 'placeholder',
    ...(at ? { value: at } : {}),
    message: at
      ? `The file that ${name} names must hold exactly one YAML document.`
      : `${name} cannot be resolved. Check what it names.`,
  };
}
