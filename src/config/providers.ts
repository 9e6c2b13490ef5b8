import { Config } from '@backstage/config';
import { z } from 'zod';
import { DEFAULT_CATALOG_PATH } from './catalogPaths';
import { filterKeys, filtersSchema } from './filters';
import {
  commonFields,
  parseProvider,
  readProviderSection,
} from './providerSection';
import {
  ConfigValue,
  isMap,
  parsedBy,
  parseTrimmedText,
  Problem,
  UNSET_VARIABLE_HINT,
} from './schema';
import { Parsed, ProviderConfig } from './types';
import { wholeNumber } from './units';
import { webhookKeys } from './webhooks';

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
 * Rows per page. More is refused by Bitbucket, fewer only cost more requests.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
 */
const MAX_PAGELEN = 100;

const parsePagelen = wholeNumber({
  max: MAX_PAGELEN,
  why: "which is Bitbucket's limit",
});

const WEBHOOKS = webhookKeys('bitbucketCloud');

const providerSchema = z.object({
  workspace: parsedBy(parseWorkspace, WORKSPACE_IS_MISSING),
  ...commonFields(WEBHOOKS),
  filters: filtersSchema,
  pagelen: parsedBy(parsePagelen)
    .optional()
    .transform(pagelen => pagelen ?? MAX_PAGELEN),
});

/**
 * Reads `catalog.providers.bitbucketCloud`.
 *
 * @throws ConfigurationError that lists every problem of the section
 */
export function readProviderConfigs(config: Config): Parsed<ProviderConfig[]> {
  return readProviderSection(config, {
    key: 'catalog.providers.bitbucketCloud',
    workspaceKind: 'workspace',
    product: 'Bitbucket Cloud',
    needed: { name: 'workspace', example: 'workspace: <slug>' },
    keys: Object.keys(providerSchema.shape),
    filterKeys,
    webhooks: WEBHOOKS,
    parse: (key, raw, problems) =>
      parseProvider(key, raw, providerSchema, problems),
  });
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
