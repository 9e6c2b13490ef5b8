/** What a URL calls the main branch, whatever its name. */
export const HEAD = 'HEAD';

/** What a bitbucket.org URL points at, before its branch is known. */
export type RepositoryUrl = {
  /** Slug, as it is written, or `{uuid}`. */
  workspace: string;
  /** Slug, as it is written, or `{uuid}`. */
  repository: string;
  /**
   * The ref and the path, decoded. Starts with the ref, unless
   * {@link RepositoryUrl.at} names it; empty for the root of the main branch. A ref
   * that was written with an encoded slash is one segment; otherwise a ref with
   * slashes takes several.
   */
  segments: string[];
  /**
   * The ref of `?at=`, which the page of a file at a commit carries along; `HEAD`
   * where that is in the place of the ref.
   */
  at?: string;
  /**
   * Where there is a wildcard: {@link RepositoryUrl.segments} with all but the
   * wildcards encoded, so that `*` is a wildcard and `%2A` a part of a name.
   */
  pattern?: string[];
  /**
   * Whether it is the page of a file as a browser shows it: on bitbucket.org, without
   * a user, with names and not uuids, and with the path in its place. The built-in
   * reader takes those, so that catalogs may know entities by them, as they were
   * written.
   */
  isPlain: boolean;
};

/**
 * Encodes what would end the segment or be taken for a wildcard, and leaves
 * what a path segment may hold as it is: `@scope` is `@scope` on bitbucket.org
 * and in locations that other providers emitted.
 * https://www.rfc-editor.org/rfc/rfc3986#section-3.3
 */
export function encodeSegment(segment: string): string {
  return encodeURIComponent(segment)
    .replace(/%(?:40|3A|24|26|2B|2C|3B|3D)/g, decodeURIComponent)
    .replace(/\*/g, '%2A');
}

/** Encodes a path, segment by segment. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

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
  return `${toRepositoryUrl(fullName)}/src/${encodeSegment(ref)}/${encodePath(path)}`;
}

/**
 * The one way to write what was parsed: the same for every form that means the
 * same. {@link parseUrl} reads it as what it was made of.
 */
export function toUrl(url: RepositoryUrl): string {
  const { workspace, repository, segments, at, pattern } = url;
  const place = `${ORIGIN}/${encodeSegment(workspace)}/${encodeSegment(repository)}`;
  const ref = at === undefined ? [] : [encodeSegment(at)];
  const written = [...ref, ...(pattern ?? segments.map(encodeSegment))];
  return written.length > 0 ? `${place}/src/${written.join('/')}` : place;
}

/**
 * What a URL points at, in one text: the same for every way to write it. Names of
 * workspaces and repositories are the same in any letter case.
 */
export function toPlace(url: RepositoryUrl): string {
  return toUrl({
    ...url,
    workspace: url.workspace.toLowerCase(),
    repository: url.repository.toLowerCase(),
  });
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
