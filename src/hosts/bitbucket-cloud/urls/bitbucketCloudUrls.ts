import {
  encodeUrlPath,
  encodeUrlSegment,
  HEAD,
  RepositoryUrl,
  ScmUrls,
  withoutUser,
  withPattern,
} from '../../../scm/urls';
import {
  isSnippet,
  ORIGIN,
  refuseEncoding,
  refuseOther,
  refuseOtherPage,
  refuseWithoutRef,
} from './refusals';

/** The web address of a repository, as in the annotation `bitbucket.org/repo-url`. */
function toRepositoryUrl(fullName: string): string {
  return `${ORIGIN}/${fullName}`;
}

/**
 * The web address of a file on a branch. Whatever has a meaning in a URL, a
 * slash in a branch name included, is encoded, so that {@link parseUrl} gives
 * the same branch and path back.
 *
 * @param fullName - `workspace/repository`
 * @param path - relative to the root, without a leading slash; empty for the root
 */
export function toFileUrl(fullName: string, ref: string, path: string): string {
  return `${toRepositoryUrl(fullName)}/src/${encodeUrlSegment(ref)}/${encodeUrlPath(path)}`;
}

/**
 * The one way to write what was parsed: the same for every form that means the
 * same. {@link parseUrl} reads it as what it was made of.
 */
export function toUrl(url: RepositoryUrl): string {
  const { fullName, segments, at, pattern } = url;
  const place = `${ORIGIN}/${encodeUrlPath(fullName)}`;
  const ref = at === undefined ? [] : [encodeUrlSegment(at)];
  const written = [...ref, ...(pattern ?? segments.map(encodeUrlSegment))];
  return written.length > 0 ? `${place}/src/${written.join('/')}` : place;
}

/**
 * What a URL points at, in one text: the same for every way to write it. Names of
 * workspaces and repositories are the same in any letter case.
 */
export function toPlace(url: RepositoryUrl): string {
  return toUrl({ ...url, fullName: url.fullName.toLowerCase() });
}

/** The URLs of bitbucket.org. */
export const bitbucketCloudUrls: ScmUrls = {
  refPlace: 'path',
  matches: isBitbucketCloudUrl,
  parse: parseUrl,
  repository: toRepositoryUrl,
  file: toFileUrl,
  edit: toEditUrl,
  place: toPlace,
  // https://bitbucket.org/{workspace}/{repository}
  repositoryPart: url => url.split('/').slice(0, 5).join('/'),
  mentions: ({ id, fullNames }) => [
    ...fullNames.map(name => `/${name}/`),
    // In a URL, the braces may be encoded.
    id.replace(/[{}]/g, '').toLowerCase(),
  ],
};

/** Backstage cuts the name of a branch at its first slash, and gets other branches right. */
function toEditUrl(target: string): string | undefined {
  const place = placeOf(target);
  if (!place?.branch.includes('/')) {
    return undefined;
  }
  const { fullName, branch, path } = place;
  return `${toFileUrl(fullName, branch, path)}?mode=edit&at=${encodeURIComponent(branch)}`;
}

function placeOf(target: string) {
  try {
    if (!isBitbucketCloudUrl(new URL(target))) {
      return undefined;
    }
    const { fullName, segments, at } = parseUrl(target);
    const [branch = '', ...path] =
      at === undefined ? segments : [at, ...segments];
    return { fullName, branch, path: path.join('/') };
  } catch {
    // What is wrong with a URL, the reader says.
    return undefined;
  }
}

const HOST = 'bitbucket.org';
const HOSTS = [HOST, `www.${HOST}`];

