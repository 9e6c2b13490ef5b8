import { Config } from '@backstage/config';
import { z } from 'zod';
import { DEFAULT_CATALOG_PATH, parseCatalogPaths } from './catalogPaths';
import {
  filtersSchema,
  warnOfOverlaps,
  warnOfPatterns,
  warnOfUnknownFilters,
} from './filters';
import {
  pullRequestsKeys,
  pullRequestsNeedSecret,
  pullRequestsSchema,
} from './pullRequests';
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
import { duration, scheduleKeys, scheduleSchema, wholeNumber } from './units';
import {
  warnOfWebhookUrl,
  webhookNeedsSecret,
  webhooksKeys,
  webhooksSchema,
} from './webhooks';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const BARE_UUID = RegExp(`^${UUID}$`, 'i');
const UUID_IN_BRACES = RegExp(`^\\{${UUID}\\}$`, 'i');
// Not "." or "..", which would change the path of a request.
const SLUG = /^(?!\.+$)[\w.-]+$/;
const URL_OF_WORKSPACE =
  /^(?:https?:\/\/)?(?:[^/@]*@)?bitbucket\.org\/([\w.-]+)/i;

/** Follows the key `workspace` where it is not there. */
const WORKSPACE_IS_MISSING = `is missing. Write the slug of the workspace, which is the "acme" of https://bitbucket.org/acme. ${UNSET_VARIABLE_HINT}`;

/**
 * Parses `workspace`: the slug or the UUID in braces, either of which Bitbucket
 * takes in a path.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/
 */
function parseWorkspace(value: ConfigValue): string {
  if (isMap(value)) {
    throw new Problem(
      'must be text, but is a map. Put quotes around a UUID in braces.',
    );
  }
  const workspace = parseTrimmedText(value);
  const [, slug] = URL_OF_WORKSPACE.exec(workspace) ?? [];
  if (slug) {
    throw new Problem(`must be a slug, but is a URL. Write '${slug}'.`);
  }
  if (BARE_UUID.test(workspace)) {
    throw new Problem(
      `is a UUID without its braces. Write '{${workspace}}', with the quotes.`,
    );
  }
  if (!SLUG.test(workspace) && !UUID_IN_BRACES.test(workspace)) {
    throw new Problem(
      'must be a slug (letters, digits, "-", "_" and "."), which is the "acme" of https://bitbucket.org/acme, or a UUID in braces.',
    );
  }
  return workspace;
}

/**
 * The part of a provider's Locations that may go at once, in percent. A company
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
  pullRequests: pullRequestsSchema.optional(),
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
        `${SECTION} is empty, so nothing is read from Bitbucket Cloud. Add workspace, or remove the key. ${UNSET_VARIABLE_HINT}`,
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
    problems.push(
      ...webhookNeedsSecret(key, parsed, config),
      ...pullRequestsNeedSecret(key, parsed, config),
    );
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

/**
 * What catalog files are called here: `catalog-info.yaml`, as catalog-import calls the
 * files that it creates, and as the providers are configured. Names with a wildcard
 * are left out.
 *
 * @param catalogFilename - `catalog.import.entityFilename`
 */
export function catalogFileNamesOf(
  providers: readonly ProviderConfig[],
  catalogFilename: string = DEFAULT_CATALOG_PATH,
): string[] {
  const paths = [
    DEFAULT_CATALOG_PATH,
    catalogFilename,
    ...providers.flatMap(({ catalogPaths }) => catalogPaths),
  ];
  const names = paths.map(path => path.slice(path.lastIndexOf('/') + 1));
  return [...new Set(names)].filter(name => !name.includes('*'));
}
