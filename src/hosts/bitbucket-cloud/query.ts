import { RepositoryFilters, ValueMatcher } from '../../scm/types';

/**
 * A text as a string of Bitbucket's query language.
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering
 */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Joins query expressions, of which some may be missing. */
export function allOf(...terms: (string | undefined)[]): string | undefined {
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
