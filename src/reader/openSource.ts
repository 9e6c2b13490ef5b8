import { InputError, NotFoundError, NotModifiedError } from '@backstage/errors';
import { sizeInWords } from '../config/units';
import { ReadResult } from '../metrics/Metrics';
import { FilesAtCommit, UncachedFiles } from '../mirror/CommitFiles';
import { OpenOptions, RefLookup } from '../mirror/FileIndex';
import { Stale } from '../mirror/Refetch';
import { RepositoryFound, RepositoryOptions } from '../mirror/RepositoryLookup';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { IndexedFile } from '../mirror/rows';
import { ScmHost } from '../scm/ScmHost';
import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { besideUrl, HEAD, refNames, RepositoryUrl, ScmUrls } from '../scm/urls';

/** Where repositories and their files come from: the mirror, or Bitbucket alone. */
export type Repositories = {
  /** @throws NotFoundError of the host when there is none */
  find(
    fullName: string,
    context: RequestContext,
    options: RepositoryOptions,
  ): Promise<RepositoryFound>;
  /**
   * The files at the branch, tag or commit with the longest of some names, the
   * shortest of which comes first.
   */
  openLongest(
    repository: Repository,
    names: string[],
    context: RequestContext,
    options: Pick<OpenOptions, 'refetch'>,
  ): Promise<{
    opened?: { ref: string; files: FilesAtCommit };
    source: RefLookup['source'];
  }>;
};

/** What a URL points at. */
export type Source = {
  repository: Repository;
  /** The branch, tag or commit that the URL names; the default branch where it names none. */
  ref: string;
  /** Relative to the root, without slashes at its ends; empty for the root. */
  path: string;
  /** {@link Source.path} with all but its wildcards encoded, where it has any. */
  pattern?: string;
  /** Whether the catalog is to know the file by the URL as it is written. */
  isPlain: boolean;
  /** Whether the URL has the name of the repository in other letter case than the host. */
  isOtherCase: boolean;
  /** The web address of a file at the same ref. */
  urlOf(path: string): string;
  files: FilesAtCommit;
};

/**
 * What a URL points at, or that the repository has no such ref; without a name,
 * that it is empty. What may be out of date is `stale`.
 */
type Opened = {
  /** Whether the repository comes from the mirror. */
  isCached: boolean;
  stale?: Stale;
} & ({ source: Source } | { repository: Repository; noRef?: string });

/** What to ask Bitbucket for, whatever the mirror has. */
type SourceOptions = Pick<OpenOptions, 'refetch'> & { stale?: Stale };

/**
 * Opens what a URL points at.
 *
 * `/src/feature/x/file` does not say where the branch ends: it is the longest of
 * `feature`, `feature/x` and `feature/x/file` that is there.
 *
 * The catalog is to know a file by one URL, however it is written. That of the page
 * is left as it is where another would be worse: the built-in reader may have filled
 * the catalog, and with the branch in `?at=`, Backstage resolves what is relative to
 * the root (`/docs/api.yaml`) although the name of the branch has a slash.
 *
 * The same applies to a name whose letter case differs from Bitbucket's.
 *
 * @throws NotFoundError when there is no such repository
 */
