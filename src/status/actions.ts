import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { z } from 'zod';
import { Deliveries } from '../changes/DeliveryReceiver';
import { ProviderConfig } from '../config/types';
import { BitbucketEntityProvider } from '../ingestion/BitbucketEntityProvider';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ForgetRequest, Forgotten } from '../mirror/forget';
import { PullRequestRuns } from '../pull-requests/PullRequestRuns';
import { RequestedChecks } from '../pull-requests/RequestedChecks';
import { ScmNames } from '../scm/names';
import { WebhookStatus } from '../scm/types';

/** A host with what belongs to it, as the endpoints show it. */
export type StatusHost = {
  index: Pick<WorkspaceIndex, 'host' | 'forget' | 'repositories'>;
  providers: readonly BitbucketEntityProvider[];
  /** How the webhook of a provider is. */
  webhookOf(config: ProviderConfig): WebhookStatus | undefined;
  /** Of the product, whichever host they come from. */
  deliveries: Deliveries;
  /** Absent where pull requests are not checked. */
  pullRequests?: {
    runs: Pick<PullRequestRuns, 'status' | 'record'>;
    requested: Pick<RequestedChecks, 'check'>;
  };
};

/** What was approved. */
type Approval = {
  /** The provider's id. */
  provider: string;
  /** How many Locations the next walk may remove. */
  locations: number;
  /** Why they were held back. */
  reason: string;
};

const approvalSchema = z.object({
  provider: z.string(),
  host: z.string().optional(),
});

/**
 * The provider that a request names: `{ "provider": "default" }`. It may be left out
 * where there is only one, and takes a `host` beside it where several hosts have one of
 * this id.
 *
 * @throws InputError or NotFoundError that names the providers there are
 */
export function chooseProvider(
  hosts: readonly Pick<StatusHost, 'index' | 'providers'>[],
  body: unknown,
): BitbucketEntityProvider {
  const all = hosts.flatMap(({ index, providers }) =>
    providers.map(provider => ({ provider, host: index.host.id })),
  );
  const ids =
    all
      .map(({ provider, host }) =>
        hosts.length > 1
          ? `${provider.config.id} of ${host}`
          : provider.config.id,
      )
      .join(', ') || 'none';
  const isBlank = Object.keys(Object(body)).length === 0;
  if (isBlank && all.length === 1) {
    return all[0].provider;
  }
  const { data } = approvalSchema.safeParse(body);
  if (!data) {
    throw new InputError(
      `The body must be JSON such as { "provider": "default" }. The providers are: ${ids}`,
    );
  }
  const found = all.filter(
    ({ provider, host }) =>
      provider.config.id === data.provider && (data.host ?? host) === host,
  );
  if (found.length > 1) {
    throw new InputError(
      `Several hosts have a provider ${data.provider}. Name the host too, such as { "provider": "${data.provider}", "host": "${found[0].host}" }. The providers are: ${ids}`,
    );
  }
  if (found.length === 0) {
    throw new NotFoundError(
      `There is no provider ${data.provider} in ${sectionsOf(hosts)}. The providers are: ${ids}`,
    );
  }
  return found[0].provider;
}

