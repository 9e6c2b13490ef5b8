import { LoggerService } from '@backstage/backend-plugin-api';
import {
  displayUrl,
  encodePath,
  encodeSegment,
  repositoryUrl,
  withQuery,
} from '../../http/urls';
import { QuotaSnapshot } from '../../scm/quota';
import { UnexpectedResponseError } from '../../scm/errors';
import {
  Branch,
  ChangedPath,
  Ref,
  Repository,
  RequestContext,
} from '../../scm/types';
import { CallApi, listGoodRows, withPaths } from './apiCall';
import { getJson } from '../../http/callApi';
import { Credential } from '../../http/authorization';
import { BadRows } from '../../http/rows';
import { CredentialConfig } from '../../config/types';
import { MAX_DIFFSTAT_PAGELEN, MAX_PAGELEN } from './limits';
import { PullRequests } from './pullRequests';
import * as schemas from './schemas';
import { BranchQuery, Commit, RepositoryQuery } from './schemas';
import { Source } from './source';
import { Webhooks } from './webhookApi';

/** The public part of a client's budget. */
type ClientBudget = {
  /** Its state, for each kind of requests that is counted separately. */
  snapshot(): QuotaSnapshot[];
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
  readonly credential: Credential<CredentialConfig['kind']>;
  /** Most requests under way at once; whatever goes beyond waits for its turn. */
  readonly concurrency: number;
  /** The largest file to read, in bytes. */
  readonly maxFileBytes: number;
  /** How many requests may be sent within an hour. */
  readonly budget: ClientBudget;
  /** The files of commits. */
  readonly source: Source;
  /** The webhooks of workspaces. */
  readonly webhooks: Webhooks;
  /** Pull requests, and what is posted to them. */
  readonly pullRequests: PullRequests;
  readonly #apiBaseUrl: string;
  readonly #callApi: CallApi;
  readonly #lists: { callApi: CallApi; badRows: BadRows };

  /** Use `createBitbucketClient`. */
  constructor(options: {
    apiBaseUrl: string;
    webBaseUrl: string;
    concurrency: number;
    maxFileBytes: number;
    credential: Credential<CredentialConfig['kind']>;
    callApi: CallApi;
    budget: ClientBudget;
    logger: LoggerService;
  }) {
    this.credential = options.credential;
    this.concurrency = options.concurrency;
    this.maxFileBytes = options.maxFileBytes;
    this.budget = options.budget;
    this.source = new Source(options);
    this.webhooks = new Webhooks(options.apiBaseUrl, options.callApi);
    this.pullRequests = new PullRequests(options);
    this.#apiBaseUrl = options.apiBaseUrl;
    this.#callApi = options.callApi;
    this.#lists = {
      callApi: options.callApi,
      badRows: new BadRows(options.logger),
    };
  }

  /**
   * The repositories of a workspace that the credential can see, page by page;
   * one request for each. Those it cannot see are left out without a word, and
   * rows that are not of the expected shape with a warning.
   */
  listRepositories(
    workspace: string,
    query: RepositoryQuery = {},
    context?: RequestContext,
  ): AsyncIterable<Repository[]> {
    const { q, sort, pagelen = MAX_PAGELEN, strict = false } = query;
    const url = `${this.#apiBaseUrl}/repositories/${encodeSegment(workspace)}`;
    const fields = schemas.pageFields(schemas.REPOSITORY_FIELDS);
    return listGoodRows(
      this.#lists,
      withQuery(url, { q, sort, pagelen, fields }),
      schemas.repositorySchema,
      strict,
      context,
    );
  }

  /**
   * One repository.
   *
   * @param repository - its slug, or its uuid in braces
   * @throws UnexpectedResponseError for a response about another uuid
   */
  async getRepository(
    workspace: string,
    repository: string,
    context?: RequestContext,
  ): Promise<Repository> {
    const fields = schemas.REPOSITORY_FIELDS.join(',');
    const url = this.#repositoryUrl(workspace, repository);
    const found = await getJson(
      this.#callApi,
      withQuery(url, { fields }),
      schemas.repositorySchema,
      context,
    );
    if (repository.startsWith('{') && found.uuid !== repository) {
      throw new UnexpectedResponseError(
        'the response is about another repository',
        { method: 'GET', url: displayUrl(url) },
      );
    }
    return found;
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
    return getJson(
      this.#callApi,
      withQuery(`${branches}/${encodePath(name)}`, { fields }),
      schemas.branchSchema,
      context,
    );
  }

  /**
   * The branches of a repository; one request for each 100.
   *
   * @throws UnexpectedResponseError at the end of the list where rows are not of the
   * expected shape, since what is not among the others may be there all the same
   */
  async *listBranches(
    workspace: string,
    repository: string,
    query: BranchQuery = {},
    context?: RequestContext,
  ): AsyncIterable<Branch> {
    const { q } = query;
    const pagelen = MAX_PAGELEN;
    const fields = schemas.pageFields(schemas.BRANCH_FIELDS);
    const url = this.#branchesUrl(workspace, repository);
    for await (const page of listGoodRows(
      this.#lists,
      withQuery(url, { q, pagelen, fields }),
      schemas.branchSchema,
      true,
      context,
    )) {
      yield* page;
    }
  }

  /**
   * The branches and the tags of a repository; one request for each 100.
   *
   * @throws UnexpectedResponseError at the end of the list where rows are not of the
   * expected shape, since what is not among the others may be there all the same
   */
  async *listRefs(
    workspace: string,
    repository: string,
    query: BranchQuery = {},
    context?: RequestContext,
  ): AsyncIterable<Ref> {
    const { q } = query;
    const pagelen = MAX_PAGELEN;
    const fields = schemas.pageFields(schemas.REF_FIELDS);
    const url = `${this.#repositoryUrl(workspace, repository)}/refs`;
    for await (const page of listGoodRows(
      this.#lists,
      withQuery(url, { q, pagelen, fields }),
      schemas.refSchema,
      true,
      context,
    )) {
      yield* page;
    }
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
    return getJson(
      this.#callApi,
      withQuery(`${url}/commit/${encodeSegment(revision)}`, { fields }),
      schemas.commitSchema,
      context,
    );
  }

  /**
   * The paths that differ between two commits; a file that was moved counts with
   * both of its paths. One request.
   *
   * @param commits.among - the paths that matter, where not all do
   * @returns undefined when there are more than 500, which is Bitbucket's page
   */
  async getChangedPaths(
    workspace: string,
    repository: string,
    commits: { from: string; to: string; among?: readonly string[] },
    context?: RequestContext,
  ): Promise<ChangedPath[] | undefined> {
    const { from, to, among } = commits;
    // The commit with the changes comes first, unlike in `git diff`.
    const spec = `${encodeSegment(to)}..${encodeSegment(from)}`;
    const url = `${this.#repositoryUrl(workspace, repository)}/diffstat/${spec}`;
    const all = withQuery(url, {
      topic: 'false',
      pagelen: MAX_DIFFSTAT_PAGELEN,
      fields: schemas.pageFields(schemas.DIFFSTAT_FIELDS),
    });
    const { values, next } = await getJson(
      this.#callApi,
      withPaths(all, among) ?? all,
      schemas.pageOf(schemas.diffstatSchema),
      context,
    );
    return next ? undefined : values.flat();
  }

  #repositoryUrl(workspace: string, repository: string): string {
    return repositoryUrl(this.#apiBaseUrl, workspace, repository);
  }

  #branchesUrl(workspace: string, repository: string): string {
    return `${this.#repositoryUrl(workspace, repository)}/refs/branches`;
  }
}
