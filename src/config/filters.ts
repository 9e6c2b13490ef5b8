import { createContext, Script } from 'node:vm';
import { z } from 'zod';
import { RepositoryFilters, ValueMatcher } from '../scm/types';
import {
  ConfigValue,
  isMap,
  parseBoolean,
  parsedBy,
  parseText,
  parseTrimmedText,
  Problem,
  warnOfUnknownKeys,
} from './schema';
import { ProviderConfig } from './types';

/**
 * How long one expression may take over all values that it is given: some
 * thousands take a few milliseconds. `(a+)+b` takes years over forty letters,
 * and nothing else would run in the meantime.
 */
const LIMIT_MS = 1_000;

const SELECT = new Script('values.filter(value => regExp.test(value))');
const sandbox = createContext({});

/**
 * How much of a value an expression has to match. All of it: `foo|bar` means exactly
 * foo or exactly bar. Any part: it means what has foo or bar in it.
 */
type Extent = 'whole' | 'part';

/** @throws SyntaxError when it is not a regular expression */
function createValueMatcher(pattern: string, extent: Extent): ValueMatcher {
  // Alone first: `a)|(b` is broken, and would be valid inside the group.
  const part = RegExp(pattern);
  const regExp = extent === 'part' ? part : RegExp(`^(?:${pattern})$`);
  return { pattern, select: values => select(regExp, pattern, values) };
}

function select(
  regExp: RegExp,
  pattern: string,
  values: Iterable<string>,
): Set<string> {
  Object.assign(sandbox, { regExp, values: [...new Set(values)] });
  try {
    return new Set(SELECT.runInContext(sandbox, { timeout: LIMIT_MS }));
  } catch (error) {
    if (isTimeout(error)) {
      throw new Error(
        `the regular expression ${pattern} takes more than ${LIMIT_MS} ms to match. Write it without a repetition within a repetition, such as (a+)+`,
      );
    }
    throw error;
  }
}

const isTimeout = (error: unknown) =>
  Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** `/^service-.*$/i`: the expression between the slashes, with anchors or without. */
const BETWEEN_SLASHES = /^\/(.*)\/[a-z]*$/s;

/** `acme/shop`, with an expression for the slug or without. */
const FULL_NAME = /^\^?[\w.-]+\/([^|/]+)$/;

/**
 * A regular expression for a project's key or a repository's slug: neither has a slash
 * in it.
 */
export function parseValueMatcher(
  value: ConfigValue,
  extent: Extent = 'whole',
): ValueMatcher {
  const pattern = parseText(value);
  const [, expression] = BETWEEN_SLASHES.exec(pattern) ?? [];
  if (expression !== undefined) {
    throw new Problem(
      `is '${pattern}', which would match nothing, since slashes and flags are not part of an expression. Write '${expression}'. Slugs are in lower case and project keys in upper case, so that no flag is needed.`,
    );
  }
  const [, slug] = FULL_NAME.exec(pattern) ?? [];
  if (slug !== undefined) {
    throw new Problem(
      `is '${pattern}', which would match nothing, since neither slugs nor project keys have a slash in them. Write '${slug}'.`,
    );
  }
  try {
    return createValueMatcher(pattern, extent);
  } catch (error) {
    throw new Problem(
      `is not a regular expression: ${error instanceof Error ? error.message : error}.`,
    );
  }
}

function parseVisibility(value: ConfigValue): 'public' | 'private' {
  const visibility = parseTrimmedText(value);
  if (visibility !== 'public' && visibility !== 'private') {
    throw new Problem(
      `must be public or private, but is '${visibility}'. Remove the key for both.`,
    );
  }
  return visibility;
}

const patternFields = (extent: Extent) => {
  const pattern = parsedBy(value =>
    parseValueMatcher(value, extent),
  ).optional();
  return { projectKey: pattern, repoSlug: pattern };
};

/** The filters that every product has. */
const commonFilters = (extent: Extent) => ({
  ...patternFields(extent),
  exclude: z
    .object(patternFields(extent), {
      message: 'must be a map with the keys projectKey and repoSlug.',
    })
    .optional(),
  visibility: parsedBy(parseVisibility).optional(),
  forks: parsedBy(parseBoolean).optional(),
});

const MUST_BE_A_MAP = {
  message: 'must be a map, with keys such as projectKey and repoSlug.',
};

const cloudFields = z.object(
  {
    ...commonFilters('whole'),
    query: parsedBy(parseTrimmedText).optional(),
  },
  MUST_BE_A_MAP,
);

/** `filters` of a provider for Bitbucket Cloud. A missing key excludes nothing. */
export const filtersSchema = cloudFields
  .optional()
  .transform((filters): RepositoryFilters => ({
    ...filters,
    exclude: filters?.exclude ?? {},
    forks: filters?.forks ?? true,
  }));

export const filterKeys = Object.keys(cloudFields.shape);