/** Where the REST API keeps what the pages are about. */
const API = { host: `api.${HOST}`, path: /^\/2\.0\/repositories\// };

/** How the path of a clone URL ends. */
const CLONE = /(?<=.)(\.git)+$/;

/** `git@bitbucket.org:acme/shop.git`, which git takes and no URL parser does. */
const CLONE_BY_SSH = /^(?:[^@/\s]+@)?bitbucket\.org:(?!\/)(.+)$/i;

/** Whether a URL is one that the reader answers. */
export function isBitbucketCloudUrl(url: URL): boolean {
  return HOSTS.includes(url.host);
}

/**
 * Reads any form of the URL of a repository, a folder, a file or a glob:
 *
 * - the page of a file or folder, `/src/{ref}/{path}` or `/raw/{ref}/{path}`, with
 *   whatever follows `#`
 * - `/src/{commit}/{path}?at={ref}`
 * - `/src/{ref}?path={path}` and `/src?at={ref}&path={path}`
 * - the page of a repository, and its clone URLs
 *
 * The branch `HEAD` is the main branch, as for git; it is in {@link RepositoryUrl.at}.
 * Names may be slugs or `{uuid}`. An unencoded `*` of the path is a wildcard.
 *
 * @throws InputError for any other, with the form to write instead
 */
export function parseUrl(url: string): RepositoryUrl {
  const shown = withoutUser(url);
  const { protocol, host, username, pathname, search, searchParams } = open(
    url,
    shown,
  );
  const isApi = host === API.host;
  if (!isApi && !HOSTS.includes(host)) {
    throw refuseOther(shown);
  }
  const written = pathname
    .replace(isApi ? API.path : '', '/')
    .split('/')
    .filter(Boolean);
  const parts = written.map(segment => decode(segment, shown));
  const [workspace, name, view, ...segments] = parts;
  const isSource = view === undefined || view === 'src' || view === 'raw';
  // A slash that is encoded is part of no name.
  const areNames = !`${workspace}${name}`.includes('/');
  if (!name || !areNames || !isSource || isApi || isSnippet(parts)) {
    throw refuseOtherPage(shown, isApi ? toPage(parts) : parts);
  }

  const at = searchParams.get('at')?.replace(/^refs\/(heads|tags)\//, '');
  const repository = view === undefined ? name.replace(CLONE, '') : name;
  const isById = isUuid(workspace) || isUuid(repository);
  const place = { fullName: `${workspace}/${repository}`, isById };
  const inQuery = pathOfQuery(search);
  if (inQuery.length > 0) {
    // The path is from the root, so what comes before it is the ref.
    const ref = at || segments.join('/');
    if (!ref) {
      throw refuseWithoutRef(shown, { workspace, repository }, inQuery);
    }
    return {
      ...place,
      segments: inQuery.map(segment => decode(segment, shown)),
      at: ref,
      ...withPattern(inQuery, part => decode(part, shown)),
      isPlain: false,
    };
  }
  // What comes before the path is the commit that the page was opened at.
  const ref = at || (segments[0] === HEAD ? HEAD : undefined);
  const from = ref ? 1 : 0;
  return {
    ...place,
    segments: segments.slice(from),
    ...(ref ? { at: ref } : {}),
    ...withPattern(written.slice(3 + from), part => decode(part, shown)),
    isPlain:
      view !== undefined &&
      host === HOST &&
      protocol.startsWith('http') &&
      username === '' &&
      !isById,
  };
}

function isUuid(name: string): boolean {
  return name.startsWith('{');
}

function open(url: string, shown: string): URL {
  const cloned = CLONE_BY_SSH.exec(url);
  const web = cloned ? `ssh://${HOST}/${cloned[1]}` : url;
  if (!URL.canParse(web)) {
    throw refuseOther(shown);
  }
  return new URL(web);
}

function decode(segment: string, shown: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refuseEncoding(shown);
  }
}

/**
 * The `path` of a query, in which a `/` may be encoded, segment by segment, with `.` and
 * `..` resolved as in the path of a URL.
 */
function pathOfQuery(search: string): string[] {
  const [, value = ''] = /[?&]path=([^&]*)/.exec(search) ?? [];
  const path = value
    .replaceAll('+', '%20')
    .replace(/%2F/gi, '/')
    .replaceAll('?', '%3F')
    .replaceAll('\\', '%5C');
  return new URL(`${ORIGIN}/${path}`).pathname.split('/').filter(Boolean);
}

/** The page that is about the same as a URL of the API. */
function toPage(parts: string[]): string[] {
  const [version, collection, workspace, ...more] = parts;
  if (version === '2.0' && collection === 'snippets') {
    return ['snippets', workspace, ...more].filter(Boolean);
  }
  if (version === '2.0' && collection === 'workspaces' && workspace) {
    return [workspace, 'workspace', ...more];
  }
  // The source of a repository.
  const [owner, repository, , ...rest] = parts;
  return [owner, repository, 'browse', ...rest];
}
