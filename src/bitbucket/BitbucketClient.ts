import { Readable } from 'node:stream';
import { z } from 'zod';
import { Credential } from '../credentials';
import { Ask, Question } from './ask';
import { BudgetSnapshot } from './budget';
import { readFileContent } from './fileContent';
import { readJson } from './json';
import { MAX_DIFFSTAT_PAGELEN, MAX_PAGELEN } from './limits';
import { paginate, paginatePages } from './paging';
import * as schemas from './schemas';
import {
  Branch,
  BranchQuery,
  ChangedPath,
  Commit,
  FileContent,
  Ref,
  Repository,
  RepositoryQuery,
  RequestContext,
  SourceEntry,
  SourceQuery,
} from './types';
import { encodePath, encodeSegment, withQuery } from './urls';
import { Webhooks } from './webhooks';

/** What is to be known of a client's budget. */
export type ClientBudget = {
  /** Where it stands, for each kind of requests that is counted apart. */
  snapshot(): BudgetSnapshot[];
  /**
   * Saves what was counted since it was last saved, before a backend stops. Does
   * nothing without a store, and never rejects.
   */
  save(): Promise<void>;
};

/**
 * Bitbucket Cloud's REST API, as far as this package needs it.
 *
 * Workspaces and repositories are named by slug or `{uuid}`. What goes wrong is
 * a `BitbucketError`, except that a call which is given up rejects with its
 * signal's reason, and that a name or path which cannot be part of a URL is an
 * `InputError`. Lists send nothing before they are iterated.
 *
 * https://developer.atlassian.com/cloud/bitbucket/rest/intro/
 */
export class BitbucketClient {
  /** What the requests are signed with. */
  readonly credential: Credential;
  /** Most requests under way at once; whatever goes beyond waits for its turn. */
  readonly concurrency: number;
  /** The largest file to read, in bytes. */
  readonly maxFileBytes: number;
  /** How many requests may be sent within an hour. */
  readonly budget: ClientBudget;
  /** The webhooks of workspaces. */
  readonly webhooks: Webhooks;
  readonly #apiBaseUrl: string;
  readonly #webBaseUrl: string;
  readonly #ask: Ask;

  /** Use `createBitbucketClient`. */
  constructor(options: {
    apiBaseUrl: string;
    webBaseUrl: string;
    concurrency: number;
    maxFileBytes: number;
    credential: Credential;
    ask: Ask;
    budget: ClientBudget;
  }) {
    this.credential = options.credential;
    this.concurrency = options.concurrency;
    this.maxFileBytes = options.maxFileBytes;
    this.budget = options.budget;
    this.webhooks = new Webhooks(options.apiBaseUrl, options.ask);
    this.#apiBaseUrl = options.apiBaseUrl;
    this.#webBaseUrl = options.webBaseUrl;
    this.#ask = options.ask;
  }

  /**
   * The repositories of a workspace that the credential can see, page by page;
   * one request for each. Those it cannot see are left out without a word.
   */
  listRepositories(
    workspace: string,
    query: RepositoryQuery = {},
    context?: RequestContext,
  ): AsyncIterable<Repository[]> {
    const { q, sort, pagelen = MAX_PAGELEN } = query;
    const url = `${this.#apiBaseUrl}/repositories/${encodeSegment(workspace)}`;
    const fields = schemas.pageFields(schemas.REPOSITORY_FIELDS);
    const page = schemas.pageOf(schemas.repositorySchema);
    return paginatePages(
      withQuery(url, { q, sort, pagelen, fields }),
      pageUrl => this.#getJson(pageUrl, page, context),
    );
  }

  /** One repository. */
  async getRepository(
    workspace: string,
    repository: string,
    context?: RequestContext,
  ): Promise<Repository> {
    const fields = schemas.REPOSITORY_FIELDS.join(',');
    return this.#getJson(
      withQuery(this.#repositoryUrl(workspace, repository), { fields }),
      schemas.repositorySchema,
      context,
    );
  }

