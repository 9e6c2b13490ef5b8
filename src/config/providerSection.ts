import { Config } from '@backstage/config';
import { z } from 'zod';
import { DEFAULT_CATALOG_PATH, parseCatalogPaths } from './catalogPaths';
import {
  warnOfOverlaps,
  warnOfPatterns,
  warnOfUnknownFilters,
} from './filters';
import {
  pullRequestsKeys,
  pullRequestsNeedSecret,
  pullRequestsSchema,
} from './pullRequests';
import { scheduleKeys, scheduleSchema } from './schedule';
import {
  ConfigMap,
  ConfigurationError,
  ConfigValue,
  isMap,
  parseBoolean,
  parsedBy,
  parseTrimmedText,
  Problem,
  takeParsed,
  typeInWords,
  UNSET_VARIABLE_HINT,
  warnOfUnknownKeys,
} from './schema';
import { Parsed, ProviderConfig } from './types';
import { duration, wholeNumber } from './units';
import {
  warnOfWebhookUrl,
  WebhookKeys,
  webhookNeedsSecret,
  webhooksKeys,
  webhooksSchemaFor,
} from './webhooks';

/**
 * The part of a provider's Locations that may be removed between two full lists, in percent. A company
 * archives a few repositories at a time; a credential that loses access loses
 * most of them.
 */
const DEFAULT_MAX_PERCENTAGE = 20;

const parsePercentage = wholeNumber({
  min: 0,
  max: 100,
  why: 'which allows the removal of all',
});

const fieldsSchema = z.object(
  { maxPercentage: parsedBy(parsePercentage).optional() },
  { message: 'must be a map with the key maxPercentage.' },
);

const removalsKeys = Object.keys(fieldsSchema.shape);

/** `removals` of a provider. */
const removalsSchema = fieldsSchema.optional().transform(fields => ({
  maxPercentage: fields?.maxPercentage ?? DEFAULT_MAX_PERCENTAGE,
}));

/** The id of a provider that is configured without one, as in the stock module. */
const DEFAULT_ID = 'default';

const parseFullWalk = duration('fullWalk', "'1 hour' or { hours: 1 }");

/** What Backstage's ConfigReader takes for a key. */
const ID = /^[a-z][a-z0-9]*(?:[-_:][a-z0-9]+)*$/i;

/** The keys of a provider that are the same for each product. */
export const commonFields = (webhooks: WebhookKeys) => ({
  catalogPath: parsedBy(parseCatalogPaths)
    .optional()
    .transform(paths => paths ?? [DEFAULT_CATALOG_PATH]),
  branch: parsedBy(parseBranch).optional(),
  fallbackToDefaultBranch: parsedBy(parseBoolean)
    .optional()
    .transform(fallback => fallback ?? false),
  removals: removalsSchema,
  schedule: scheduleSchema,
  fullWalk: parsedBy(parseFullWalk).optional(),
  webhooks: webhooksSchemaFor(webhooks).optional(),
  pullRequests: pullRequestsSchema.optional(),
});

/** What {@link readProviderSection} needs to know of a product. */
type ProviderSection = {
  /** Such as `catalog.providers.bitbucketCloud`. */
  key: string;
  product: string;
  /** What `workspace` of a provider is called. */
  workspaceKind: 'workspace' | 'instance';
  /** The key that every provider has to have, and how to write it. */
  needed: { name: string; example: string };
  /** Every key of a provider. */
  keys: readonly string[];
  filterKeys: readonly string[];
  webhooks: WebhookKeys;
  /** What limits requests where there is no hourly budget. */
  limitedBy?: string;
  /** Parses a provider, without its id. */
  parse(
    key: string,
    raw: ConfigMap,
    problems: string[],
  ): Omit<ProviderConfig, 'id'> | undefined;
};

/** Parses a provider by a schema whose result has the names of the configuration. */
export function parseProvider<
  T extends { catalogPath: string[]; fullWalk?: number },
>(
  key: string,
  raw: ConfigMap,
  schema: z.ZodType<T, unknown>,
  problems: string[],
) {
  const parsed = takeParsed(key, schema.safeParse(raw), problems);
  if (!parsed) {
    return undefined;
  }
  const { catalogPath: catalogPaths, fullWalk: fullWalkMs, ...rest } = parsed;
  return { catalogPaths, fullWalkMs, ...rest };
}

