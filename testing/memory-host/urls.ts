import { InputError } from '@backstage/errors';
import {
  encodeUrlPath,
  HEAD,
  RepositoryUrl,
  ScmUrls,
  withoutUser,
  withPattern,
} from '../../src/scm/urls';
import { HOST } from './repositories';

/** `https://git.example.com/PAY/api/browse/catalog-info.yaml?at=main`; no `at` is the default branch. */
export const memoryUrls: ScmUrls = {
  refPlace: 'query',
  matches: url => url.host === HOST,
  parse(written) {
    const parsed = parse(written);
    if (!parsed) {
      throw new InputError(
        `${withoutUser(written)} is not a URL of https://${HOST}`,
      );
    }
    return parsed;
  },
  repository: fullName => `https://${fullName}`,
  file: (fullName, ref, path) =>
    `https://${fullName}/browse/${encodeUrlPath(path)}${
      ref === HEAD ? '' : `?at=${encodeURIComponent(ref)}`
    }`,
  edit: () => undefined,
  place: ({ fullName, segments, at }) =>
    [fullName.toLowerCase(), at, ...segments].join('/'),
  repositoryPart: url => url.split('/browse')[0],
  mentions: ({ fullNames }) => fullNames,
};

function parse(written: string): RepositoryUrl | undefined {
  if (!URL.canParse(written)) {
    return undefined;
  }
  const { host, pathname, search, searchParams } = new URL(written);
  const [project, slug, , ...path] = pathname.split('/').filter(Boolean);
  if (host !== HOST || !slug) {
    return undefined;
  }
  return {
    fullName: `${HOST}/${project}/${slug}`,
    isById: false,
    segments: path.map(decodeURIComponent),
    at: searchParams.get('at') ?? HEAD,
    query: search,
    ...withPattern(path, decodeURIComponent),
    isPlain: true,
  };
}