  /** One branch. Its name may hold slashes. */
  async getBranch(
    workspace: string,
    repository: string,
    name: string,
    context?: RequestContext,
  ): Promise<Branch> {
    const branches = this.#branchesUrl(workspace, repository);
    const fields = schemas.BRANCH_FIELDS.join(',');
    return this.#getJson(
      withQuery(`${branches}/${encodePath(name)}`, { fields }),
      schemas.branchSchema,
      context,
      'ref',
    );
  }

  /** The branches of a repository; one request for each 100. */
  listBranches(
    workspace: string,
    repository: string,
    query: BranchQuery = {},
    context?: RequestContext,
  ): AsyncIterable<Branch> {
    const { q } = query;
    const pagelen = MAX_PAGELEN;
    const fields = schemas.pageFields(schemas.BRANCH_FIELDS);
    return this.#list(
      withQuery(this.#branchesUrl(workspace, repository), {
        q,
        pagelen,
        fields,
      }),
      schemas.branchSchema,
      context,
    );
  }

  /** The branches and the tags of a repository; one request for each 100. */
  listRefs(
    workspace: string,
    repository: string,
    query: BranchQuery = {},
    context?: RequestContext,
  ): AsyncIterable<Ref> {
    const { q } = query;
    const pagelen = MAX_PAGELEN;
    const fields = schemas.pageFields(schemas.REF_FIELDS);
    const url = `${this.#repositoryUrl(workspace, repository)}/refs`;
    return this.#list(
      withQuery(url, { q, pagelen, fields }),
      schemas.refSchema,
      context,
    );
  }

  /**
   * The commit that a revision names: a hash, short or full, a tag, or a branch
   * without a slash in its name.
   */
  async getCommit(
    workspace: string,
    repository: string,
    revision: string,
    context?: RequestContext,
  ): Promise<Commit> {
    const url = this.#repositoryUrl(workspace, repository);
    const fields = schemas.COMMIT_FIELDS.join(',');
    return this.#getJson(
      withQuery(`${url}/commit/${encodeSegment(revision)}`, { fields }),
      schemas.commitSchema,
      context,
      'ref',
    );
  }

  /**
   * The paths that differ between two commits; a file that was moved counts with
   * both of its paths. One request.
   *
   * @returns undefined when there are more than 500, which is Bitbucket's page
   */
  async getChangedPaths(
    workspace: string,
    repository: string,
    from: string,
    to: string,
    context?: RequestContext,
  ): Promise<ChangedPath[] | undefined> {
    // The commit with the changes comes first, unlike in `git diff`.
    const spec = `${encodeSegment(to)}..${encodeSegment(from)}`;
    const url = `${this.#repositoryUrl(workspace, repository)}/diffstat/${spec}`;
    const { values, next } = await this.#getJson(
      withQuery(url, {
        topic: 'false',
        pagelen: MAX_DIFFSTAT_PAGELEN,
        fields: schemas.pageFields(schemas.DIFFSTAT_FIELDS),
      }),
      schemas.pageOf(schemas.diffstatSchema),
      context,
      'ref',
    );
    return next ? undefined : values.flat();
  }

  /** What there is at a path: a file or a directory. */
  async getSourceEntry(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
    context?: RequestContext,
  ): Promise<SourceEntry> {
    const fields = schemas.SOURCE_ENTRY_FIELDS.join(',');
    return this.#getJson(
      withQuery(this.#sourceUrl(workspace, repository, commit, path), {
        format: 'meta',
        fields,
      }),
      schemas.sourceEntrySchema,
      context,
    );
  }

  /**
   * The files and directories below a directory, breadth first; one request for
   * each page. A listing that takes Bitbucket too long is an `UnavailableError`
   * of status 555.
   *
   * @param path - the directory; empty for the root
   */
  listSource(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
    query: SourceQuery = {},
    context?: RequestContext,
  ): AsyncIterable<SourceEntry> {
    const { maxDepth, q, pagelen = MAX_PAGELEN } = query;
    const url = this.#sourceUrl(workspace, repository, commit, path);
    return this.#list(
      // The root cannot be listed without a slash at the end.
      withQuery(url.endsWith('/') ? url : `${url}/`, {
        max_depth: maxDepth,
        q,
        pagelen,
        fields: schemas.pageFields(schemas.SOURCE_ENTRY_FIELDS),
      }),
      schemas.sourceEntrySchema,
      context,
    );
  }

  /**
   * A file.
   *
   * @throws BodyTooLargeError when it exceeds {@link BitbucketClient.maxFileBytes}
   */
  async readFile(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
    context?: RequestContext,
  ): Promise<FileContent> {
    const url = this.#sourceUrl(workspace, repository, commit, path);
    const maxBytes = this.maxFileBytes;
    return this.#ask({
      request: { method: 'GET', url, maxBytes, ...context },
      read: readFileContent,
    });
  }

  /**
   * All files of a commit as a gzipped tar archive, with one folder at its top.
   *
   * @returns a stream, to be read to its end or destroyed; it fails with an
   * `UnavailableError` when the archive is cut short
   */
  async readArchive(
    workspace: string,
    repository: string,
    commit: string,
    context?: RequestContext,
  ): Promise<Readable> {
    const url = `${this.#webBaseUrl}/${encodeSegment(workspace)}/${encodeSegment(
      repository,
    )}/get/${encodeSegment(commit)}.tar.gz`;
    return this.#ask({
      request: { method: 'GET', url, streamed: true, ...context },
      read: ({ stream, body }) => stream ?? Readable.from([body]),
    });
  }

  #repositoryUrl(workspace: string, repository: string): string {
    return `${this.#apiBaseUrl}/repositories/${encodeSegment(
      workspace,
    )}/${encodeSegment(repository)}`;
  }

  #branchesUrl(workspace: string, repository: string): string {
    return `${this.#repositoryUrl(workspace, repository)}/refs/branches`;
  }

  #sourceUrl(
    workspace: string,
    repository: string,
    commit: string,
    path: string,
  ): string {
    return `${this.#repositoryUrl(workspace, repository)}/src/${encodeSegment(
      commit,
    )}/${encodePath(path)}`;
  }

  #list<T>(
    url: string,
    row: z.ZodType<T>,
    context?: RequestContext,
  ): AsyncIterable<T> {
    const page = schemas.pageOf(row);
    return paginate(url, pageUrl => this.#getJson(pageUrl, page, context));
  }

  #getJson<T>(
    url: string,
    schema: z.ZodType<T>,
    context?: RequestContext,
    otherwiseMissing?: Question<T>['otherwiseMissing'],
  ): Promise<T> {
    const headers = { Accept: 'application/json' };
    return this.#ask({
      request: { method: 'GET', url, headers, ...context },
      read: (response, request) => readJson(request, response, schema),
      otherwiseMissing,
    });
  }
}
