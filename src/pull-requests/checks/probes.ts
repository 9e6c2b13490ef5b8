import { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  Entity,
} from '@backstage/catalog-model';
import { isError } from '@backstage/errors';
import {
  CatalogService,
  locationSpecToMetadataName,
} from '@backstage/plugin-catalog-node';
import { JsonObject, JsonValue } from '@backstage/types';
import { CatalogError } from './catalogErrors';
import { isObject } from './documents';
import { LIMITS } from './limits';
import { abortable } from '../../lib/sharing';

/** What the catalog says of a file or an entity. */
export type Verdict =
  | { kind: 'valid' }
  | { kind: 'refused'; errors: CatalogError[] }
  /** It says nothing, and why. */
  | { kind: 'unknown'; why: string };

/** Where an entity is read from. */
export type Source = {
  /** The URL of the file at the head. */
  url: string;
  /** The URL to which `catalog.rules` are applied. */
  originUrl: string;
};

/**
 * Asks the catalog about files and entities, as it would process them itself, with all
 * its processors, policies and rules. Nothing is saved.
 */
export class CatalogProbes {
  readonly #catalog: Pick<CatalogService, 'validateEntity'>;
  readonly #credentials: BackstageCredentials;
  readonly #signal: AbortSignal;

  constructor(options: {
    catalog: Pick<CatalogService, 'validateEntity'>;
    credentials: BackstageCredentials;
    signal: AbortSignal;
  }) {
    this.#catalog = options.catalog;
    this.#credentials = options.credentials;
    this.#signal = options.signal;
  }

  /**
   * Whether the catalog takes a file as a whole: it reads and parses the file, checks
   * the envelopes, and applies `catalog.rules` to the URL where the file will be.
   * Validating the entities one by one does not apply these rules.
   */
  async file(
    { url, originUrl }: Source,
    { isOptional = false }: { isOptional?: boolean } = {},
  ): Promise<Verdict> {
    const spec = {
      type: 'url',
      target: url,
      ...(isOptional ? { presence: 'optional' } : {}),
    };
    const entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Location',
      metadata: {
        // As the catalog names it, and not after the file at the head.
        name: locationSpecToMetadataName({ type: 'url', target: originUrl }),
        namespace: 'default',
        annotations: annotationsOf({ url, originUrl }),
      },
      spec,
    };
    return this.#ask(entity, url);
  }

  /** Whether the catalog takes an entity, with the annotations that a file gives it. */
  async entity(entity: JsonObject, source: Source): Promise<Verdict> {
    const metadata = isObject(entity.metadata) ? entity.metadata : {};
    const annotations = isObject(metadata.annotations)
      ? metadata.annotations
      : {};
    const annotated = {
      ...entity,
      metadata: {
        ...metadata,
        annotations: { ...annotations, ...annotationsOf(source) },
      },
    };
    const short = shortened(annotated);
    return short
      ? this.#ask(short as Entity, source.url)
      : { kind: 'unknown', why: 'it is too large' };
  }

  async #ask(entity: Entity, url: string): Promise<Verdict> {
    this.#signal.throwIfAborted();
    try {
      const deadline = AbortSignal.timeout(LIMITS.probeMs);
      const answer = await abortable(
        this.#catalog.validateEntity(entity, `url:${url}`, {
          credentials: this.#credentials,
        }),
        AbortSignal.any([this.#signal, deadline]),
      );
      if (answer.valid) {
        return { kind: 'valid' };
      }
      // The answer to what the catalog's web server refuses, such as a large request.
      return answer.errors.length === 0
        ? { kind: 'unknown', why: 'the catalog did not say why it refuses it' }
        : { kind: 'refused', errors: answer.errors };
    } catch (error) {
      if (isError(error) && error.name === 'TimeoutError') {
        return { kind: 'unknown', why: 'the catalog takes too long' };
      }
      if (isError(error) && error.statusCode === 413) {
        return { kind: 'unknown', why: 'it is too large' };
      }
      throw error;
    }
  }
}

/** As `ProcessorOutputCollector` of the catalog sets them, over those of the file. */
function annotationsOf({ url, originUrl }: Source): Record<string, string> {
  return {
    [ANNOTATION_LOCATION]: `url:${url}`,
    [ANNOTATION_ORIGIN_LOCATION]: `url:${originUrl}`,
  };
}

/** To how many characters texts are cut until an entity fits into a request. */
const LENGTHS = [Infinity, 8_192, 2_048, 512];

/**
 * An entity that fits into a request, whose long texts are cut: a definition is as valid
 * with fewer characters. Undefined where that does not help.
 */
export function shortened(
  entity: JsonObject,
  limit: number = LIMITS.requestBytes,
): JsonObject | undefined {
  for (const length of LENGTHS) {
    const cut = cutTexts(entity, length) as JsonObject;
    if (Buffer.byteLength(JSON.stringify(cut)) <= limit) {
      return cut;
    }
  }
  return undefined;
}

function cutTexts(value: JsonValue | undefined, length: number): unknown {
  if (typeof value === 'string') {
    return value.length > length ? value.slice(0, length) : value;
  }
  if (Array.isArray(value)) {
    return value.map(item => cutTexts(item, length));
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, child]) => [
          key,
          cutTexts(child, length),
        ]),
      )
    : value;
}
