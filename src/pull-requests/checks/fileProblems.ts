import { entityEnvelopeSchemaValidator } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { CatalogError, explain, unwrapped, Visibility } from './catalogErrors';
import { Problem } from './knownErrors';
import { CatalogDocument, isObject, ParsedFile } from './documents';
import { FILE_IS_REJECTED, sentence, shown } from './wording';

/** A problem of a file, with its line. */
type LocatedProblem = Omit<Problem, 'value'> & { line: number };

/**
 * Finds the lines of the errors for which the catalog rejects a file. It names the
 * document in few of them, so that those of envelopes are found by checking the
 * envelopes again.
 */
export function locateFileErrors(
  { documents, broken }: ParsedFile,
  errors: readonly CatalogError[],
  visibility: Visibility,
): LocatedProblem[] {
  const problems: LocatedProblem[] = [];
  const envelopes = documents.map(({ value }) => envelopeErrorOf(value));
  let isBroken = false;
  for (const error of errors) {
    const problem = explain(error, visibility);
    const { message } = unwrapped(error);
    if (isOfParser(problem, message) && broken.length > 0) {
      // The catalog's words name the URL at the head, and show the text of the line.
      if (!isBroken) {
        problems.push(
          ...broken.map(one => ({ rule: 'syntax' as const, ...one })),
        );
      }
      isBroken = true;
      continue;
    }
    const found = documentsOf(problem, message, documents, envelopes);
    if (found.length === 0) {
      problems.push({ ...problem, line: documents[0]?.lineOf() ?? 1 });
    }
    for (const document of found) {
      problems.push({
        ...problem,
        message: withName(problem, document),
        line: document.lineOf(problem.pointer),
        entityRef: document.entityRef ?? problem.entityRef,
      });
    }
  }
  return problems.map(problem => ({
    ...problem,
    message:
      problem.rule === 'unchecked'
        ? problem.message
        : sentence(problem.message, FILE_IS_REJECTED),
  }));
}

/** An alias of nothing fails when the document is read, and not when it is parsed. */
function isOfParser({ rule }: Problem, message: string): boolean {
  return (
    rule === 'syntax' ||
    /^Unable to read url, (Unresolved alias|Excessive alias)/.test(message)
  );
}

/** The documents that an error is about. What an error of an envelope is about, is used up. */
function documentsOf(
  problem: Problem,
  message: string,
  documents: readonly CatalogDocument[],
  envelopes: (string | undefined)[],
): CatalogDocument[] {
  if (problem.rule === 'kind') {
    return documentsOfKind(problem.entityRef, documents);
  }
  if (problem.pointer === '/metadata/annotations') {
    const index = envelopes.findIndex((_, at) => envelopes[at] === ANNOTATIONS);
    return take(index);
  }
  return take(envelopes.indexOf(message));

  function take(index: number): CatalogDocument[] {
    if (index === -1) {
      return [];
    }
    envelopes[index] = undefined;
    return [documents[index]];
  }
}

/**
 * The catalog stops at the first entity whose kind is not allowed. Rules are about
 * kinds and types, so that others of the same kind and type are not allowed either.
 */
function documentsOfKind(
  entityRef: string | undefined,
  documents: readonly CatalogDocument[],
): CatalogDocument[] {
  const first = documents.find(one => one.entityRef === entityRef);
  return documents.filter(
    ({ value }) =>
      first !== undefined &&
      lowerCase(value.kind) === lowerCase(first.value.kind) &&
      typeOf(value) === typeOf(first.value),
  );
}

function typeOf({ spec }: JsonObject): string | undefined {
  return isObject(spec) ? lowerCase(spec.type) : undefined;
}

function lowerCase(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function withName(
  problem: Problem,
  { value, entityRef }: CatalogDocument,
): string {
  if (problem.rule !== 'kind') {
    return problem.message;
  }
  // Rules may be about the type, too.
  const type = typeOf(value);
  const kind = `Kind ${shown(value.kind)}${type === undefined ? '' : ` of the type ${shown(type)}`}`;
  return `${kind} is not allowed at this location. Remove ${shown(entityRef)}, or ask for a rule in catalog.rules that allows it.`;
}

/** Stands for what is wrong with an envelope, but not with its schema. */
const ANNOTATIONS = 'annotations';

const validateEnvelope = entityEnvelopeSchemaValidator();

/** What the catalog says of an envelope; undefined where nothing is wrong. */
function envelopeErrorOf(value: JsonObject): string | undefined {
  try {
    validateEnvelope(value);
  } catch (error) {
    return (error as Error).message;
  }
  return hasAnnotationsMap(value) ? undefined : ANNOTATIONS;
}

function hasAnnotationsMap({ metadata }: JsonObject): boolean {
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  return !annotations || isObject(annotations);
}

/** Whether the catalog takes a document for an entity, so that it can be asked about it. */
export function isEntity(value: JsonObject): boolean {
  return envelopeErrorOf(value) === undefined;
}
