import { toError } from '@backstage/errors';
import {
  BitbucketClient,
  isForbiddenError,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import { mapConcurrently, resolveHead, StaleHeadError } from '../workspace';
import { CatalogPaths, planCatalogPaths } from './catalogPaths';
import { listIncluded } from './repositories';
import { findCatalogFiles } from './repositoryFiles';
import { CatalogFile, Skipped, SkipReason, Walk } from './types';

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
  const repositories = await listIncluded(client, config, context);
  const paths = planCatalogPaths(config.catalogPaths);
  const findings = await mapConcurrently(
    repositories,
    client.concurrency,
    context,
    (repository, walkContext) =>
      lookInto(client, repository, config, paths, walkContext),
  );

  return {
    repositories,
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
