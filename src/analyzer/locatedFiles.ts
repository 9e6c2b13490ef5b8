import { CatalogTables } from '../catalog-tables/CatalogTables';
import { readLocationUrls } from '../catalog-tables/refreshKeys';
import { createPathGlob } from '../lib/globs';
import { encodeUrlPath, HEAD, RepositoryUrl, ScmUrls } from '../scm/urls';

/** A repository, by all that a URL may call it. */
export type KnownAs = {
  /** In lower case: what it is called, and was called before. */
  fullNames: string[];
  uuid: string;
  /** What `HEAD` means in a URL. */
  mainBranch?: string;
};

/**
 * Tells which files of a repository the catalog reads, be it that someone has
 * registered them, or a glob that finds them, or that they come from a provider,
 * from the configuration or from another file; under whatever spelling of the URL.
 *
 * @returns whether the catalog reads the file at a URL
 */
export async function readLocatedFiles(
  tables: CatalogTables,
  repository: KnownAs,
): Promise<(url: string) => boolean> {
  const { urls } = tables;
  const { fullNames, uuid } = repository;
  const texts = urls.mentions({ fullNames, id: uuid });
  const located = (await readLocationUrls(tables, texts))
    .flatMap(target => parseOrNone(urls, target))
    .filter(url => isOf(url, repository))
    .map(url => withRef(url, repository));
  const places = new Set(
    located.filter(({ pattern }) => !pattern).map(placeOf),
  );
  const globs = located.flatMap(toGlob);
  return url => {
    const place = placeOf(withRef(urls.parse(url), repository));
    return (
      places.has(place) ||
      globs.some(({ matches }) => matches(encodeUrlPath(place)))
    );
  };
}

function parseOrNone(urls: ScmUrls, target: string): RepositoryUrl[] {
  try {
    return [urls.parse(target)];
  } catch {
    return [];
  }
}

function isOf(url: RepositoryUrl, { fullNames, uuid }: KnownAs): boolean {
  const fullName = url.fullName.toLowerCase();
  return (
    fullNames.includes(fullName) ||
    (url.isById && fullName.endsWith(uuid.toLowerCase()))
  );
}

function withRef(url: RepositoryUrl, { mainBranch }: KnownAs): RepositoryUrl {
  return url.at === HEAD ? { ...url, at: mainBranch } : url;
}

/** Ref and path, decoded: the same however a URL spells them. */
function placeOf({ at, segments }: RepositoryUrl): string {
  return [...(at === undefined ? [] : [at]), ...segments].join('/');
}

function toGlob({ at, pattern }: RepositoryUrl) {
  if (!pattern) {
    return [];
  }
  const ref = at === undefined ? [] : [encodeUrlPath(at)];
  const written = [...ref, ...pattern].join('/');
  return [createPathGlob(written.replaceAll('%2F', '/'))];
}
