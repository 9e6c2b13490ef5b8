import { InputError } from '@backstage/errors';

/**
 * Encodes one segment of a path: a slug, a `{uuid}`, a revision.
 *
 * @throws InputError for what is not a segment, and would make another URL of it:
 * nothing, `.` and `..`
 */
export function encodeSegment(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new InputError(`"${segment}" cannot be a segment of a URL`);
  }
  return encodeURIComponent(segment);
}

/**
 * Encodes a path segment by segment, so that `#`, `?`, spaces and non-ASCII
 * survive while the slashes stay. Leading, trailing and doubled slashes go.
 *
 * @throws InputError for `.` and `..`
 */
export function encodePath(path: string): string {
  return path
    .split('/')
    .filter(segment => segment !== '')
    .map(encodeSegment)
    .join('/');
}

/** The address of a repository in the REST API. */
export function repositoryUrl(
  apiBaseUrl: string,
  workspace: string,
  repository: string,
): string {
  return `${apiBaseUrl}/repositories/${encodeSegment(
    workspace,
  )}/${encodeSegment(repository)}`;
}

/**
 * Appends query parameters; those that are undefined are left out.
 */
export function withQuery(
  url: string,
  parameters: Record<string, string | number | undefined>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) {
      query.set(name, String(value));
    }
  }
  return query.size > 0 ? `${url}?${query}` : url;
}

// Parameters whose values are worth a reader's while and never secret. `fields`
// is harmless, but long and always the same.
const SHOWN_PARAMETERS = new Set([
  'archived',
  'at',
  'filterText',
  'format',
  'limit',
  'max_depth',
  'page',
  'pagelen',
  'q',
  'since',
  'sort',
  'start',
  'until',
]);

/**
 * The URL as people may see it, in errors and logs: without user information,
 * fragment and every query parameter that is not known to be harmless.
 */
export function displayUrl(url: string): string {
  const { origin, pathname, searchParams } = new URL(url);
  const shown = [...searchParams]
    .filter(([name]) => SHOWN_PARAMETERS.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return `${origin}${pathname}${shown && `?${shown}`}`;
}

/**
 * The host of a URL that may be posted as a link, without a dot at its end; undefined for
 * one that is too long, that holds a user name or a password, or that is not of the web.
 */
export function linkHost(url: string, maxLength: number): string | undefined {
  if (url.length > maxLength || !URL.canParse(url)) {
    return undefined;
  }
  const { protocol, hostname, username, password } = new URL(url);
  const isOfWeb = protocol === 'https:' || protocol === 'http:';
  return isOfWeb && !username && !password
    ? hostname.replace(/\.$/, '')
    : undefined;
}