const dataCenterFields = z.object(
  {
    // As in the stock module, whose expressions may match a part.
    ...commonFilters('part'),
    skipArchivedRepos: parsedBy(parseBoolean).optional(),
  },
  MUST_BE_A_MAP,
);

/** `filters` of a provider for Bitbucket Data Center. A missing key excludes nothing. */
export const dataCenterFiltersSchema = dataCenterFields
  .optional()
  .transform((filters): RepositoryFilters => {
    const { skipArchivedRepos = false, ...rest } = filters ?? {};
    return {
      ...rest,
      exclude: rest.exclude ?? {},
      forks: rest.forks ?? true,
      archived: !skipArchivedRepos,
    };
  });

export const dataCenterFilterKeys = Object.keys(dataCenterFields.shape);

/** Texts that an expression spells out, such as the two of `PAY|core`. */
const SPELLED_OUT = /^\^?\(?[\w-]+(?:\|[\w-]+)*\)?\$?$/;

/** `service-*` or `team*`: a glob, and as an expression one that matches next to nothing. */
const LIKE_A_GLOB = /^[\w-]*[\w-]\*$/;

/**
 * A warning for each expression that is valid and yet unlikely to match what it
 * is meant for.
 *
 * @see https://support.atlassian.com/bitbucket-cloud/docs/what-is-a-slug/
 */
export function warnOfPatterns(
  key: string,
  { projectKey, repoSlug, exclude }: RepositoryFilters,
): string[] {
  return [
    ...warnOfCase(`${key}.projectKey`, projectKey, 'upper'),
    ...warnOfCase(`${key}.repoSlug`, repoSlug, 'lower'),
    ...warnOfCase(`${key}.exclude.projectKey`, exclude.projectKey, 'upper'),
    ...warnOfCase(`${key}.exclude.repoSlug`, exclude.repoSlug, 'lower'),
  ];
}

function warnOfCase(
  key: string,
  matcher: ValueMatcher | undefined,
  wanted: 'upper' | 'lower',
): string[] {
  const pattern = matcher?.pattern ?? '';
  if (LIKE_A_GLOB.test(pattern)) {
    return [
      `${key} is '${pattern}', which repeats only the character before the star. For names that begin with '${pattern.slice(0, -1)}', write '${pattern.slice(0, -1)}.*'.`,
    ];
  }
  const cased =
    wanted === 'upper' ? pattern.toUpperCase() : pattern.toLowerCase();
  if (SPELLED_OUT.test(pattern) && pattern !== cased) {
    const whose = wanted === 'upper' ? 'project keys' : 'slugs';
    return [
      `${key} is '${pattern}', but ${whose} are in ${wanted} case. Write '${cased}'.`,
    ];
  }
  return [];
}

/** A warning for each key of `filters` and `filters.exclude` that nothing reads. */
export function warnOfUnknownFilters(
  key: string,
  filters: ConfigValue,
  knownKeys: readonly string[],
): string[] {
  return [
    ...warnOfUnknownKeys(key, filters, knownKeys),
    ...warnOfUnknownKeys(
      `${key}.exclude`,
      isMap(filters) ? filters.exclude : undefined,
      ['projectKey', 'repoSlug'],
    ),
  ];
}

/**
 * A warning for each two providers that would emit the same locations. It is not an
 * error: the catalog keeps one of the two, and a configuration that the stock
 * module accepts has to go on working.
 *
 * @param workspaceKind - what a workspace is called
 */
export function warnOfOverlaps(
  section: string,
  providers: readonly ProviderConfig[],
  workspaceKind: string,
): string[] {
  return providers.flatMap((provider, index) =>
    providers.slice(0, index).flatMap(other => {
      const path = provider.catalogPaths.find(candidate =>
        other.catalogPaths.includes(candidate),
      );
      return path !== undefined &&
        provider.workspace.toLowerCase() === other.workspace.toLowerCase() &&
        provider.branch === other.branch &&
        !tellApart(provider.filters, other.filters)
        ? [
            `${section}.${provider.id} reads ${path} of ${workspaceKind} ${provider.workspace}, and so does ${section}.${other.id}: their filters overlap. Remove one of the two, or exclude from each what the other one reads.`,
          ]
        : [];
    }),
  );
}

/**
 * Whether a repository that one takes may be one that the other leaves out.
 * Expressions are not compared for what they match: two that differ are taken
 * to be meant for different repositories.
 */
function tellApart(a: RepositoryFilters, b: RepositoryFilters): boolean {
  return (
    differ(a.visibility, b.visibility) ||
    differ(a.query, b.query) ||
    (['projectKey', 'repoSlug'] as const).some(
      key =>
        differ(a[key]?.pattern, b[key]?.pattern) ||
        same(a[key]?.pattern, b.exclude[key]?.pattern) ||
        same(a.exclude[key]?.pattern, b[key]?.pattern),
    )
  );
}

function differ(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}
