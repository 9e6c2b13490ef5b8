import { findRow } from '../../http/rows';
import {
  ListOptions,
  RepositoryPage,
  RepositorySelection,
  UpdatedPage,
} from '../../scm/ScmHost';
import {
  Repository,
  RepositoryFilters,
  RequestContext,
  ValueMatcher,
} from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';
import { MAX_PAGELEN } from './limits';
import { toPlace } from './names';

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

/**
 * A repository in the list of its workspace, by its uuid, whatever its name is by now. One
 * request. Atlassian does not say that lists can be filtered by uuid: where Bitbucket
 * refuses it, nothing is proved, and the next full list decides.
 *
 * @throws UnexpectedResponseError where a row of the list cannot be read
 */
export async function findListed(
  client: BitbucketClient,
  { id, fullName }: { id: string; fullName: string },
  context: RequestContext,
): Promise<Repository | undefined> {
  const [workspace] = toPlace({ fullName });
  const q =
    id === '' ? `full_name = ${quote(fullName)}` : `uuid = ${quote(id)}`;
  const pages = client.listRepositories(
    workspace,
    { q, sort: 'created_on', strict: true },
    context,
  );
  const name = fullName.toLowerCase();
  return findRow(pages, one =>
    id === '' ? one.fullName.toLowerCase() === name : one.uuid === id,
  );
}

/**
 * A text as a string of Bitbucket's query language.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Joins query expressions, of which some may be missing. */
function allOf(...terms: (string | undefined)[]): string | undefined {
  const given = terms.filter(term => term !== undefined && term !== '');
  return given.length > 1
    ? given.map(term => `(${term})`).join(' AND ')
    : given[0];
}

/**
 * How long a condition may be in a URL. The parts of an HTTP request line other
 * than these take some hundred bytes, and 4,096 is the least that servers and
 * proxies in use take.
 */
const MAX_LENGTH = 1_000;

/**
 * The query expression that asks the server for what it can filter by itself, so that
 * excluded repositories cost no page.
 *
 * Only properties that Atlassian documents in queries are asked for, since a
 * property that cannot be queried fails the whole list; every filter is applied once
 * more to the response. A list of projects that is too long for a URL is left to that.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 *
 * @returns undefined when there is nothing to ask
 */
export function toRepositoryQuery(
  filters: RepositoryFilters,
): string | undefined {
  const terms = [
    filters.query && `(${filters.query})`,
    unlessLong(anyProject(filters.projectKey)),
    unlessLong(noProject(filters.exclude.projectKey)),
    filters.visibility && `is_private = ${filters.visibility === 'private'}`,
    !filters.forks && 'parent = null',
  ].filter(Boolean);
  return terms.length > 0 ? terms.join(' AND ') : undefined;
}

function unlessLong(term: string | undefined): string | undefined {
  return encodeURIComponent(term ?? '').length > MAX_LENGTH ? undefined : term;
}

function anyProject(matcher?: ValueMatcher): string | undefined {
  const terms = literalValues(matcher).map(key => `project.key = "${key}"`);
  return terms.length > 1 ? `(${terms.join(' OR ')})` : terms[0];
}

function noProject(matcher?: ValueMatcher): string | undefined {
  const terms = literalValues(matcher).map(key => `project.key != "${key}"`);
  return terms.join(' AND ') || undefined;
}

/** The values that an expression such as `PAY|CORE` or `^PAY$` spells out; none for any other. */
function literalValues(matcher?: ValueMatcher): string[] {
  const spelledOut = /^\^?\(?(\w+(?:\|\w+)*)\)?\$?$/.exec(
    matcher?.pattern ?? '',
  );
  return spelledOut ? spelledOut[1].split('|') : [];
}
