import { createPathGlob } from '../../lib/globs';
import {
  besideUrl,
  encodeUrlPath,
  HEAD,
  RepositoryUrl,
  ScmUrls,
} from '../../scm/urls';

/** Where a path or a URL in a catalog file leads. */
export type Place =
  | {
      kind: 'here';
      /** Relative to the root of the repository. */
      path: string;
      /** The URL of the file at the head. */
      url: string;
      /** The URL that the catalog reads once the pull request is merged. */
      branchUrl: string;
    }
  /** Several files of the repository. */
  | {
      kind: 'pattern';
      /** Relative to the root, with wildcards. */
      pattern: string;
      matches(path: string): boolean;
      /** The URL by which the catalog knows a file that it finds, once the pull request is merged. */
      branchUrlOf(path: string): string;
    }
  | { kind: 'elsewhere'; where: string };

/** The repository of a pull request. */
export type CheckedRepository = {
  urls: ScmUrls;
  fullName: string;
  /** Of the repository that the head is in, which is another one for a fork. */
  headName: string;
  /** The full hash. */
  head: string;
  /** The destination branch. */
  branch: string;
};

/** The URL of a file at the head. */
export function headOf(
  { urls, headName, head }: CheckedRepository,
  path: string,
): string {
  return urls.file(headName, head, path);
}

/** A file of the repository, with the URL under which the catalog reads it. */
export type PlacedFile = { path: string; location: string };

const ELSEWHERE: Place = {
  kind: 'elsewhere',
  where: 'outside of this repository',
};

/**
 * Finds out what a value of a catalog file refers to, as the catalog does: relative to
 * the file, relative to the root where it begins with a slash, or as a URL.
 *
 * What is read for a pull request is the URL that comes from here, and never the value
 * itself, so that both mean the same to every reader.
 */
export function placeOf(
  repository: CheckedRepository,
  file: PlacedFile,
  value: string,
): Place {
  if (/\p{Cc}/u.test(value)) {
    return ELSEWHERE;
  }
  try {
    return URL.canParse(value)
      ? placeOfUrl(repository, file, value)
      : placeOfPath(repository, file, value);
  } catch {
    return ELSEWHERE;
  }
}

function placeOfPath(
  repository: CheckedRepository,
  file: PlacedFile,
  value: string,
): Place {
  const { urls, fullName, headName, head, branch } = repository;
  const resolve = (base: string, root: string) => {
    const url = value.startsWith('/') ? new URL(root) : new URL(value, base);
    if (value.startsWith('/')) {
      url.pathname = `${url.pathname.replace(/\/+$/, '')}${value}`;
    }
    url.search = new URL(base).search;
    return url.href;
  };
  const url = resolve(
    urls.file(headName, head, file.path),
    urls.file(headName, head, ''),
  );
  const parsed = urls.parse(url);
  const path = pathAt(parsed, head);
  if (!isSame(parsed, headName) || path === undefined) {
    return ELSEWHERE;
  }
  return placeOfFile(repository, parsed, path, {
    url: urls.file(headName, head, path),
    branchUrl: value.startsWith('/')
      ? urls.file(fullName, branch, path)
      : resolve(file.location, file.location),
  });
}

function placeOfUrl(
  repository: CheckedRepository,
  file: PlacedFile,
  value: string,
): Place {
  const { urls, fullName, headName, head, branch } = repository;
  const url = new URL(value);
  if (!url.protocol.startsWith('http') || !urls.matches(url)) {
    return ELSEWHERE;
  }
  const parsed = urls.parse(value);
  if (!isSame(parsed, fullName)) {
    return { kind: 'elsewhere', where: 'in another repository' };
  }
  // The default branch is the destination where this file itself is read from it.
  const isDefault = urls.parse(file.location).at === HEAD;
  const path =
    pathAt(parsed, branch) ?? (isDefault ? pathAt(parsed, HEAD) : undefined);
  return path === undefined
    ? { kind: 'elsewhere', where: 'on another branch' }
    : placeOfFile(repository, parsed, path, {
        url: urls.file(headName, head, path),
        branchUrl: value,
      });
}

function placeOfFile(
  { urls, fullName, branch }: CheckedRepository,
  { pattern }: RepositoryUrl,
  path: string,
  place: { url: string; branchUrl: string },
): Place {
  const segments = path.split('/');
  if (
    segments.some(one => ['', '.', '..'].includes(one) || /[\\\0]/.test(one))
  ) {
    return ELSEWHERE;
  }
  if (!pattern) {
    return { kind: 'here', path, ...place };
  }
  // Encoded, a star is a part of a name, and not a wildcard.
  const { matches } = createPathGlob(pattern.slice(-segments.length).join('/'));
  const { query } = urls.parse(place.branchUrl);
  return {
    kind: 'pattern',
    pattern: path,
    matches: one => matches(encodeUrlPath(one)),
    branchUrlOf: one =>
      besideUrl(urls, { query }, { fullName, ref: branch, path: one }),
  };
}

/** The path where a URL is of a ref, whose name may have slashes. */
function pathAt(
  { segments, at }: RepositoryUrl,
  ref: string,
): string | undefined {
  if (at !== undefined) {
    return at === ref ? segments.join('/') : undefined;
  }
  if (segments[0] === ref) {
    return segments.slice(1).join('/');
  }
  const parts = ref.split('/');
  return parts.every((part, index) => part === segments[index])
    ? segments.slice(parts.length).join('/')
    : undefined;
}

function isSame({ fullName, isById }: RepositoryUrl, other: string): boolean {
  return !isById && fullName.toLowerCase() === other.toLowerCase();
}
