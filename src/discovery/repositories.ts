import { BitbucketClient, Repository, RequestContext } from '../bitbucket';
import { ProviderConfig } from '../config';
import { listRepositories } from '../workspace';
import { isIncluded } from './repositoryFilter';
import { toRepositoryQuery } from './repositoryQuery';

/**
 * The repositories of a provider's workspace that its filters let in. Costs one
 * request per 100 that the server finds.
 */
export async function listIncluded(
  client: BitbucketClient,
  { workspace, filters, pagelen }: ProviderConfig,
  context: RequestContext,
): Promise<Repository[]> {
  const query = { q: toRepositoryQuery(filters), pagelen };
  const listed = await listRepositories(client, workspace, query, context);
  return listed.filter(repository => isIncluded(repository, filters));
}
