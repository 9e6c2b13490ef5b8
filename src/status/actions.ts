import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { z } from 'zod';
import { BitbucketEntityProvider } from '../ingestion/BitbucketEntityProvider';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ForgetRequest, Forgotten } from '../mirror/forget';
import { ScmNames } from '../scm/ScmHost';
import { FULL_NAME } from '../lib/text';
import { RequestedChecks } from '../pull-requests/RequestedChecks';

/** What was approved. */
type Approval = {
  /** The provider's id. */
  provider: string;
  /** How many Locations the next walk may remove. */
  locations: number;
  /** Why they were held back. */
  reason: string;
};

const approvalSchema = z.object({ provider: z.string() });

/**
 * The provider that a request names: `{ "provider": "default" }`. It may be left
 * out where there is only one.
 *
 * @throws InputError or NotFoundError that names the providers there are
 */
export function chooseProvider(
  providers: BitbucketEntityProvider[],
  body: unknown,
  { configKeys }: Pick<ScmNames, 'configKeys'>,
): BitbucketEntityProvider {
  const ids = providers.map(({ config }) => config.id).join(', ') || 'none';
  const isBlank = Object.keys(Object(body)).length === 0;
  if (isBlank && providers.length === 1) {
    return providers[0];
  }
  const { data } = approvalSchema.safeParse(body);
  if (!data) {
    throw new InputError(
      `The body must be JSON such as { "provider": "default" }. The providers are: ${ids}`,
    );
  }
  const provider = providers.find(({ config }) => config.id === data.provider);
  if (!provider) {
    throw new NotFoundError(
      `There is no provider ${data.provider} in ${configKeys.providers}. The providers are: ${ids}`,
    );
  }
  return provider;
}

/** @throws ConflictError where nothing is held back */
export async function approveRemovals(
  provider: BitbucketEntityProvider,
): Promise<Approval> {
  const { id } = provider.config;
  const hold = await provider.approveRemovals();
  if (!hold) {
    throw new ConflictError(
      `Provider ${id} holds no removals, so there is nothing to approve`,
    );
  }
  return { provider: id, locations: hold.targets.length, reason: hold.reason };
}

const NAME = /^[\w.{}-]{1,100}$/;

const forgetSchema = z.object({
  workspace: z.string().regex(NAME),
  repository: z.string().regex(NAME).optional(),
});

/**
 * What a request asks to forget: `{ "workspace": "acme", "repository": "shop" }`,
 * of which the repository may be left out.
 *
 * @throws InputError
 */
export function readForgetRequest(body: unknown): ForgetRequest {
  const { data } = forgetSchema.safeParse(body);
  if (!data) {
    throw new InputError(
      'The body must be JSON such as { "workspace": "acme", "repository": "shop" }, with the names from the URL of the repository, or { "workspace": "acme" } for the whole workspace',
    );
  }
  return data;
}

/** A pull request to be checked. */
export type CheckRequest = {
  /** Such as `acme/shop`. */
  repository: string;
  /** The number of the pull request. */
  id: number;
};

const checkSchema = z.object({
  repository: z.string().regex(FULL_NAME),
  id: z.number().int().positive(),
});

/**
 * Which pull request a request asks to check: `{ "repository": "acme/shop", "id": 12 }`.
 *
 * @throws InputError
 */
export function readCheckRequest(body: unknown): CheckRequest {
  const { data } = checkSchema.safeParse(body);
  if (!data) {
    throw new InputError(
      'The body must be JSON such as { "repository": "acme/shop", "id": 12 }, with the names and the number from the URL of the pull request',
    );
  }
  return data;
}

/**
 * Checks a pull request, in the background.
 *
 * @returns where the result can be read
 * @throws InputError or NotFoundError where it cannot be checked
 */
export async function checkPullRequest(
  pullRequests: Pick<RequestedChecks, 'check'> | undefined,
  { repository, id }: CheckRequest,
  { configKeys }: Pick<ScmNames, 'configKeys'>,
): Promise<CheckRequest & { page: string }> {
  if (!pullRequests) {
    throw new InputError(
      `No provider in ${configKeys.providers} has pullRequests, so none are checked. Add pullRequests: {} to a provider.`,
    );
  }
  const { pageId } = await pullRequests.check(repository, id);
  return { repository, id, page: `/api/catalog/bitbucket/runs/${pageId}` };
}

/**
 * Drops what is cached.
 *
 * @param workspaces - of the providers
 * @throws NotFoundError where nothing is known of the workspace
 */
export async function forgetCached(
  index: Pick<WorkspaceIndex, 'host' | 'forget'>,
  request: ForgetRequest,
  workspaces: string[],
): Promise<Forgotten> {
  const forgotten = await index.forget(request);
  const isConfigured = workspaces.some(
    workspace => workspace.toLowerCase() === request.workspace.toLowerCase(),
  );
  if (!forgotten && !isConfigured) {
    const known = [...new Set(workspaces)].sort().join(', ') || 'none';
    throw new NotFoundError(
      `Nothing is cached for workspace ${request.workspace}. Workspaces in ${index.host.names.configKeys.providers}: ${known}`,
    );
  }
  return forgotten ?? NOTHING;
}

const NOTHING: Forgotten = {
  repositories: 0,
  refs: 0,
  files: 0,
  globResults: 0,
  folders: 0,
  failures: 0,
  repositoryLists: 0,
};
