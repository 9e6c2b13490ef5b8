import { ScmUrls } from '../../scm/urls';
import { Rule } from '../checkResult';
import { inWords, toPointer } from './pointers';
import { cleaned, sentence, shown } from './wording';

/** An error as the catalog's API gives it. */
export type CatalogError = {
  name?: string;
  message?: string;
  /** The error that caused it, in the same form. */
  cause?: unknown;
};

/** What an error of the catalog means. */
export type Problem = {
  rule: Rule;
  /** What is wrong and how to fix it. */
  message: string;
  /** Where in the entity, as far as the error says. */
  pointer?: string;
  /** The entity that it names. */
  entityRef?: string;
  /** The value of the placeholder that it names. */
  value?: string;
};

/** Which texts of others may be seen in the pull request. */
export type Visibility = {
  urls: ScmUrls;
  /** Where only URLs of one repository may be seen. */
  repository?: string;
};

/** What the catalog puts around the error of a processor or a policy. */
const WRAPPERS =
  /^(Processor \S+ threw an error while|Policy check failed for|Entity envelope (for .* )?failed validation)/;

/** Errors that say what is wrong with an entity; any other may be a fault of the backend. */
const OF_ENTITIES = [
  'InputError',
  'TypeError',
  'NotAllowedError',
  'NotFoundError',
];

/** The error itself, and whether it is from a policy, which may throw any. */
export function unwrapped(error: CatalogError): {
  name: string;
  message: string;
  isPolicy: boolean;
} {
  let inner = error;
  let isPolicy = false;
  while (
    WRAPPERS.test(inner.message ?? '') &&
    typeof inner.cause === 'object' &&
    inner.cause !== null
  ) {
    isPolicy ||= inner.message!.startsWith('Policy check failed for');
    inner = inner.cause;
  }
  const message = String(inner.message ?? '');
  const [first] = message.split('; caused by ');
  return { name: String(inner.name ?? ''), message: first, isPolicy };
}

/** Words an error of the catalog for the person who has to fix the file. */
export function explain(error: CatalogError, visibility: Visibility): Problem {
  const { name, message, isPolicy } = unwrapped(error);
  const known = explainKnown(message);
  if (known) {
    return { ...known, message: sentence(known.message) };
  }
  if (isPolicy || OF_ENTITIES.includes(name)) {
    const text = cleaned(message, visibility) || 'no reason given';
    return { rule: 'schema', message: sentence(`The catalog says: ${text}`) };
  }
  return {
    rule: 'unchecked',
    message:
      "This could not be checked, since something failed in the catalog; see the backend's log.",
  };
}

type Explanation = (match: RegExpExecArray) => Problem;

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
    /^(?:Malformed envelope, )?(\/\S*|<root>) (.*)$/s,
    ([, place, rest]) => explainSchema(place, rest),
  ],
  [
    /^Validation of \S+ entity failed: (\/[^\s;]*|<root>) (.*)$/s,
    ([, place, rest]) => explainSchema(place, rest.split(/; (?=\/|<root>)/)[0]),
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
    /^Registered locations must be of an allowed type (.*)$/s,
    ([, types]) => ({
      rule: 'target',
      pointer: '/spec/type',
      message: `spec.type must be one of ${shown(types)}.`,
    }),
  ],
  [
    /^Placeholder (\$\S+) (.*)$/s,
    ([, key, rest]) => explainPlaceholder(key, rest),
  ],
];

function explainKnown(message: string): Problem | undefined {
  for (const [pattern, explanation] of KNOWN) {
    const match = pattern.exec(message);
    if (match) {
      return explanation(match);
    }
  }
  return undefined;
}

/** An error of ajv: `must have required property 'lifecycle' - missingProperty: lifecycle`. */
function explainSchema(place: string, rest: string): Problem {
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
      message: `${shown(inWords(at))} is missing. Add it.`,
    };
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
  return {
    rule: 'schema',
    pointer: fieldPointer(field),
    message: `${shown(field)} is not valid${what}.${fix}`,
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
function explainPlaceholder(key: string, rest: string): Problem {
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
    return {
      rule: 'placeholder',
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
