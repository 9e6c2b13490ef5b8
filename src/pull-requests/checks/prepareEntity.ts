import { JsonObject, JsonValue } from '@backstage/types';
import { CatalogDocument, isObject } from './documents';
import { LIMITS } from './limits';
import { CheckedRepository, Place, PlacedFile, placeOf } from './places';
import {
  findPlaceholders,
  isResolved,
  mayReferToFiles,
  Placeholder,
  readTargets,
  replaced,
  Replacement,
  withheld,
} from './placeholders';
import { isWithin } from './pointers';
import { Reader, TOO_MUCH_TO_READ } from './Reader';
import { shown } from './wording';
import { parseYaml, TooComplexError } from './yaml';

/** An entity as the catalog is asked about it. */
export type PreparedEntity = {
  entity: JsonObject;
  /** Places whose values were taken out, so that nothing can be said of them. */
  withheld: string[];
  /** The placeholders by the values that they have in {@link PreparedEntity.entity}. */
  pointers: Map<string, string>;
  notes: EntityNote[];
};

/** What was found before the catalog is asked. */
type EntityNote = {
  rule: 'placeholder' | 'unchecked';
  pointer: string;
  message: string;
};

/**
 * Makes an entity safe to be processed for someone who may only open a pull request:
 * nothing outside of the repository is read for it. Placeholders that lead elsewhere, and
 * all targets of a Location, are taken out; targets are checked as files.
 */
export async function prepareEntity(
  { value }: Pick<CatalogDocument, 'value'>,
  file: PlacedFile,
  { repository, reader }: { repository: CheckedRepository; reader: Reader },
): Promise<PreparedEntity> {
  const prepared: PreparedEntity = {
    entity: value,
    withheld: [],
    pointers: new Map(),
    notes: [],
  };
  const replacements: Replacement[] = [...(readTargets(value)?.withheld ?? [])];
  const targets = replacements.map(({ pointer }) => pointer);
  const placeholders = findPlaceholders(value).filter(
    ({ pointer }) => !targets.some(target => isWithin(pointer, target)),
  );
  for (const [index, placeholder] of placeholders.entries()) {
    const result =
      index < LIMITS.placeholders
        ? await lookAt(placeholder, file, { repository, reader })
        : tooMany(placeholder);
    if (result.note) {
      prepared.notes.push({ pointer: placeholder.pointer, ...result.note });
    }
    if (result.isWithheld) {
      prepared.withheld.push(placeholder.pointer);
      replacements.push({
        pointer: placeholder.pointer,
        value: withheld(placeholder),
      });
    }
    const { place } = result;
    if (place) {
      prepared.pointers.set(place.url, placeholder.pointer);
      prepared.pointers.set(String(placeholder.value), placeholder.pointer);
    }
    if (
      place &&
      !result.isWithheld &&
      (isResolved(placeholder) || !isRelative(placeholder))
    ) {
      replacements.push({
        pointer: placeholder.pointer,
        value: { [placeholder.key]: place.url },
      });
    }
  }
  prepared.entity = replaced(value, replacements);
  return prepared;
}

/** Anything else is given to the catalog as the URL that it was found to mean. */
function isRelative({ value }: Placeholder): boolean {
  return !/^(?:\/|[a-z][a-z0-9+.-]*:)/i.test(String(value));
}

type Look = {
  isWithheld: boolean;
  note?: Omit<EntityNote, 'pointer'>;
  place?: Extract<Place, { kind: 'here' }>;
};

function unchecked(why: string): Look {
  return {
    isWithheld: true,
    note: { rule: 'unchecked', message: why },
  };
}

function tooMany(placeholder: Placeholder): Look {
  return unchecked(
    `${shown(placeholder.key)} was not checked, since this entity has more than ${LIMITS.placeholders} placeholders.`,
  );
}

