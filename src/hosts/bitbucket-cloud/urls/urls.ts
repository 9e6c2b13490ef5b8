import {
  encodeUrlPath,
  encodeUrlSegment,
  RepositoryUrl,
} from '../../../scm/urls';

/** Where the web pages of Bitbucket Cloud are. */
export const ORIGIN = 'https://bitbucket.org';

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
