import { ScmUrls } from '../../../scm/urls';
import { isBitbucketCloudUrl, parseUrl } from './parse';
import { toFileUrl, toPlace, toRepositoryUrl } from './urls';

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