async function lookAt(
  placeholder: Placeholder,
  file: PlacedFile,
  context: { repository: CheckedRepository; reader: Reader },
): Promise<Look> {
  const { key, value } = placeholder;
  if (typeof value !== 'string') {
    // The catalog says what is wrong with it; nothing is read for it.
    return { isWithheld: false };
  }
  const what = `${shown(key)}: ${shown(value)}`;
  const place = placeOf(context.repository, file, value);
  if (place.kind === 'elsewhere') {
    return unchecked(`${what} is ${place.where}, so it was not read.`);
  }
  if (place.kind === 'pattern') {
    return unchecked(`${what} has a wildcard, so it was not read.`);
  }
  const content = await context.reader.read('head', place.path);
  if (content === undefined) {
    return unchecked(`${what} was not checked, since ${TOO_MUCH_TO_READ}.`);
  }
  if ('missing' in content) {
    if (!isResolved(placeholder)) {
      return { isWithheld: false };
    }
    const fault = {
      absent: 'does not exist at the head of the pull request',
      'too-large': 'is larger than the catalog reads',
      lfs: 'is in Git LFS, which the catalog does not read',
    }[content.missing];
    const fix =
      content.missing === 'absent'
        ? 'Fix the path, or add the file.'
        : 'Name another file.';
    return {
      isWithheld: true,
      note: { rule: 'placeholder', message: `${what} ${fault}. ${fix}` },
      place,
    };
  }
  const reason = await whyNotReadable(placeholder, place.path, {
    ...context,
    content: content.content,
  });
  return reason === undefined
    ? { isWithheld: false, place }
    : { ...unchecked(`${what} was not checked, since ${reason}.`), place };
}

/** Why the catalog must not read a file, though it is in the repository. */
async function whyNotReadable(
  placeholder: Placeholder,
  path: string,
  {
    repository,
    reader,
    content,
  }: { repository: CheckedRepository; reader: Reader; content: Buffer },
): Promise<string | undefined> {
  if (content.length > LIMITS.fileBytes) {
    return `that file is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB`;
  }
  if (placeholder.key === '$yaml') {
    // What is not valid, the catalog says itself.
    const { tooComplex } = parse(content);
    return tooComplex && `of that file, ${tooComplex}`;
  }
  return mayReferToFiles(placeholder)
    ? whyReferencesUnreadable(path, content, { repository, reader })
    : undefined;
}

/** `$openapi` and its like also read what a description refers to, wherever that is. */
async function whyReferencesUnreadable(
  first: string,
  firstContent: Buffer,
  { repository, reader }: { repository: CheckedRepository; reader: Reader },
): Promise<string | undefined> {
  const seen = new Set([first]);
  const queue = [{ path: first, content: firstContent }];
  for (const { path, content } of queue) {
    const { values, tooComplex } = parse(content);
    if (!values) {
      // Other parsers may read it another way.
      return `of ${shown(path)}, ${tooComplex ?? 'the YAML or JSON is not valid'}`;
    }
    const location = repository.urls.file(
      repository.fullName,
      repository.branch,
      path,
    );
    for (const ref of findRefs(values)) {
      const place = placeOf(repository, { path, location }, ref);
      if (place.kind !== 'here') {
        return `${shown(path)} refers to ${shown(ref)}, which is not in this repository`;
      }
      if (!seen.has(place.path)) {
        seen.add(place.path);
        const next =
          seen.size > LIMITS.apiFiles
            ? undefined
            : await reader.read('head', place.path);
        if (next === undefined) {
          return 'it refers to too many files';
        }
        if ('content' in next) {
          queue.push({ path: place.path, content: next.content });
        }
      }
    }
  }
  return undefined;
}

/** The values of YAML or JSON, where it is valid. */
function parse(content: Buffer): { values?: JsonValue[]; tooComplex?: string } {
  if (content.length > LIMITS.fileBytes) {
    return { tooComplex: 'it is too long' };
  }
  try {
    const { documents } = parseYaml(content.toString('utf8'));
    return documents.some(({ errors }) => errors.length > 0)
      ? {}
      : { values: documents.map(document => document.toJSON()) };
  } catch (error) {
    return error instanceof TooComplexError
      ? { tooComplex: error.message }
      : {};
  }
}

/** What `$ref` names in other files; each part of a value is looked at once. */
function findRefs(values: readonly JsonValue[]): Set<string> {
  const refs = new Set<string>();
  const seen = new Set<unknown>();
  const queue: (JsonValue | undefined)[] = [...values];
  while (queue.length > 0) {
    const value = queue.pop();
    if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      Object.values(value).forEach(child => queue.push(child));
      if (isObject(value) && typeof value.$ref === 'string') {
        const [file] = value.$ref.split('#');
        if (file) {
          refs.add(file);
        }
      }
    }
  }
  return refs;
}
