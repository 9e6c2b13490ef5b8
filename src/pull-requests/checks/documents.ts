import { stringifyEntityRef } from '@backstage/catalog-model';
import { JsonObject, JsonValue } from '@backstage/types';
import { Document, isMap, isScalar, isSeq, LineCounter, Node } from 'yaml';
import { toPath } from './pointers';
import { LIMITS } from './limits';
import { parseYaml, TooComplexError } from './yaml';

/** A document of a catalog file that is a map. */
export type CatalogDocument = {
  value: JsonObject;
  /** The reference of the entity, where it has a kind and a name. */
  entityRef?: string;
  /** Why it cannot be checked, where it cannot. */
  tooComplex?: string;
  /** The line of a field, or of the nearest field around it that exists. */
  lineOf(pointer?: string): number;
};

/** A document of a catalog file that the catalog cannot use, and why. */
type BrokenDocument = { line: number; message: string };

/** A catalog file as YAML. */
export type ParsedFile = {
  documents: CatalogDocument[];
  broken: BrokenDocument[];
  /** Why the file was not parsed; then there are no documents. */
  tooComplex?: string;
};

/** Reads a catalog file as the catalog does, with the lines of everything in it. */
export function parseCatalogFile(content: Buffer): ParsedFile {
  if (content.length > LIMITS.fileBytes) {
    return failed(`it is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB`);
  }
  try {
    const { documents, lines } = parseYaml(content.toString('utf8'));
    const file: ParsedFile = { documents: [], broken: [] };
    documents.forEach(document => addDocument(file, document, lines));
    return file;
  } catch (error) {
    if (error instanceof TooComplexError) {
      return failed(error.message);
    }
    throw error;
  }
}

function failed(tooComplex: string): ParsedFile {
  return { documents: [], broken: [], tooComplex };
}

function addDocument(
  file: ParsedFile,
  document: Document.Parsed,
  lines: LineCounter,
): void {
  const first = document.contents?.range?.[0] ?? document.range[0];
  const line = lines.linePos(first).line || 1;
  const [error] = document.errors;
  if (error) {
    file.broken.push({
      line: lines.linePos(error.pos[0]).line || line,
      message: `This is not valid YAML: ${error.message}.`,
    });
    return;
  }
  const value = toJson(document);
  if (value instanceof Error) {
    file.broken.push({
      line,
      message: `This YAML document cannot be read: ${value.message}.`,
    });
  } else if (isObject(value)) {
    file.documents.push({
      value,
      entityRef: entityRefOf(value),
      tooComplex: tooComplexEntity(value) ?? unusableName(value),
      lineOf: pointer => lineAt(document, toPath(pointer), lines) ?? line,
    });
  } else if (value !== null) {
    file.broken.push({
      line,
      message: `An entity must be a map with apiVersion, kind and metadata, but this YAML document is ${typeInWords(value)}.`,
    });
  }
}

/** What the parser throws for aliases: those of nothing, and those that expand to too much. */
function toJson(document: Document.Parsed): JsonValue | Error {
  try {
    return document.toJSON();
  } catch (error) {
    return error as Error;
  }
}

function typeInWords(value: JsonValue): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** Whether a value is a map. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The reference of an entity, as far as it has a kind and a name. */
function entityRefOf({ kind, metadata }: JsonObject): string | undefined {
  if (typeof kind !== 'string' || !kind || !isObject(metadata)) {
    return undefined;
  }
  const { name, namespace = undefined } = metadata;
  if (typeof name !== 'string' || !name || unusableName({ kind, metadata })) {
    return undefined;
  }
  return typeof namespace === 'string' || namespace === undefined
    ? stringifyEntityRef({ kind, namespace: namespace || undefined, name })
    : undefined;
}

/** Neither the catalog nor its database takes such a name, and it would be in every message. */
function unusableName({ kind, metadata }: JsonObject): string | undefined {
  const { name, namespace } = isObject(metadata) ? metadata : {};
  const isUnusable = [kind, namespace, name].some(
    part =>
      typeof part === 'string' &&
      (part.length > LIMITS.nameLength || /\p{Cc}/u.test(part)),
  );
  return isUnusable
    ? `its kind, namespace or name has a control character, or more than ${LIMITS.nameLength} characters`
    : undefined;
}

function lineAt(
  document: Document.Parsed,
  path: readonly string[],
  lines: LineCounter,
): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0];
  for (const key of path) {
    let child: unknown;
    if (isMap(node)) {
      const pair = node.items.find(one => keyOf(one.key) === key);
      offset = (pair?.key as Node | undefined)?.range?.[0] ?? offset;
      child = pair?.value;
    } else if (isSeq(node)) {
      child = node.items[Number(key)];
      offset = (child as Node | undefined)?.range?.[0] ?? offset;
    }
    if (child === undefined || child === null) {
      break;
    }
    node = child;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/**
 * Aliases let a small document stand for a huge one. Nothing else is done with an
 * entity before it is known to be of a reasonable size.
 */
function tooComplexEntity(value: JsonValue): string | undefined {
  let left: number = LIMITS.entityLength;
  let hasLongPath = false;
  const isFine = (
    one: JsonValue | undefined,
    depth: number,
    pathLength: number,
  ): boolean => {
    left -= typeof one === 'string' ? one.length + 2 : 4;
    hasLongPath ||= pathLength > LIMITS.pathLength;
    if (left < 0 || depth > LIMITS.depth || hasLongPath) {
      return false;
    }
    return typeof one !== 'object' || one === null
      ? true
      : Object.entries(one).every(([key, child]) => {
          left -= key.length;
          return isFine(child, depth + 1, pathLength + key.length + 1);
        });
  };
  if (isFine(value, 0, 0)) {
    return undefined;
  }
  if (hasLongPath) {
    return `the keys of a field have more than ${LIMITS.pathLength} characters together`;
  }
  return left < 0
    ? 'its aliases expand to too much'
    : `it is nested more than ${LIMITS.depth} levels deep`;
}
