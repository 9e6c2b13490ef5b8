import { InputError } from '@backstage/errors';

const ORIGIN = 'https://bitbucket.org';
const HOSTS = ['bitbucket.org', 'www.bitbucket.org'];

/** What a bitbucket.org URL points at, before its branch is known. */
export type RepositoryUrl = {
  workspace: string;
  repository: string;
  /**
   * What follows `src` or `raw`, decoded. Starts with the ref, unless
   * {@link RepositoryUrl.at} names it. A ref that was written with an encoded
   * slash is one segment; otherwise a ref with slashes takes several.
   */
  segments: string[];
  /** The branch of `?at=`, which the page of a file at a commit carries along. */
  at?: string;
};

/** Whether a URL is one that the reader answers. */
export function isBitbucketCloudUrl(url: URL): boolean {
  return HOSTS.includes(url.host);
}

/** The web address of a repository, as in the annotation `bitbucket.org/repo-url`. */
export function toRepositoryUrl(fullName: string): string {
  return `${ORIGIN}/${fullName}`;
}

/**
 * The web address of a file on a branch. Whatever has a meaning in a URL, a
 * slash in a branch name included, is encoded, so that {@link parseUrl} gives
 * the same branch and path back.
 *
 * @param fullName - `workspace/repository`
 * @param path - relative to the root, without a leading slash
 */
export function toFileUrl(fullName: string, ref: string, path: string): string {
  const encodedPath = path.split('/').map(encodeSegment).join('/');
  return `${toRepositoryUrl(fullName)}/src/${encodeSegment(ref)}/${encodedPath}`;
}

/**
 * Reads a URL of a repository, a folder or a file.
 *
 * @throws InputError for a URL of bitbucket.org that is none of them
 */
export function parseUrl(url: string): RepositoryUrl {
  const { pathname, searchParams } = new URL(url);
  const [workspace, repository, view, ...rest] = pathname
    .split('/')
    .filter(Boolean)
    .map(segment => decodeSegment(segment, url));
  const isSource = view === undefined || view === 'src' || view === 'raw';
  if (!repository || !isSource) {
    throw new InputError(
      `${url} is not a file, a folder or a repository of Bitbucket Cloud; ` +
        `write ${ORIGIN}/{workspace}/{repository}/src/{branch}/{path}`,
    );
  }
  const at = searchParams.get('at');
  return at
    ? { workspace, repository, segments: rest.slice(1), at }
    : { workspace, repository, segments: rest };
}

/**
 * Encodes what would end the segment or be taken for a wildcard, and leaves
 * what a path segment may hold as it is: `@scope` is `@scope` on bitbucket.org
 * and in locations that other providers emitted.
 * https://www.rfc-editor.org/rfc/rfc3986#section-3.3
 */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment)
    .replace(/%(?:40|3A|24|26|2B|2C|3B|3D)/g, decodeURIComponent)
    .replace(/\*/g, '%2A');
}

function decodeSegment(segment: string, url: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new InputError(
      `${url} has a % that is not part of an encoded character; write it as %25`,
    );
  }
}
