import { BitbucketClient, Repository, RequestContext } from '../bitbucket';

/**
 * Every repository of a workspace that the credential can see, each once.
 *
 * The list is sorted by a key that no push moves, yet rows can still shift
 * between pages while repositories come and go, so that one is delivered
 * twice: the first one counts.
 *
 * @param options.q - a Bitbucket query expression; none lists all
 */
export async function listRepositories(
  client: BitbucketClient,
  workspace: string,
  options: { q?: string; pagelen: number },
  context: RequestContext,
): Promise<Repository[]> {
  const byUuid = new Map<string, Repository>();
  const query = { ...options, sort: 'created_on' };
  for await (const repository of client.listRepositories(
    workspace,
    query,
    context,
  )) {
    if (!byUuid.has(repository.uuid)) {
      byUuid.set(repository.uuid, repository);
    }
  }
  return [...byUuid.values()];
}
