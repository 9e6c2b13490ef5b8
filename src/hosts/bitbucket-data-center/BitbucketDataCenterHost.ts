import { Readable } from 'node:stream';
import { PathGlob } from '../../lib/globs';
import { PullRequestApi } from '../../scm/pullRequests';
import { QuotaView } from '../../scm/quota';
import {
  ListOptions,
  RepositoryPage,
  RepositoryRef,
  RepositorySelection,
  ScmDeliveries,
  HeadsPolicy,
  ScmHost,
} from '../../scm/ScmHost';
import { ScmNames } from '../../scm/names';
import {
  AtCommit,
  Branch,
  ChangedPath,
  DefaultBranch,
  FileResult,
  FoundRef,
  InRepository,
  Repository,
  RequestContext,
  SourceEntry,
} from '../../scm/types';
import { ScmUrls } from '../../scm/urls';
import { ScmWebhooks } from '../../scm/webhooks';
import { changedPaths } from './changes';
import { DataCenterApi } from './apiCall';
import { ContentHashes } from './contentHashes';
import { DataCenterClient } from './createDataCenterClient';
import { findFiles, hasFile, listFolder, readArchive, readFile } from './files';
import { dataCenterNames, toPlace } from './names';
import {
  defaultBranch,
  findBranch,
  listBranches,
  resolveRef,
  verifyBranch,
  verifyDefaultBranch,
} from './refs';
import {
  findListed,
  getRepository,
  listProject,
  listRepositories,
} from './repositoryLists';
import { dataCenterUrls } from './urls/dataCenterUrls';
import { projectWebhooks } from './webhookApi';

/** The credentials, as a person who has to give them access calls them. */
const CREDENTIALS = {
  httpAccessToken:
    'the account, project or repository of the HTTP access token',
  password: 'the account',
};

/** How old a head may be of which a stamp says that it is the same. */
const VERIFIED_AFTER_MS = 24 * 3_600_000;

/** An instance does not say how many requests it grants, so there is nothing to show. */
const NO_QUOTA: QuotaView = { snapshot: () => [], save: async () => {} };

/**
 * An instance of Bitbucket Data Center. Its workspace is the instance, by its host; a
 * repository within it is `PAY/api`.
 */
export class BitbucketDataCenterHost implements ScmHost {
  readonly id: string;
  readonly names: ScmNames;
  readonly urls: ScmUrls;
  readonly deliveries: ScmDeliveries;
  readonly pullRequests?: PullRequestApi;
  readonly webhooks: ScmWebhooks;
  readonly isAskedByName = true;
  readonly quota = NO_QUOTA;
  readonly #client: DataCenterClient;
  readonly #heads: () => HeadsPolicy;
  readonly #hashes: ContentHashes;

  /** @param options.heads - see `ScmHost.heads`; asked whenever a walk begins */
  constructor(options: {
    client: DataCenterClient;
    deliveries: ScmDeliveries;
    /** Absent: results are not posted. */
    pullRequests?: PullRequestApi;
    heads: () => HeadsPolicy;
    /** Milliseconds since the epoch. Default: now. */
    now?: () => number;
  }) {
    const { client } = options;
    const { host } = client.api;
    this.id = host;
    this.names = dataCenterNames(host, client.key);
    this.urls = dataCenterUrls({ host, baseUrl: client.webBaseUrl });
    this.deliveries = options.deliveries;
    this.pullRequests = options.pullRequests;
    this.webhooks = projectWebhooks(client.api, client);
    this.#heads = options.heads;
    this.#client = client;
    this.#hashes = new ContentHashes(client.api, options.now ?? Date.now);
  }

