import {
  encodeUrlPath,
  encodeUrlSegment,
  RepositoryUrl,
  ScmUrls,
} from '../../../scm/urls';
import { isBitbucketCloudUrl, parseUrl } from './parse';
import { ORIGIN } from './refusals';

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