/**
 * Reads the entity providers of a product: a single one, which gets the id `default`,
 * or a map of providers by id. None when the section is missing.
 *
 * @throws ConfigurationError that lists every problem of the section
 */
export function readProviderSection(
  config: Config,
  section: ProviderSection,
): Parsed<ProviderConfig[]> {
  const { key, product, needed } = section;
  // Raw values, so that blanks and wrong types meet the messages of this
  // package and not those of ConfigReader.
  const written = config.getOptional(key);
  if (written === undefined) {
    return { value: [], warnings: [] };
  }
  if (!isMap(written)) {
    throw new ConfigurationError([
      `${key} must be a map, but is ${typeInWords(written)}. Write ${needed.example} below it, or a map of providers by id.`,
    ]);
  }
  if (!Object.keys(written).length) {
    return {
      value: [],
      warnings: [
        `${key} is empty, so nothing is read from ${product}. Add ${needed.name}, or remove the key. ${UNSET_VARIABLE_HINT}`,
      ],
    };
  }
  return readProviders(
    config,
    section,
    isSingleProvider(section, written)
      ? [{ id: DEFAULT_ID, key, raw: written }]
      : Object.entries(written).map(([id, raw]) => ({
          id,
          key: `${key}.${id}`,
          raw,
        })),
  );
}

/**
 * A single provider has the needed key, or lacks it by mistake: then nothing in the
 * section has one, and something in it is a provider's key or no map.
 */
function isSingleProvider(
  { needed: { name }, keys }: ProviderSection,
  written: ConfigMap,
): boolean {
  const entries = Object.entries(written);
  return (
    name in written ||
    (!entries.some(([, value]) => isMap(value) && name in value) &&
      entries.some(([other, value]) => keys.includes(other) || !isMap(value)))
  );
}

type Entry = { id: string; key: string; raw: ConfigValue };

function readProviders(
  config: Config,
  section: ProviderSection,
  entries: Entry[],
): Parsed<ProviderConfig[]> {
  const { webhooks } = section;
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
        `${key} must be a map with the key ${section.needed.name}, but is ${typeInWords(raw)}.`,
      );
      continue;
    }
    const parsed = section.parse(key, raw, problems);
    const unknownKeys = warnOfUnknownProviderKeys(section, key, raw);
    if (!parsed) {
      // A key that is missing may be there under a misspelled name.
      problems.push(...unknownKeys);
      continue;
    }
    providers.push({ id, ...parsed });
    problems.push(
      ...webhookNeedsSecret(key, parsed, webhooks, config),
      ...pullRequestsNeedSecret(key, parsed, webhooks.secret, config),
    );
    warnings.push(
      ...unknownKeys,
      ...warnOfFallback(key, parsed),
      ...warnOfRequestsPerHour(section, key, raw),
      ...warnOfPatterns(`${key}.filters`, parsed.filters),
      ...warnOfWebhookUrl(key, parsed, webhooks),
    );
  }
  if (problems.length) {
    throw new ConfigurationError(problems);
  }
  warnings.push(
    ...warnOfOverlaps(section.key, providers, section.workspaceKind),
  );
  return { value: providers, warnings };
}

function warnOfUnknownProviderKeys(
  { keys, filterKeys }: ProviderSection,
  key: string,
  raw: ConfigMap,
): string[] {
  return [
    ...warnOfUnknownKeys(key, raw, keys),
    ...warnOfUnknownFilters(`${key}.filters`, raw.filters, filterKeys),
    ...warnOfUnknownKeys(`${key}.removals`, raw.removals, removalsKeys),
    ...warnOfUnknownKeys(`${key}.schedule`, raw.schedule, scheduleKeys),
    ...warnOfUnknownKeys(`${key}.webhooks`, raw.webhooks, webhooksKeys),
    ...warnOfUnknownKeys(
      `${key}.pullRequests`,
      raw.pullRequests,
      pullRequestsKeys,
    ),
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

function warnOfRequestsPerHour(
  { product, limitedBy }: ProviderSection,
  key: string,
  { pullRequests }: ConfigMap,
): string[] {
  const isSet = Object(pullRequests).requestsPerHour !== undefined;
  return isSet && limitedBy !== undefined
    ? [
        `${key}.pullRequests.requestsPerHour has no effect, since ${product} has no hourly budget. To limit requests, set ${limitedBy}; remove requestsPerHour.`,
      ]
    : [];
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
