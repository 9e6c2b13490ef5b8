import { Config } from '@backstage/config';
import { ScmLocationAnalyzer } from '@backstage/plugin-catalog-node';
import { BracesError, createPathGlob, expandBraces } from '../lib/globs';

/** What an analysis tells the catalog about a URL. */
export type Analysis = Awaited<ReturnType<ScmLocationAnalyzer['analyze']>>;

/** An entity in a file that exists, and whether the catalog reads that file. */
export type ExistingEntity = Analysis['existing'][number];

export type Entity = ExistingEntity['entity'];

type Allowed = { kind: string; type?: string };
type Place = { type?: string; exact?: string; pattern?: string };
type Rule = { allow: Allowed[]; locations?: Place[] };

/** Backstage's own, where `catalog.rules` is not configured. */
const DEFAULT_KINDS = ['Component', 'API', 'Location'];

/** How many patterns one may stand for. */
const MAX_PATTERNS = 10_000;

/** Which entities a location may bring into the catalog. */
export type CatalogRules = {
  /** Whether an entity may come from one of some URLs. */
  allows(entity: Entity, urls: string[]): boolean;
};

/**
 * Reads `catalog.rules` and the rules of `catalog.locations` as Backstage does. A
 * pattern with more than `*`, `**` and `{a,b}` in it allows nothing here, although it
 * may in the catalog.
 *
 * https://backstage.io/docs/features/software-catalog/configuration#catalog-rules
 */
export function readCatalogRules(config: Config): CatalogRules {
  const rules = [...readGlobalRules(config), ...readLocationRules(config)];
  return {
    allows: (entity, urls) =>
      rules.some(
        ({ allow, locations }) =>
          allow.some(allowed => isAllowed(entity, allowed)) &&
          (!locations ||
            locations.some(place => urls.some(url => isAt(place, url)))),
      ),
  };
}

function readGlobalRules(config: Config): Rule[] {
  const rules = config.getOptionalConfigArray('catalog.rules');
  if (!rules) {
    return [{ allow: DEFAULT_KINDS.map(kind => ({ kind })) }];
  }
  return rules.map(rule => ({
    allow: readAllowed(rule),
    locations: rule.getOptionalConfigArray('locations')?.map(place => ({
      type: place.getOptionalString('type'),
      exact: place.getOptionalString('exact'),
      pattern: place.getOptionalString('pattern'),
    })),
  }));
}

function readLocationRules(config: Config): Rule[] {
  const locations = config.getOptionalConfigArray('catalog.locations') ?? [];
  return locations.flatMap(location => {
    const place = {
      type: location.getOptionalString('type'),
      exact: location.getOptionalString('target'),
    };
    const rules = location.getOptionalConfigArray('rules') ?? [];
    return rules.map(rule => ({
      allow: readAllowed(rule),
      locations: [place],
    }));
  });
}

function readAllowed(rule: Config): Allowed[] {
  return [rule.getOptional('allow') ?? []].flat().flatMap(allowed => {
    if (typeof allowed === 'string') {
      return [{ kind: allowed }];
    }
    const { kind, 'spec.type': type } = Object(allowed);
    return typeof kind === 'string' ? [{ kind, type }] : [];
  });
}

function isAllowed({ kind, spec }: Entity, allowed: Allowed): boolean {
  return (
    isSame(kind, allowed.kind) &&
    (allowed.type === undefined || isSame(spec?.type, allowed.type))
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return (
    typeof one === 'string' &&
    typeof other === 'string' &&
    one.toLowerCase() === other.toLowerCase()
  );
}

function isAt({ type, exact, pattern }: Place, url: string): boolean {
  return (
    type === 'url' &&
    (exact === undefined || exact === url) &&
    (pattern === undefined || matches(pattern, url))
  );
}

function matches(pattern: string, url: string): boolean {
  return withoutBraces(pattern.toLowerCase()).some(
    one =>
      !/[?[\]()!+@\\]/.test(one) &&
      createPathGlob(one).matches(url.toLowerCase()),
  );
}

/** `a.{yaml,yml}` as `a.yaml` and `a.yml`; none where the braces cannot be expanded. */
function withoutBraces(pattern: string): string[] {
  try {
    return expandBraces(pattern, { limit: MAX_PATTERNS });
  } catch (error) {
    if (error instanceof BracesError) {
      return [];
    }
    throw error;
  }
}
