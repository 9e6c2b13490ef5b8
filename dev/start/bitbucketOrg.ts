import { LoggerService } from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { resolve } from 'node:path';
import { readIntegrationConfig } from '../../src/config/integration';
import { ConfigurationError } from '../../src/config/schema';
import { BitbucketClient } from '../../src/hosts/bitbucket-cloud/BitbucketClient';
import { createBitbucketClient } from '../../src/hosts/bitbucket-cloud/createBitbucketClient';
import {
  BitbucketError,
  isBitbucketError,
  isNotFoundError,
  isUnavailableError,
} from '../../src/scm/errors';
import { findIntegration, FoundIntegration } from './credentials';
import { StartError } from './errors';
import { CatalogSource, CLOUD } from './source';

const PROJECT_FOLDER = resolve(__dirname, '../..');

const SIGN_IN =
  'Set credentials in app-config.local.yaml or in BITBUCKET_* variables, as npm start -- --help describes.';

/** One short attempt shows whether bitbucket.org can be reached. */
const PROBE_TIMING = { maxAttempts: 1, attemptTimeoutMs: 10_000 };

/**
 * A workspace on bitbucket.org, after a look at whether it can be read.
 *
 * @param workspace - slug or `{uuid}`
 * @throws StartError when the credentials are incomplete, bitbucket.org cannot
 * be reached, or the workspace cannot be seen
 */
export async function connectToBitbucketOrg(
  workspace: string,
  env: NodeJS.ProcessEnv,
  logger: LoggerService,
): Promise<CatalogSource> {
  const found = await findIntegration(PROJECT_FOLDER, env);
  const client = createClient(found, logger);
  await assertWorkspaceIsVisible(client, workspace);
  return {
    product: CLOUD,
    introduction: `The catalog fills from https://bitbucket.org/${workspace},\nread ${describeCredential(client, found)}.`,
    integration: found.list,
    provider: { workspace },
  };
}

function createClient(
  { list, source }: FoundIntegration,
  logger: LoggerService,
): BitbucketClient {
  const config = new ConfigReader({ integrations: { bitbucketCloud: list } });
  try {
    const { value: integration } = readIntegrationConfig(config);
    return createBitbucketClient({
      ...integration,
      logger,
      timing: PROBE_TIMING,
    });
  } catch (error) {
    if (error instanceof ConfigurationError) {
      throw new StartError(`${error.message}\nIt comes from ${source}.`);
    }
    throw error;
  }
}

/**
 * Asks for one repository of the workspace.
 *
 * @throws StartError that says why there is none
 */
export async function assertWorkspaceIsVisible(
  client: BitbucketClient,
  workspace: string,
): Promise<void> {
  const pages = client.listRepositories(workspace, { pagelen: 1 });
  try {
    for await (const page of pages) {
      if (page.length > 0) {
        return;
      }
    }
  } catch (error) {
    throw isBitbucketError(error)
      ? new StartError(explain(error, client, workspace))
      : error;
  }
  throw new StartError(
    `The workspace ${workspace} has no repository that ${nameOf(client)} may see. ${SIGN_IN}`,
  );
}

function explain(
  error: BitbucketError,
  client: BitbucketClient,
  workspace: string,
): string {
  const { message } = error;
  if (isNotFoundError(error) && error.missing === 'workspace') {
    return `There is no workspace ${workspace} on bitbucket.org, or ${nameOf(client)} may not see it. The slug is the last part of https://bitbucket.org/<slug>. ${SIGN_IN}`;
  }
  if (isUnavailableError(error)) {
    return `bitbucket.org cannot be reached. ${message}\nWithout --workspace, npm start needs no network.`;
  }
  return message;
}

function describeCredential(
  client: BitbucketClient,
  { source }: FoundIntegration,
): string {
  return client.credential.kind === 'anonymous'
    ? 'without credentials: public repositories only, at 60 requests an hour'
    : `with the ${client.credential.label} from ${source}`;
}

function nameOf({ credential }: BitbucketClient): string {
  return credential.kind === 'anonymous'
    ? 'requests without credentials'
    : `the ${credential.label}`;
}
