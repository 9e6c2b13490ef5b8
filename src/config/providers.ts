import { Config } from '@backstage/config';
import { z } from 'zod';
import { DEFAULT_CATALOG_PATH, parseCatalogPaths } from './catalogPaths';
import { duration } from './duration';
import { ConfigurationError } from './errors';
import { filtersSchema, warnOfPatterns, warnOfUnknownFilters } from './filters';
import { warnOfOverlaps } from './overlaps';
import { removalsKeys, removalsSchema } from './removals';
import { scheduleKeys, scheduleSchema } from './schedule';
import {
  ConfigMap,
  ConfigValue,
  isMap,
  parsedBy,
  Problem,
  takeParsed,
} from './schema';
import { Parsed, ProviderConfig } from './types';
import { warnOfUnknownKeys } from './unknownKeys';
import {
  parseBoolean,
  parseTrimmedText,
  typeInWords,
  UNSET_VARIABLE_HINT,
} from './values';
import {
  warnOfWebhookUrl,
  webhookNeedsSecret,
  webhooksKeys,
  webhooksSchema,
} from './webhookUrl';
import { wholeNumber } from './wholeNumber';
import { parseWorkspace, WORKSPACE_IS_MISSING } from './workspace';

const SECTION = 'catalog.providers.bitbucketCloud';

/** The id of a provider that is configured without one, as in the stock module. */
const DEFAULT_ID = 'default';

/**
 * Rows per page. More is refused by Bitbucket, fewer only cost more requests.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 */
const MAX_PAGELEN = 100;

const parsePagelen = wholeNumber({
  max: MAX_PAGELEN,
  why: "which is Bitbucket's limit",
});

const parseFullWalk = duration('fullWalk', "'1 hour' or { hours: 1 }");

/** What Backstage's ConfigReader takes for a key. */
const ID = /^[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*$/i;

const providerSchema = z.object({
  workspace: parsedBy(parseWorkspace, WORKSPACE_IS_MISSING),
  catalogPath: parsedBy(parseCatalogPaths)
    .optional()
    .transform(paths => paths ?? [DEFAULT_CATALOG_PATH]),
  branch: parsedBy(parseBranch).optional(),
  fallbackToDefaultBranch: parsedBy(parseBoolean)
    .optional()
    .transform(fallback => fallback ?? false),
  filters: filtersSchema,
  removals: removalsSchema,
  schedule: scheduleSchema,
  fullWalk: parsedBy(parseFullWalk).optional(),
  pagelen: parsedBy(parsePagelen)
    .optional()
    .transform(pagelen => pagelen ?? MAX_PAGELEN),
  webhooks: webhooksSchema.optional(),
});

const providerKeys = Object.keys(providerSchema.shape);

/**
 * Reads `catalog.providers.bitbucketCloud`: a single provider, which gets the id
 * `default`, or a map of providers by id. None when the section is missing.
 *
 * @throws ConfigurationError that lists every problem of the section
 */
export function readProviderConfigs(config: Config): Parsed<ProviderConfig[]> {
  // Raw values, so that blanks and wrong types meet the messages of this
  // package and not those of ConfigReader.
  const section = config.getOptional(SECTION);
  if (section === undefined) {
    return { value: [], warnings: [] };
  }
  if (!isMap(section)) {
    throw new ConfigurationError([
      `${SECTION} must be a map, but is ${typeInWords(section)}. Write workspace: <slug> below it, or a map of providers by id.`,
    ]);
  }
  if (!Object.keys(section).length) {
    return {
      value: [],
      warnings: [
        `${SECTION} is empty, so nothing is read from Bitbucket Cloud. Add workspace, or take the key out. ${UNSET_VARIABLE_HINT}`,
      ],
    };
  }
  return isSingleProvider(section)
    ? readProviders(config, [{ id: DEFAULT_ID, key: SECTION, raw: section }])
    : readProviders(
        config,
        Object.entries(section).map(([id, raw]) => ({
          id,
          key: `${SECTION}.${id}`,
          raw,
        })),
      );
}

/**
 * A single provider has `workspace`, or lacks it by mistake: then nothing in the
 * section has one, and something in it is a provider's key or no map.
 */
function isSingleProvider(section: ConfigMap): boolean {
  const entries = Object.entries(section);
  return (
    'workspace' in section ||
    (!entries.some(([, value]) => isMap(value) && 'workspace' in value) &&
      entries.some(
        ([name, value]) => providerKeys.includes(name) || !isMap(value),
      ))
  );
}

type Entry = { id: string; key: string; raw: ConfigValue };

function readProviders(
  config: Config,
  entries: Entry[],
): Parsed<ProviderConfig[]> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const providers: ProviderConfig[] = [];
  for (const { id, key, raw } of entries) {
    if (!ID.test(id)) {
      problems.push(
        `${key} has an id that Backstage does not accept. Use letters, digits and single "-", "_" or ":" between them, and begin with a letter.`,
      );
    }
    if (!isMap(raw)) {
      problems.push(
        `${key} must be a map with the key workspace, but is ${typeInWords(raw)}.`,
      );
      continue;
    }
    const parsed = takeParsed(key, providerSchema.safeParse(raw), problems);
    const unknownKeys = warnOfUnknownProviderKeys(key, raw);
    if (!parsed) {
      // A key that is missing may be there under a misspelt name.
      problems.push(...unknownKeys);
      continue;
    }
    const {
      catalogPath: catalogPaths,
      fullWalk: fullWalkMs,
      ...provider
    } = parsed;
    providers.push({ id, catalogPaths, fullWalkMs, ...provider });
    problems.push(...webhookNeedsSecret(key, parsed, config));
    warnings.push(
      ...unknownKeys,
      ...warnOfFallback(key, parsed),
      ...warnOfPatterns(`${key}.filters`, parsed.filters),
      ...warnOfWebhookUrl(key, parsed),
    );
  }
  if (problems.length) {
    throw new ConfigurationError(problems);
  }
  warnings.push(...warnOfOverlaps(SECTION, providers));
  return { value: providers, warnings };
}

function warnOfUnknownProviderKeys(key: string, raw: ConfigMap): string[] {
  return [
    ...warnOfUnknownKeys(key, raw, providerKeys),
    ...warnOfUnknownFilters(`${key}.filters`, raw.filters),
    ...warnOfUnknownKeys(`${key}.removals`, raw.removals, removalsKeys),
    ...warnOfUnknownKeys(`${key}.schedule`, raw.schedule, scheduleKeys),
    ...warnOfUnknownKeys(`${key}.webhooks`, raw.webhooks, webhooksKeys),
  ];
}

function parseBranch(value: ConfigValue): string {
  const branch = parseTrimmedText(value);
  const [, name] = /^refs\/heads\/(.+)$/.exec(branch) ?? [];
  if (name !== undefined) {
    throw new Problem(
      `must be the name of a branch, but is the ref '${branch}'. Write '${name}'.`,
    );
  }
  return branch;
}

function warnOfFallback(
  key: string,
  provider: Pick<ProviderConfig, 'branch' | 'fallbackToDefaultBranch'>,
): string[] {
  return provider.fallbackToDefaultBranch && provider.branch === undefined
    ? [
        `${key}.fallbackToDefaultBranch has no effect without branch: each repository is read at its default branch anyway.`,
      ]
    : [];
}