/** Where the providers are configured. */
function sectionsOf(hosts: readonly Pick<StatusHost, 'index'>[]): string {
  const sections = hosts.map(
    ({ index }) => index.host.names.configKeys.providers,
  );
  return [...new Set(sections)].join(' or ');
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

const WORKSPACE = /^[\w.{}:-]{1,200}$/;

/** The slug of a repository; on Bitbucket Data Center with its project before it. */
const REPOSITORY = /^(?:~?[\w.-]{1,100}\/)?[\w.{}-]{1,200}$/;

const forgetSchema = z.object({
  workspace: z.string().regex(WORKSPACE),
  repository: z.string().regex(REPOSITORY).optional(),
});

/**
 * What a request asks to forget: `{ "workspace": "acme", "repository": "shop" }`,
 * of which the repository may be left out.
 *
 * @throws InputError that shows how to write it for each kind of host
 */
export function readForgetRequest(
  hosts: readonly Pick<StatusHost, 'index'>[],
  body: unknown,
): ForgetRequest {
  const { data } = forgetSchema.safeParse(body);
  if (!data) {
    const names = namesOf(hosts);
    const repositories = names.map(
      ({ example: { workspace, slug } }) =>
        `{ "workspace": "${workspace}", "repository": "${slug}" }`,
    );
    const wholes = names.map(
      ({ example, workspaceKind }) =>
        `{ "workspace": "${example.workspace}" } for the whole ${workspaceKind}`,
    );
    throw new InputError(
      `The body must be JSON such as ${repositories.join(' or ')}, with the names from the URL of the repository, or ${wholes.join(' or ')}`,
    );
  }
  return data;
}

/** What the hosts are called, one of each kind. */
function namesOf(hosts: readonly Pick<StatusHost, 'index'>[]): ScmNames[] {
  const byKind = new Map<string, ScmNames>();
  for (const { names } of hosts.map(({ index }) => index.host)) {
    byKind.set(names.workspaceKind, byKind.get(names.workspaceKind) ?? names);
  }
  return [...byKind.values()];
}

/** A pull request to be checked. */
export type CheckRequest = {
  /** Its full name: `acme/shop`, or `git.example.com/PAY/api`. */
  repository: string;
  /** The number of the pull request. */
  id: number;
};

/** Of two parts on Bitbucket Cloud, and of three on Bitbucket Data Center. */
const FULL_NAME = /^[\w.{}:-]{1,200}(?:\/~?[\w.{}-]{1,200}){1,2}$/;

const checkSchema = z.object({
  repository: z.string().regex(FULL_NAME),
  id: z.number().int().positive(),
});

/**
 * Which pull request a request asks to check: `{ "repository": "acme/shop", "id": 12 }`.
 *
 * @throws InputError that shows how to write it for each kind of host
 */
export function readCheckRequest(
  hosts: readonly Pick<StatusHost, 'index'>[],
  body: unknown,
): CheckRequest {
  const { data } = checkSchema.safeParse(body);
  if (!data) {
    const examples = namesOf(hosts).map(
      ({ example: { workspace, slug } }) =>
        `{ "repository": "${workspace}/${slug}", "id": 12 }`,
    );
    throw new InputError(
      `The body must be JSON such as ${examples.join(' or ')}, with the names and the number from the URL of the pull request`,
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
  hosts: readonly Pick<StatusHost, 'index' | 'pullRequests'>[],
  { repository, id }: CheckRequest,
): Promise<CheckRequest & { page: string }> {
  const checks = hosts.flatMap(
    ({ pullRequests }) => pullRequests?.requested ?? [],
  );
  if (checks.length === 0) {
    throw new InputError(
      `No provider in ${sectionsOf(hosts)} has pullRequests, so none are checked. Add pullRequests: {} to a provider.`,
    );
  }
  const { pageId } = await firstFound(checks, one => one.check(repository, id));
  return { repository, id, page: `/api/catalog/bitbucket/runs/${pageId}` };
}

/** The first result; where no host knows the repository, the last error. */
async function firstFound<T, R>(
  [first, ...others]: T[],
  ask: (one: T) => Promise<R>,
): Promise<R> {
  try {
    return await ask(first);
  } catch (error) {
    if (!(error instanceof NotFoundError) || others.length === 0) {
      throw error;
    }
    return firstFound(others, ask);
  }
}

/**
 * Drops what is cached.
 *
 * @throws NotFoundError where nothing is known of the workspace
 */
export async function forgetCached(
  hosts: readonly Pick<StatusHost, 'index' | 'providers'>[],
  request: ForgetRequest,
): Promise<Forgotten> {
  const workspaces = hosts.flatMap(({ providers }) =>
    providers.map(({ config }) => config.workspace),
  );
  let forgotten: Forgotten | undefined;
  for (const { index } of hosts) {
    forgotten ??= await index.forget(request);
  }
  const isConfigured = workspaces.some(
    workspace => workspace.toLowerCase() === request.workspace.toLowerCase(),
  );
  if (!forgotten && !isConfigured) {
    const known = [...new Set(workspaces)].sort().join(', ') || 'none';
    const kinds = kindsOf(hosts);
    throw new NotFoundError(
      `Nothing is cached for ${kinds.join(' or ')} ${request.workspace}. ${KINDS[kinds.join()]} in ${sectionsOf(hosts)}: ${known}`,
    );
  }
  return forgotten ?? NOTHING;
}

/** What the hosts call what a request names. */
function kindsOf(hosts: readonly Pick<StatusHost, 'index'>[]): string[] {
  const kinds = hosts.map(({ index }) => index.host.names.workspaceKind);
  return [...new Set(kinds)].sort();
}

/** To begin a sentence about all of them. */
const KINDS: Record<string, string> = {
  workspace: 'Workspaces',
  instance: 'Instances',
  'instance,workspace': 'Instances and workspaces',
};

const NOTHING: Forgotten = {
  repositories: 0,
  refs: 0,
  files: 0,
  globResults: 0,
  folders: 0,
  failures: 0,
  repositoryLists: 0,
};
