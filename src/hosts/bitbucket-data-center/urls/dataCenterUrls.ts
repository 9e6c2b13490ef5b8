import { COMMIT_HASH } from '../../../lib/text';
import {
  encodeUrlPath,
  encodeUrlSegment,
  HEAD,
  RepositoryUrl,
  ScmUrls,
} from '../../../scm/urls';
import { isTag, toFullName, toPlace } from '../names';
import { parseUrl } from './parseUrl';

/** An instance, as its URLs have it. */
type UrlOptions = {
  /** In lower case, with its port where it has one. */
  host: string;
  /** Its context path included, without a trailing slash. */
  baseUrl: string;
};

/**
 * The URLs of an instance:
 * `{baseUrl}/projects/PAY/repos/api/browse/docs/a.yaml?at=refs%2Fheads%2Ffeature%2Fx`.
 */
export function dataCenterUrls(options: UrlOptions): ScmUrls {
  const { host, baseUrl } = options;
  const { host: webHost, pathname } = new URL(baseUrl);
  const context = pathname.split('/').filter(Boolean).length;

  /**
   * The page of a repository. Those of a personal project are below the name of its
   * user, in lower case, as Bitbucket links to them.
   */
  function toRepositoryUrl(fullName: string): string {
    const { projectKey, slug } = toPlace({ fullName });
    const owner = projectKey.startsWith('~')
      ? `users/${encodeUrlSegment(projectKey.slice(1).toLowerCase())}`
      : `projects/${encodeUrlSegment(projectKey)}`;
    return `${baseUrl}/${owner}/repos/${encodeUrlSegment(slug)}/browse`;
  }

  function toFileUrl(fullName: string, ref: string, path: string): string {
    const folder = toRepositoryUrl(fullName);
    const page = path === '' ? folder : `${folder}/${encodeUrlPath(path)}`;
    return `${page}${refQuery(ref)}`;
  }

  /** The one way to write what was parsed. */
  function toPlaceUrl(url: RepositoryUrl): string {
    const { segments, pattern, at = HEAD } = url;
    const path = pattern ?? segments.map(encodeUrlSegment);
    const page = toRepositoryUrl(url.fullName.toLowerCase());
    return `${[page, ...path].join('/')}${refQuery(at)}`;
  }

  /** Backstage leaves out the query, and so the branch; it gets the default branch right. */
  function toEditUrl(target: string): string | undefined {
    try {
      const { fullName, at, segments, pattern } = parse(target);
      const isFile = segments.length > 0 && !pattern;
      return isFile && at !== undefined && at !== HEAD
        ? toFileUrl(fullName, at, segments.join('/'))
        : undefined;
    } catch {
      // What is wrong with a URL, the reader says.
      return undefined;
    }
  }

  const parse = (url: string) => {
    const { place, ...parsed } = parseUrl(url, { ...options, webHost });
    return { fullName: toFullName(host, place), ...parsed };
  };

  return {
    refPlace: 'query',
    matches: url => url.host === host || url.host === webHost,
    parse,
    repository: toRepositoryUrl,
    file: toFileUrl,
    edit: toEditUrl,
    place: toPlaceUrl,
    // {scheme}://{host}/{context}/projects/{key}/repos/{slug}
    repositoryPart: url =>
      url
        .replace(/[?#].*$/s, '')
        .split('/')
        .slice(0, 3 + context + 4)
        .join('/'),
    mentions: ({ fullNames }) => fullNames.flatMap(mentionsOf),
  };
}

/** As the browser shows it; nothing for the default branch, whatever its name. */
function refQuery(ref: string): string {
  if (ref === HEAD) {
    return '';
  }
  const isInFull = COMMIT_HASH.test(ref) || isTag(ref);
  const at = isInFull ? ref : `refs/heads/${ref}`;
  return `?at=${encodeURIComponent(at)}`;
}

function mentionsOf(fullName: string): string[] {
  const { projectKey, slug } = toPlace({ fullName: fullName.toLowerCase() });
  const [key, tilde] = projectKey.startsWith('~')
    ? [projectKey, `%7e${projectKey.slice(1)}`]
    : [projectKey, undefined];
  const names = [key, ...(tilde ? [tilde] : [])];
  return [
    ...names.map(name => `/projects/${name}/repos/${slug}`),
    ...(tilde ? [`/users/${key.slice(1)}/repos/${slug}`] : []),
    ...names.map(name => `/${name}/${slug}.git`),
  ];
}
