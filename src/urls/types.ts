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
