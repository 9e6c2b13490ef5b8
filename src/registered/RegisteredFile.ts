import { CatalogScmEvent } from '@backstage/plugin-catalog-node/alpha';
import { readUnreadUrls } from '../catalog-tables/processing';
import { readExistingKeys } from '../catalog-tables/refreshKeys';
import { CommitFiles } from '../mirror/CommitFiles';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { CachedFiles } from '../mirror/rows';
import { ScmHost } from '../scm/ScmHost';
import { Repository, RequestContext } from '../scm/types';
import { besideUrl, HEAD, ScmUrls } from '../scm/urls';

/**
 * A file that the catalog reads, or a glob, under the URL that someone has given
 * it: in a Location, in the configuration, or in a placeholder such as `$text`.
 */
export class RegisteredFile {
  readonly url: string;
  /** The address of its repository, as it is written there. */
  readonly repositoryUrl: string;
  /** Of the repository in lower case, as it is written there. */
  readonly fullName: string;
  readonly isGlob: boolean;
  readonly #segments: string[];
  readonly #at?: string;

  /** @returns undefined for what is not the URL of a file in a repository */
  static parse(urls: ScmUrls, url: string): RegisteredFile | undefined {
    try {
      return new RegisteredFile(urls, url);
    } catch {
      return undefined;
    }
  }

  private constructor(urls: ScmUrls, url: string) {
    const { fullName, segments, at, pattern } = urls.parse(url);
    this.url = url;
    this.fullName = fullName.toLowerCase();
    this.repositoryUrl = urls.repositoryPart(url);
    this.isGlob = pattern !== undefined;
    this.#segments = segments;
    this.#at = at;
  }

  /**
   * The branch that it is on.
   *
   * @param candidates - branches that there are, since a URL does not tell where
   * the name of a branch with slashes ends
   */
  branchOf(
    { mainBranch }: Pick<Repository, 'mainBranch'>,
    candidates: string[],
  ): string | undefined {
    if (
      this.#at === HEAD ||
      (this.#at === undefined && this.#segments.length === 0)
    ) {
      return mainBranch?.name;
    }
    if (this.#at !== undefined) {
      return this.#at;
    }
    const written = `${this.#segments.join('/')}/`;
    return candidates
      .filter(name => written.startsWith(`${name}/`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** Relative to the root, on a branch that {@link RegisteredFile.branchOf} gave. */
  pathOn(branch: string): string {
    const written = this.#segments.join('/');
    return this.#at === undefined ? written.slice(branch.length + 1) : written;
  }
}

/** A branch before and after a push. */
type PushedFiles = {
  repository: Repository;
  branch: string;
  /** Absent where nothing was known of it. */
  before: CachedFiles | undefined;
  after: CommitFiles;
};

/**
 * What a push has made of a file: nothing, another content, or no file any more.
 * Where it is not known what was there before, the catalog reads it again.
 *
 * Costs nothing for what the mirror has; two requests for a file that is gone,
 * to see where it went and to be sure.
 */
export async function fileEvent(
  host: ScmHost,
  file: RegisteredFile,
  pushed: PushedFiles,
  context: RequestContext,
): Promise<CatalogScmEvent | undefined> {
  const { branch, before, after } = pushed;
  const updated = { type: 'location.updated', url: file.url } as const;
  if (file.isGlob || !before?.ref.commit) {
    return updated;
  }
  const path = file.pathOn(branch);
  const was = before.files.get(path);
  const is = await after.stat(path, context);
  if (was?.exists && !is.exists) {
    return (
      (await goneEvent(host, file, pushed, before.ref.commit, context)) ??
      updated
    );
  }
  const isSame = was?.exists === is.exists && was.hash === is.hash;
  return isSame ? undefined : updated;
}

/**
 * Undefined where Bitbucket does not say twice that the file is gone: a single
 * wrong answer must not unregister anything.
 */
async function goneEvent(
  host: ScmHost,
  file: RegisteredFile,
  { repository, branch, after }: PushedFiles,
  from: string,
  context: RequestContext,
): Promise<CatalogScmEvent | undefined> {
  const { fullName } = repository;
  const path = file.pathOn(branch);
  const changes = await host.changedPaths(
    repository,
    from,
    after.commit,
    context,
  );
  const change = changes?.find(one => one.path === path && !one.exists);
  const at = { fullName, hash: after.commit };
  if (!change || (await host.hasFile(at, path, 'listing', context))) {
    return undefined;
  }
  return change.movedTo === undefined
    ? { type: 'location.deleted', url: file.url }
    : {
        type: 'location.moved',
        fromUrl: file.url,
        toUrl: besideUrl(host.urls, host.urls.parse(file.url), {
          fullName,
          ref: branch,
          path: change.movedTo,
        }),
      };
}

/**
 * What the catalog reads of a repository, by any of its names.
 *
 * Its refresh keys have Locations, however they came to be, and the files that
 * placeholders such as `$text` name; its entities have the Locations that could not
 * be read yet.
 *
 * @param fullNames - of the repository
 */
export async function readRegisteredFiles(
  index: WorkspaceIndex,
  fullNames: string[],
): Promise<RegisteredFile[]> {
  const names = fullNames.map(name => name.toLowerCase());
  const urls = await index.urls.ofRepositories(names);
  const keys = urls.map(({ key }) => key);
  const used = await readExistingKeys(index.catalog, keys);
  const others = urls.filter(({ key }) => !used.has(key));
  const unread = new Set(
    await readUnreadUrls(
      index.catalog,
      others.map(({ url }) => url),
    ),
  );
  return urls
    .filter(({ key, url }) => used.has(key) || unread.has(url))
    .flatMap(({ url }) => RegisteredFile.parse(index.host.urls, url) ?? []);
}
