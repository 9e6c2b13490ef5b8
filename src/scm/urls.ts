/** What a URL calls the default branch, whatever its name. */
export const HEAD = 'HEAD';

/** What a URL of a repository points at, before its branch is known. */
export type RepositoryUrl = {
  /** The repository, as it is written; see `Repository.fullName`. */
  fullName: string;
  /** Whether the repository is written by its id, and not by its name. */
  isById: boolean;
  /**
   * The ref and the path, decoded. Starts with the ref, unless
   * {@link RepositoryUrl.at} names it; empty for the root of the default branch. A ref
   * that was written with an encoded slash is one segment; otherwise a ref with
   * slashes takes several.
   */
  segments: string[];
  /** The ref, where the URL has it apart from the path; {@link HEAD} for the default branch. */
  at?: string;
  /**
   * Where the ref is in the query: that, as it is written, from its `?` on. Absent where
   * the URL names no ref.
   */
  query?: string;
  /**
   * Where there is a wildcard: {@link RepositoryUrl.segments} with all but the
   * wildcards encoded, so that `*` is a wildcard and `%2A` a part of a name.
   */
  pattern?: string[];
  /**
   * Whether it is the page of a file as a browser shows it. The built-in readers take
   * those, so that catalogs may know entities by them, as they were written.
   */
  isPlain: boolean;
};

/** The URLs of a host's web pages, which the catalog knows files by. */
export interface ScmUrls {
  /**
   * Where the URL of a file has the ref: in its path, or in its query, from which the
   * Locations of a default branch leave it out, so that they follow that branch.
   */
  readonly refPlace: 'path' | 'query';

  /** Whether a URL is one of this host. */
  matches(url: URL): boolean;

  /**
   * Reads any form of the URL of a repository, a folder, a file or a glob.
   *
   * @throws InputError for any other, with the form to write instead
   */
  parse(url: string): RepositoryUrl;

  /** The web address of a repository. */
  repository(fullName: string): string;

  /**
   * The web address of a file on a branch, which {@link ScmUrls.parse} reads as the
   * same branch, in `at` or as one segment, and the same path.
   *
   * @param ref - {@link HEAD} for the default branch, where the ref is in the query
   * @param path - relative to the root, without a leading slash; empty for the root
   */
  file(fullName: string, ref: string, path: string): string;

  /**
   * The web address at which a person edits the file at a URL. Undefined where
   * Backstage gets it right by itself, and for what is not a file. Never throws.
   */
  edit(url: string): string | undefined;

  /** What a URL points at, in one text: the same for every way to write it. */
  place(url: RepositoryUrl): string;

  /** The part of the URL of a file that names its repository. */
  repositoryPart(url: string): string;

  /**
   * Texts in lower case, one of which is in every URL of a file of a repository.
   *
   * @param repository - its full names in lower case
   */
  mentions(repository: { id: string; fullNames: string[] }): string[];
}

/**
 * The web address of a file at the ref that a URL names: a branch, a tag or a commit,
 * which a query goes on to name as it is written, as with the built-in readers.
 *
 * @param ref - what the URL was found to name
 */
export function besideUrl(
  urls: Pick<ScmUrls, 'file' | 'refPlace'>,
  { query = '' }: Pick<RepositoryUrl, 'query'>,
  { fullName, ref, path }: { fullName: string; ref: string; path: string },
): string {
  return urls.refPlace === 'query'
    ? `${urls.file(fullName, HEAD, path)}${query}`
    : urls.file(fullName, ref, path);
}

/**
 * The web address of a glob that finds the files of a name in a folder and below it.
 *
 * @param folderUrl - may have a query
 */
export function globBelow(folderUrl: string, name: string): string {
  const [, page, query] = /^([^?]*)(.*)$/s.exec(folderUrl) as string[];
  return `${page.replace(/\/$/, '')}/**/${name}${query}`;
}

/** A URL as people may see it: without the user information that a clone URL may hold. */
export function withoutUser(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^@/?#]*@/i, '$1');
}

/**
 * Encodes what would end the segment or be taken for a wildcard, and leaves
 * what a path segment may hold as it is: `@scope` is `@scope` on bitbucket.org
 * and in locations that other providers emitted.
 * https://www.rfc-editor.org/rfc/rfc3986#section-3.3
 */
export function encodeUrlSegment(segment: string): string {
  return encodeURIComponent(segment)
    .replace(/%(?:40|3A|24|26|2B|2C|3B|3D)/g, decodeURIComponent)
    .replace(/\*/g, '%2A');
}

/** Encodes a path, segment by segment. */
export function encodeUrlPath(path: string): string {
  return path.split('/').map(encodeUrlSegment).join('/');
}

/**
 * `RepositoryUrl.pattern` of a path, where it has a wildcard.
 *
 * @param written - its segments, as they are encoded in the URL
 * @param decode - throws for what is not encoded as it should be
 */
export function withPattern(
  written: readonly string[],
  decode: (part: string) => string,
): Pick<RepositoryUrl, 'pattern'> {
  if (!written.some(segment => segment.includes('*'))) {
    return {};
  }
  const encode = (part: string) => encodeUrlSegment(decode(part));
  return {
    pattern: written.map(segment => segment.split('*').map(encode).join('*')),
  };
}

/** Of more segments than this, a URL is not searched for the end of the ref. */
const MAX_NAMES = 10;

/**
 * What the ref of a URL may be called, the shortest first: `/src/feature/x/file`
 * does not say where it ends, so it is `feature`, `feature/x` or `feature/x/file`.
 * A wildcard is beyond its end.
 */
export function refNames({
  segments,
  pattern = [],
}: Pick<RepositoryUrl, 'segments' | 'pattern'>): string[] {
  const wildcard = pattern.findIndex(segment => segment.includes('*'));
  const end = wildcard === -1 ? segments.length : Math.max(wildcard, 1);
  return segments
    .slice(0, Math.min(end, MAX_NAMES))
    .map((_, last) => segments.slice(0, last + 1).join('/'));
}
