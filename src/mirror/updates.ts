import { BitbucketClient } from '../hosts/bitbucket-cloud/BitbucketClient';
import { Repository, RequestContext } from '../scm/types';
import { allOf, RepositoryStore, RepositorySelection } from './RepositoryStore';

/**
 * How far each look reaches back behind the latest `updated_on` that was seen:
 * for servers whose clocks differ, and for rows that shift between pages while
 * repositories change. What is seen twice costs nothing, since heads are
 * compared.
 */
const OVERLAP_MS = 15 * 60_000;

/**
 * Asks which repositories of a scope were updated since the last look, which
 * takes one request where that was recently. The first look takes the latest
 * hundred, from which the next ones go on.
 *
 * `updated_on` moves with commits and branches; whether it moves with names,
 * projects and visibility is not documented, so these are found by full lists.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export async function readUpdates(
  client: BitbucketClient,
  repositories: RepositoryStore,
  scope: RepositorySelection,
  now: () => number,
  context: RequestContext,
): Promise<void> {
  const { workspace, query } = scope;
  const askedAt = now();
  const { cursor: since, refreshedAt } = await repositories.scope(scope);
  const pages = client.listRepositories(
    workspace,
    since === undefined
      ? { q: query, sort: '-updated_on' }
      : {
          q: allOf(query, `updated_on >= ${reachBack(since)}`),
          sort: 'updated_on',
        },
    context,
  );
  let cursor = since;
  for await (const page of pages) {
    await repositories.save(scope, page, askedAt);
    cursor = latest(cursor, page);
    if (since === undefined) {
      break;
    }
    // Should a later page fail, the next look goes on from here.
    await repositories.markRefreshed(scope, { cursor, refreshedAt });
  }
  await repositories.markRefreshed(scope, { cursor, refreshedAt: askedAt });
}

function latest(
  cursor: string | undefined,
  repositories: Repository[],
): string | undefined {
  return repositories.reduce(
    (last, { updatedOn }) =>
      updatedOn && (!last || Date.parse(updatedOn) > Date.parse(last))
        ? updatedOn
        : last,
    cursor,
  );
}

function reachBack(updatedOn: string): string {
  const time = new Date(Date.parse(updatedOn) - OVERLAP_MS);
  return time.toISOString().replace('Z', '+00:00');
}
