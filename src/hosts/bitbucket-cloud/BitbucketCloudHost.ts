import { Readable } from 'node:stream';
import { PathGlob } from '../../lib/globs';
import {
  ListOptions,
  RepositoryPage,
  RepositoryRef,
  RepositorySelection,
  ScmHost,
  UpdatedPage,
} from '../../scm/ScmHost';
import {
  isBitbucketError,
  isRateLimitedError,
  isUnauthorizedError,
  isUnavailableError,
} from '../../scm/errors';
import {
  AtCommit,
  Branch,
  ChangedPath,
  DefaultBranch,
  FileResult,
  FoundRef,
  InRepository,
  ListingProgress,
  Repository,
  RepositoryFilters,
  RequestContext,
  SourceEntry,
} from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';
import { bitbucketCloudDeliveries } from './delivery';
import { CommitPlace, findFiles, hasFile, isTooMuch, readFile } from './files';
import { findBranch, resolveRef, verifyBranch } from './refs';
import {
  findListed,
  listProject,
  listQuery,
  listRepositories,
  listUpdated,
  quote,
} from './repositoryLists';
import { bitbucketCloudUrls } from './urls/bitbucketCloudUrls';
import { bitbucketCloudNames, toPlace } from './names';
import { workspaceWebhooks } from './workspaceWebhooks';

/** The credentials, as a person who has to give them access calls them. */
const CREDENTIALS = {
  apiToken: 'the API token',
  accessToken: 'the access token',
  appPassword: 'the app password',
  oauth: 'the OAuth consumer',
};

/** Bitbucket Cloud. */
export class BitbucketCloudHost implements ScmHost {
  static readonly id = 'bitbucket.org';
  readonly id = BitbucketCloudHost.id;
  readonly names = bitbucketCloudNames;
  readonly urls = bitbucketCloudUrls;
  readonly deliveries = bitbucketCloudDeliveries;
  readonly #client: BitbucketClient;

  constructor(client: BitbucketClient) {
    this.#client = client;
  }

  get credential() {
    return this.#client.credential;
  }

  get quota() {
    return this.#client.budget;
  }

  get concurrency() {
    return this.#client.concurrency;
  }

  get maxFileSize() {
    return {
      bytes: this.#client.maxFileBytes,
      key: `${this.names.configKeys.integration}.maxFileSize`,
    };
  }

  get pullRequests() {
    return this.#client.pullRequests;
  }

  get webhooks() {
    return workspaceWebhooks(this.#client);
  }

  workspaceOf(fullName: string): string {
    return toPlace({ fullName })[0];
  }

  fullNameOf(workspace: string, slug: string): string {
    return `${workspace}/${slug}`;
  }

  whyInvisible({ withOwnToken }: { withOwnToken: boolean }): string {
    if (withOwnToken) {
      return 'the token of this request has no access to it';
    }
    const { kind } = this.credential;
    return kind === 'anonymous'
      ? 'it is private, and no credential is configured'
      : `${CREDENTIALS[kind]} in ${this.names.configKeys.integration} has no access to it`;
  }

  listKey(selection: RepositorySelection, filters?: RepositoryFilters): string {
    return listQuery(selection, filters) ?? '';
  }

  repositories(
    selection: RepositorySelection,
    options: ListOptions,
    from: string | undefined,
    context: RequestContext,
  ): AsyncIterable<RepositoryPage> {
    return listRepositories(this.#client, selection, options, from, context);
  }

  changedSince(
    selection: RepositorySelection,
    cursor: string | undefined,
    context: RequestContext,
  ): AsyncIterable<UpdatedPage> {
    return listUpdated(this.#client, selection, cursor, context);
  }

  projectRepositories(
    selection: RepositorySelection,
    projectKey: string,
    context: RequestContext,
  ): AsyncIterable<Repository[]> {
    return listProject(this.#client, selection, projectKey, context);
  }

  async repository(
    ref: RepositoryRef,
    context: RequestContext,
  ): Promise<Repository> {
    if (ref.by === 'id') {
      return this.#client.getRepository(ref.workspace, ref.id, context);
    }
    const [workspace, slug] = toPlace(ref);
    return this.#client.getRepository(
      ref.workspace ?? workspace,
      slug,
      context,
    );
  }

  findListed(
    refs: readonly { id: string; fullName: string }[],
    context: RequestContext,
  ): Promise<(Repository | undefined)[]> {
    return Promise.all(refs.map(ref => findListed(this.#client, ref, context)));
  }

  async defaultBranch(
    { uuid, fullName }: Repository,
    context: RequestContext,
  ): Promise<DefaultBranch | null> {
    const [workspace] = toPlace({ fullName });
    const found = await this.#client.getRepository(workspace, uuid, context);
    return found.mainBranch ?? null;
  }

  branch(
    repository: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined> {
    return findBranch(this.#client, toPlace(repository), name, context);
  }

  verifyBranch(
    repository: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined> {
    return verifyBranch(this.#client, toPlace(repository), name, context);
  }

  branches(
    repository: InRepository,
    context: RequestContext,
  ): AsyncIterable<Branch> {
    return this.#client.listBranches(...toPlace(repository), {}, context);
  }

  resolveRef(
    repository: InRepository,
    names: string[],
    context: RequestContext,
  ): Promise<FoundRef | undefined> {
    return resolveRef(this.#client, toPlace(repository), names, context);
  }

  readFile(
    at: AtCommit,
    path: string,
    context: RequestContext,
  ): Promise<FileResult> {
    return readFile(this.#client, toCommit(at), path, context);
  }

  hasFile(
    at: AtCommit,
    path: string,
    missedBy: 'file' | 'listing',
    context: RequestContext,
  ): Promise<boolean> {
    return hasFile(this.#client, toCommit(at), path, missedBy, context);
  }

  findFiles(
    at: AtCommit,
    glob: PathGlob,
    context: RequestContext,
    progress?: ListingProgress,
  ): Promise<string[]> {
    return findFiles(this.#client, toCommit(at), glob, context, progress);
  }

  listFolder(
    at: AtCommit,
    path: string,
    { maxDepth, contains }: { maxDepth: number; contains?: string },
    context: RequestContext,
  ): AsyncIterable<SourceEntry> {
    const q = contains === undefined ? undefined : `path ~ ${quote(contains)}`;
    const query = { maxDepth, q };
    return this.#client.source.list(...toCommit(at), path, query, context);
  }

  /** One request. */
  async changedPaths(
    repository: InRepository,
    from: string,
    to: string,
    context: RequestContext,
    among?: readonly string[],
  ): Promise<ChangedPath[] | undefined> {
    const place = toPlace(repository);
    try {
      return await this.#client.getChangedPaths(
        ...place,
        { from, to, among },
        context,
      );
    } catch (error) {
      if (!isBitbucketError(error) || concernsEverything(error)) {
        throw error;
      }
      return undefined;
    }
  }

  /** One request, for the archive of all files. */
  archive(
    at: AtCommit,
    _path: string,
    context: RequestContext,
  ): Promise<Readable> {
    return this.#client.source.readArchive(...toCommit(at), context);
  }
}

/** Whether a failure is about more than two commits that cannot be compared. */
function concernsEverything(error: unknown): boolean {
  return (
    isRateLimitedError(error) ||
    isUnauthorizedError(error) ||
    (isUnavailableError(error) && !isTooMuch(error))
  );
}

function toCommit({ fullName, hash }: AtCommit): CommitPlace {
  return [...toPlace({ fullName }), hash];
}
