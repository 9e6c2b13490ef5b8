import {
  ListOptions,
  RepositoryPage,
  RepositorySelection,
  UpdatedPage,
} from '../../scm/ScmHost';
import { Repository, RepositoryFilters, RequestContext } from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';
import { MAX_PAGELEN } from './limits';
import { allOf, quote, toRepositoryQuery } from './query';

/** What the server filters the full list by. */
export function listQuery(
  { query }: Pick<RepositorySelection, 'query'>,
  filters: RepositoryFilters | undefined,
): string | undefined {
  return filters ? toRepositoryQuery(filters) : query;
}

/**
 * The full list, by the time that repositories were made, which no push moves. It goes
 * on after the repository that was made last.
 */
export async function* listRepositories(
  client: BitbucketClient,
  { workspace, query }: RepositorySelection,
  { filters, pageSize: pagelen = MAX_PAGELEN, strict }: ListOptions,
  from: string | undefined,
  context: RequestContext,
): AsyncGenerator<RepositoryPage> {
  const q = allOf(
    listQuery({ query }, filters),
    from && `created_on >= ${from}`,
  );
  const pages = client.listRepositories(
    workspace,
    { q, sort: 'created_on', pagelen, strict },
    context,
  );
  for await (const repositories of pages) {
    // After a page that is not full there is hardly another one.
    const isFull = repositories.length >= pagelen;
    const next = isFull ? repositories.at(-1)?.createdOn : undefined;
    yield { repositories, next };
  }
}

/**
 * How far each look reaches back behind the latest `updated_on` that was seen:
 * for servers whose clocks differ, and for rows that shift between pages while
 * repositories change. What is seen twice costs nothing, since heads are
 * compared.
 */
const OVERLAP_MS = 15 * 60_000;

/**
 * The repositories that were updated since the cursor, which is the latest
 * `updated_on` that was seen; one request where that was recently. Without a cursor the
 * latest hundred, from which the next call goes on.
 *
 * `updated_on` moves with commits and branches; whether it moves with names,
 * projects and visibility is not documented, so these are found by full lists.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export async function* listUpdated(
  client: BitbucketClient,
  { workspace, query }: RepositorySelection,
  since: string | undefined,
  context: RequestContext,
): AsyncGenerator<UpdatedPage> {
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
  for await (const repositories of pages) {
    cursor = latest(cursor, repositories);
    yield { repositories, cursor };
    if (since === undefined) {
      return;
    }
  }
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

/** The repositories of a project, page by page. */
export function listProject(
  client: BitbucketClient,
  { workspace, query }: RepositorySelection,
  projectKey: string,
  context: RequestContext,
): AsyncIterable<Repository[]> {
  const q = allOf(query, `project.key = ${quote(projectKey)}`);
  return client.listRepositories(workspace, { q, sort: 'created_on' }, context);
}