  /** Where stamps say what was pushed, that is verified once a day. */
  get heads() {
    return this.#hashes.isAvailable
      ? { ...this.#heads(), stampedMaxAgeMs: VERIFIED_AFTER_MS }
      : this.#heads();
  }

  /** One request for each 1,000 repositories, and one a day where there are none. */
  contentStamps(_selection: RepositorySelection, context: RequestContext) {
    return this.#hashes.read(context);
  }

  get credential() {
    return this.#client.credential;
  }

  get concurrency() {
    return this.#client.concurrency;
  }

  get maxFileSize() {
    const { maxFileBytes: bytes, key } = this.#client;
    return { bytes, key: `${key}.maxFileSize` };
  }

  get #api(): DataCenterApi {
    return this.#client.api;
  }

  workspaceOf(fullName: string): string {
    return toPlace({ fullName }).host;
  }

  /** @param slug - with its project: `PAY/api` */
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
      : `${CREDENTIALS[kind]} in ${this.#client.key} has no access to it`;
  }

  /** The list is the same for all filters. */
  listKey(): string {
    return '';
  }

  repositories(
    _selection: RepositorySelection,
    options: ListOptions,
    from: string | undefined,
    context: RequestContext,
  ): AsyncIterable<RepositoryPage> {
    return listRepositories(this.#api, options, from, context);
  }

  projectRepositories(
    _selection: RepositorySelection,
    projectKey: string,
    context: RequestContext,
  ): AsyncIterable<Repository[]> {
    return listProject(this.#api, projectKey, context);
  }

  repository(ref: RepositoryRef, context: RequestContext): Promise<Repository> {
    return getRepository(this.#api, ref, context);
  }

  findListed(
    refs: readonly { id: string; fullName: string }[],
    context: RequestContext,
  ): Promise<(Repository | undefined)[]> {
    return findListed(this.#api, refs, context);
  }

  defaultBranch(
    repository: Repository,
    context: RequestContext,
  ): Promise<DefaultBranch | null> {
    return defaultBranch(this.#api, repository, context);
  }

  branch(
    repository: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined> {
    return findBranch(this.#api, repository, name, context);
  }

  verifyBranch(
    repository: InRepository,
    name: string,
    context: RequestContext,
  ): Promise<string | undefined> {
    return verifyBranch(this.#api, repository, name, context);
  }

  verifyDefaultBranch(
    repository: InRepository,
    context: RequestContext,
  ): Promise<string> {
    return verifyDefaultBranch(this.#api, repository, context);
  }

  branches(
    repository: InRepository,
    context: RequestContext,
  ): AsyncIterable<Branch> {
    return listBranches(this.#api, repository, context);
  }

  resolveRef(
    repository: InRepository,
    names: string[],
    context: RequestContext,
  ): Promise<FoundRef | undefined> {
    return resolveRef(this.#api, repository, names, context);
  }

  readFile(
    at: AtCommit,
    path: string,
    context: RequestContext,
  ): Promise<FileResult> {
    const { maxFileBytes } = this.#client;
    return readFile(this.#api, maxFileBytes, at, path, context);
  }

  hasFile(
    at: AtCommit,
    path: string,
    _missedBy: 'file' | 'listing',
    context: RequestContext,
  ): Promise<boolean> {
    return hasFile(this.#api, at, path, context);
  }

  findFiles(
    at: AtCommit,
    glob: PathGlob,
    context: RequestContext,
  ): Promise<string[]> {
    return findFiles(this.#api, at, glob, context);
  }

  listFolder(
    at: AtCommit,
    path: string,
    options: { maxDepth: number; contains?: string },
    context: RequestContext,
  ): AsyncIterable<SourceEntry> {
    return listFolder(this.#api, at, path, options, context);
  }

  changedPaths(
    repository: InRepository,
    from: string,
    to: string,
    context: RequestContext,
  ): Promise<ChangedPath[] | undefined> {
    return changedPaths(this.#api, repository, from, to, context);
  }

  archive(
    at: AtCommit,
    path: string,
    context: RequestContext,
  ): Promise<Readable> {
    return readArchive(this.#api, at, path, context);
  }
}
