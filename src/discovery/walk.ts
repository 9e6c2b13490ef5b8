import { setMaxListeners } from 'node:events';
import { toError } from '@backstage/errors';
import pLimit from 'p-limit';
import {
  BitbucketClient,
  isForbiddenError,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { listRepositories, resolveHead, StaleHeadError } from '../workspace';
import { CatalogPaths, planCatalogPaths } from './catalogPaths';
import { findCatalogFiles } from './repositoryFiles';
import { isIncluded } from './repositoryFilter';
import { toRepositoryQuery } from './repositoryQuery';

/** A catalog file at the head of a branch. */
export type CatalogFile = {
  repository: Repository;
  branch: string;
  /** Relative to the root of the repository, without a leading slash. */
  path: string;
};

/**
 * Why nothing was read from a repository: it has no commits, it lacks the
 * branch, it went away after it was listed, or the credential may not read it.
 */
export type SkipReason = 'empty' | 'no branch' | 'vanished' | 'unreadable';

/** A repository that nothing was read from. */
export type Skipped = {
  repository: Repository;
  reason: SkipReason;
  /** What Bitbucket answered, where that is the reason. */
  cause?: Error;
};

/** What one walk over a workspace found. */
export type Walk = {
  files: CatalogFile[];
  /** How many repositories pass the filters. */
  repositories: number;
  skipped: Skipped[];
};

type Finding = { files: CatalogFile[] } | Skipped;

/**
 * Lists the repositories of a provider's workspace, keeps those that its
 * filters let in, and finds the catalog files at the head of each.
 *
 * Costs one request per 100 listed repositories, plus what
 * `findCatalogFiles` and `resolveHead` ask of each that is not empty.
 *
 * @throws the first fault that is not about a single repository, after which
 * nothing more is asked; there is no partial result
 */
export async function walkWorkspace(
  client: BitbucketClient,
  config: ProviderConfig,
  context: RequestContext,
): Promise<Walk> {
  const { workspace, filters, pagelen } = config;
  const query = { q: toRepositoryQuery(filters), pagelen };
  const listed = await listRepositories(client, workspace, query, context);
  const repositories = listed.filter(row => isIncluded(row, filters));

  const paths = planCatalogPaths(config.catalogPaths);
  const limit = pLimit(client.concurrency);
  const findings = await allOrAbort(context, walkContext =>
    repositories.map(repository =>
      limit(() => lookInto(client, repository, config, paths, walkContext)),
    ),
  ).finally(() => limit.clearQueue());

  return {
    repositories: repositories.length,
    files: findings.flatMap(found => ('files' in found ? found.files : [])),
    skipped: findings.flatMap(found => ('reason' in found ? [found] : [])),
  };
}

async function lookInto(
  client: BitbucketClient,
  repository: Repository,
  config: ProviderConfig,
  paths: CatalogPaths,
  context: RequestContext,
): Promise<Finding> {
  const lookAtHead = async (listed: Repository): Promise<Finding> => {
    const outcome = await resolveHead(client, listed, config, context);
    if (!outcome.head) {
      return { repository, reason: outcome.reason };
    }
    const { head } = outcome;
    const found = await findCatalogFiles(client, listed, head, paths, context);
    const { branch } = head;
    return { files: found.map(path => ({ repository, branch, path })) };
  };

  try {
    return await lookAtHead(repository).catch(error => {
      if (error instanceof StaleHeadError) {
        return lookAtHead(withoutKnownHead(repository));
      }
      throw error;
    });
  } catch (error) {
    const reason = reasonToSkip(error);
    if (reason) {
      return { repository, reason, cause: toError(error) };
    }
    throw error;
  }
}

/** A missing scope concerns every repository, so it fails the walk instead of skipping them all. */
function reasonToSkip(error: unknown): SkipReason | undefined {
  if (isNotFoundError(error)) {
    return error.missing === 'repository' ? 'vanished' : 'unreadable';
  }
  if (isForbiddenError(error) && error.required.length === 0) {
    return 'unreadable';
  }
  return undefined;
}

function withoutKnownHead(repository: Repository): Repository {
  const { mainBranch } = repository;
  return {
    ...repository,
    mainBranch: mainBranch && { name: mainBranch.name },
  };
}

/** Like `Promise.all`, but the first failure stops the requests of the others. */
async function allOrAbort<T>(
  context: RequestContext,
  start: (context: RequestContext) => Promise<T>[],
): Promise<T[]> {
  const abort = new AbortController();
  const signal = context.signal
    ? AbortSignal.any([context.signal, abort.signal])
    : abort.signal;
  // Every request under way listens; Node.js takes more than ten for a leak.
  setMaxListeners(0, signal);
  try {
    return await Promise.all(start({ ...context, signal }));
  } finally {
    abort.abort();
  }
}