export async function openSource(
  urls: ScmUrls,
  repositories: Repositories,
  url: RepositoryUrl,
  context: RequestContext,
  { refetch = false, stale }: SourceOptions,
): Promise<Opened> {
  const { segments, at } = url;
  const { repository, isCached } = await repositories.find(
    url.fullName,
    context,
    { refetch: stale === 'repository' },
  );
  const { mainBranch } = repository;
  const isMain = at === HEAD || (at === undefined && segments.length === 0);
  if (isMain && !mainBranch) {
    // A response that leaves the main branch out says nothing about it.
    const isUnknown = isCached || mainBranch === undefined;
    return {
      repository,
      isCached,
      stale: isUnknown ? 'repository' : undefined,
    };
  }
  const isInPath = at === undefined && segments.length > 0;
  const given = isMain ? mainBranch?.name : at;
  const names = given === undefined ? refNames(url) : [given];
  const hasHead = mainBranch?.hash && names.includes(mainBranch.name);
  const isAgain = stale === 'repository' || stale === 'ref';
  const { opened, source } = await repositories.openLongest(
    repository,
    names,
    context,
    { refetch: refetch || (isAgain && !hasHead) },
  );
  const out = { isCached, stale: staleOf(url, repository, isCached, source) };
  if (!opened) {
    return { ...out, repository, noRef: names[0] };
  }
  const from = isInPath ? names.indexOf(opened.ref) + 1 : 0;
  // An encoded slash is one all the same.
  const pattern = url.pattern?.slice(from).join('/').replaceAll('%2F', '/');
  return {
    ...out,
    source: {
      repository,
      ...opened,
      path: segments.slice(from).join('/'),
      pattern,
      isPlain:
        url.isPlain &&
        (urls.refPlace === 'query' ||
          (isInPath ? from === 1 : opened.ref.includes('/'))),
      isOtherCase: isOtherCase(urls, url, repository),
      urlOf: path =>
        besideUrl(urls, url, {
          fullName: repository.fullName,
          ref: opened.ref,
          path,
        }),
    },
  };
}

/** What to ask for, should there be nothing at a ref, or no such ref. */
function staleOf(
  url: RepositoryUrl,
  repository: Repository,
  isCached: boolean,
  source: RefLookup['source'],
): Stale | undefined {
  switch (source) {
    case 'bitbucket':
      return undefined;
    case 'repository':
      return isCached ? 'repository' : undefined;
    case 'index':
      return isCached && hasOldName(url, repository) ? 'repository' : 'ref';
  }
}

/**
 * Whether a URL has the name of the repository in other letter case than the host writes
 * it, which need not be that of the name itself.
 */
function isOtherCase(
  urls: ScmUrls,
  url: RepositoryUrl,
  { fullName }: Repository,
): boolean {
  return (
    url.fullName.toLowerCase() === fullName.toLowerCase() &&
    url.fullName !== urls.parse(urls.repository(fullName)).fullName
  );
}

/** Whether a repository was called otherwise when the URL was written; another may be called so now. */
function hasOldName(url: RepositoryUrl, { fullName }: Repository): boolean {
  return !url.isById && url.fullName.toLowerCase() !== fullName.toLowerCase();
}

/** Repositories of the mirror, which requests the rest from Bitbucket. */
export function indexedRepositories(index: WorkspaceIndex): Repositories {
  return {
    find: (...args) => index.repositories.lookUp(...args),
    openLongest: (...args) => index.files.lookUpRef(...args),
  };
}

/**
 * Repositories as Bitbucket shows them to a token of the reader's own, which may
 * see more than the mirror may have, or less than it has.
 */
export function directRepositories(host: ScmHost): Repositories {
  return {
    async find(fullName, context) {
      const repository = await host.repository(
        { by: 'name', fullName },
        context,
      );
      return { repository, isCached: false };
    },
    async openLongest(repository, names, context) {
      const found = await host.resolveRef(repository, names, context);
      const opened = found && {
        ref: found.name,
        files: new UncachedFiles(host, repository, found.hash),
      };
      return { opened, source: 'bitbucket' };
    },
  };
}

/** What came of a read that ended with an error. */
export function resultOf(error: unknown): ReadResult {
  if (error instanceof NotModifiedError) {
    return 'not_modified';
  }
  if (error instanceof NotFoundError || isNotFoundError(error)) {
    return 'not_found';
  }
  return error instanceof InputError ? 'unreadable' : 'failed';
}

/** @throws InputError for a file that exists and is not read, with the remedy */
export function throwIfUnreadable(
  url: string,
  { size = 0, isLfs }: IndexedFile,
  limit: ScmHost['maxFileSize'],
): void {
  if (size > limit.bytes) {
    throw new InputError(
      `${url} is ${sizeInWords(size)}, larger than ${limit.key} allows (${sizeInWords(limit.bytes)}). Make the file smaller, or raise the limit.`,
    );
  }
  if (isLfs) {
    throw new InputError(
      `${url} is stored in Git LFS, which is not supported. Remove the file from Git LFS with "git lfs untrack", and commit it again.`,
    );
  }
}
