import {
  HEAD,
  RepositoryUrl,
  withoutUser,
  withPattern,
} from '../../../scm/urls';
import { RepositoryPlace } from '../names';
import { refuseEncoding, refuseOther, refuseOtherPage } from './refusals';

/** An instance, as far as a URL has to be one of it. */
export type Instance = {
  /** As it is configured, with its port where it has one. */
  host: string;
  /** That of its base URL. */
  webHost: string;
  baseUrl: string;
};

/** What a URL points at, and the repository as the URL has it. */
type ParsedUrl = Omit<RepositoryUrl, 'fullName'> & {
  place: RepositoryPlace;
};

/** How the path of a clone URL ends. */
const CLONE = /(?<=.)(?:\.git)+$/;

/**
 * Reads any form of the URL of a repository, a folder, a file or a glob, with whatever
 * follows `#`:
 *
 * - `{baseUrl}/projects/{key}/repos/{slug}`, with `/browse` or `/raw` and a path behind
 *   it or not
 * - `?at={ref}`, as `refs/heads/{branch}`, `refs/tags/{tag}`, a branch, a tag or a
 *   hash; the default branch without it
 * - `{baseUrl}/users/{user}/repos/{slug}`, which is the project `~{user}`
 * - clone URLs: `{baseUrl}/scm/{key}/{slug}.git`, `ssh://git@{host}:7999/{key}/{slug}.git`
 *
 * An unencoded `*` of the path is a wildcard.
 *
 * @throws InputError for any other, with the form to write instead
 */
export function parseUrl(url: string, instance: Instance): ParsedUrl {
  const shown = withoutUser(url);
  if (!URL.canParse(url)) {
    throw refuseOther(shown, instance.baseUrl);
  }
  const parsed = new URL(url);
  const { protocol, username } = parsed;
  if (protocol === 'ssh:') {
    return cloneBySsh(parsed, shown, instance);
  }
  const written = pathBelow(parsed, shown, instance);
  const parts = written.map(segment => decodePart(segment, shown));
  const place = placeOf(parts);
  const isClone = parts[0] === 'scm';
  const from = isClone ? 3 : 5;
  const view = isClone ? undefined : parts[4];
  if (!place || !(view === undefined || view === 'browse' || view === 'raw')) {
    throw refuseOtherPage(shown, parts, instance.baseUrl);
  }
  const path = written.slice(from);
  return {
    place,
    isById: false,
    segments: parts.slice(from),
    ...refOf(parsed),
    ...withPattern(path, part => decodePart(part, shown)),
    isPlain: view !== undefined && username === '',
  };
}

/**
 * A ref as people call it, and as it is written; the default branch without one. A tag that
 * is written in full stays so, since a branch may have its name.
 */
function refOf({ search }: URL): Pick<RepositoryUrl, 'at' | 'query'> {
  const at = new URLSearchParams(search).get('at');
  const name = at?.replace(/^refs\/heads\//, '') || HEAD;
  const [written] = /(?<=[?&])at=[^&]*/.exec(search) ?? [];
  return name === HEAD ? { at: HEAD } : { at: name, query: `?${written}` };
}

/** What is below the context path, still encoded. */
function pathBelow(
  { protocol, host, pathname }: URL,
  shown: string,
  { host: configured, webHost, baseUrl }: Instance,
): string[] {
  const context = new URL(baseUrl).pathname.replace(/\/$/, '');
  const isWeb = protocol === 'https:' || protocol === 'http:';
  const isHost = host === configured || host === webHost;
  if (!isWeb || !isHost || !`${pathname}/`.startsWith(`${context}/`)) {
    throw refuseOther(shown, baseUrl);
  }
  return pathname.slice(context.length).split('/').filter(Boolean);
}

/** The repository of a page, or of a clone URL; undefined for any other page. */
function placeOf(parts: string[]): RepositoryPlace | undefined {
  const [collection, owner = '', second = '', name = ''] = parts;
  if (collection === 'scm') {
    return parts.length === 3
      ? named(owner, second.replace(CLONE, ''))
      : undefined;
  }
  if (second !== 'repos') {
    return undefined;
  }
  if (collection === 'projects') {
    return named(owner, name);
  }
  return collection === 'users' && owner !== ''
    ? named(`~${owner}`, name)
    : undefined;
}

/** A slash that is encoded is part of no name. */
function named(projectKey: string, slug: string): RepositoryPlace | undefined {
  return projectKey === '' ||
    slug === '' ||
    `${projectKey}${slug}`.includes('/')
    ? undefined
    : { projectKey, slug };
}

/** Git is reached at another port, `ssh://git@git.example.com:7999/pay/api.git`. */
function cloneBySsh(
  { hostname, pathname }: URL,
  shown: string,
  { host, webHost, baseUrl }: Instance,
): ParsedUrl {
  const [key = '', name = '', ...more] = pathname
    .split('/')
    .filter(Boolean)
    .map(segment => decodePart(segment, shown));
  const place = named(key, name.replace(CLONE, ''));
  const hosts = [host, webHost].map(each => each.replace(/:\d+$/, ''));
  if (!place || more.length > 0 || !hosts.includes(hostname.toLowerCase())) {
    throw refuseOther(shown, baseUrl);
  }
  return { place, isById: false, segments: [], at: HEAD, isPlain: false };
}

function decodePart(segment: string, shown: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refuseEncoding(shown);
  }
}
