import { getJson } from '../../http/callApi';
import {
  fullHashOf,
  isPostMissing,
  newCommentSchema,
  Post,
  sendDelete,
  sendJson,
  unreadSchema,
} from '../../http/posts';
import { BadRows } from '../../http/rows';
import { encodeSegment } from '../../http/urls';
import {
  Annotation,
  BuildStatus,
  PullRequest,
  PullRequestApi,
  PullRequestComment,
  PullRequestFiles,
  Report,
} from '../../scm/pullRequests';
import { AtCommit, InRepository, RequestContext } from '../../scm/types';
import {
  AnswerHints,
  DataCenterApi,
  listGoodRows,
  listUrl,
  repositoryUrl,
} from './apiCall';
import { listComments, replaceComment } from './comments';
import { MAX_QUERY_LENGTH } from './limits';
import { toPlace } from './names';
import {
  annotationBody,
  commentBody,
  PULL_REQUEST_LIMITS,
  reportBody,
  statusBody,
  takesLink,
} from './pullRequestBodies';
import { listFiles } from './changes';
import { pullRequestOf } from './pullRequestSchemas';
import { commitSchema } from './schemas';

/** Pull requests to ask for per page. */
const PAGE_LIMIT = 100;

const REPORT = { task: 'report', schema: unreadSchema, alsoGood: 204 } as const;
const COMMENT = {
  task: 'comment',
  schema: unreadSchema,
  alsoGood: 201,
} as const;

/**
 * Pull requests of an instance, and what is posted to them.
 *
 * https://developer.atlassian.com/server/bitbucket/rest/
 */
export class PullRequests implements PullRequestApi {
  readonly limits = PULL_REQUEST_LIMITS;
  readonly scopes = { report: 'Repository read', comment: 'Repository read' };
  readonly takesLink = takesLink;
  readonly #api: DataCenterApi;
  readonly #badRows: BadRows;
  readonly #schema: ReturnType<typeof pullRequestOf>;

  constructor(api: DataCenterApi) {
    this.#api = api;
    this.#badRows = new BadRows(api.logger, 'that pull request is not checked');
    this.#schema = pullRequestOf(api.host);
  }

  url(repository: InRepository, number: number): string {
    const { projectKey, slug } = toPlace(repository);
    const [key, name] = [projectKey, slug].map(encodeSegment);
    return `${this.#api.baseUrl}/projects/${key}/repos/${name}/pull-requests/${number}`;
  }

  read(
    repository: InRepository,
    number: number,
    context: RequestContext,
  ): Promise<PullRequest> {
    return getJson(
      this.#api.callApi,
      this.#pullRequestUrl(repository, number),
      this.#schema,
      context,
    );
  }

  async *listOpen(
    repository: InRepository,
    context: RequestContext,
  ): AsyncIterable<PullRequest> {
    const pages = listGoodRows(
      { callApi: this.#api.callApi, badRows: this.#badRows },
      listUrl(this.#pullRequestsUrl(repository), PAGE_LIMIT, {
        state: 'OPEN',
        // One that is opened meanwhile shifts no other.
        order: 'OLDEST',
      }),
      this.#schema,
      false,
      context,
    );
    for await (const page of pages) {
      yield* page;
    }
  }

  listFiles(
    repository: InRepository,
    pullRequest: Pick<PullRequest, 'number' | 'source' | 'destination'>,
    context: RequestContext,
  ): Promise<PullRequestFiles> {
    const url = this.#pullRequestUrl(repository, pullRequest.number);
    return listFiles(this.#api.callApi, url, pullRequest, context);
  }

  async fullHash(
    repository: InRepository,
    commit: string,
    context: RequestContext,
  ): Promise<string> {
    const url = `${repositoryUrl(this.#api, repository)}/commits/${encodeSegment(commit)}`;
    const { callApi } = this.#api;
    return fullHashOf(
      commit,
      url,
      async () => (await getJson(callApi, url, commitSchema, context)).id,
    );
  }

  async putReport(
    at: AtCommit,
    report: Report,
    context: RequestContext,
  ): Promise<void> {
    const url = this.#reportUrl(at, report.id);
    await this.#write('PUT', url, reportBody(report), REPORT, context);
  }

  async deleteReport(
    at: AtCommit,
    id: string,
    context: RequestContext,
  ): Promise<void> {
    try {
      await this.#delete(this.#reportUrl(at, id), context);
    } catch (error) {
      if (!isPostMissing(error)) {
        throw error;
      }
    }
  }

  /**
   * Two requests where there are not many, since annotations of the same ids would stand
   * beside each other. Those beyond {@link PullRequestApi.limits} are left out.
   */
  async putAnnotations(
    at: AtCommit,
    reportId: string,
    annotations: readonly Annotation[],
    context: RequestContext,
  ): Promise<void> {
    const url = `${this.#reportUrl(at, reportId)}/annotations`;
    const posted = annotations.slice(0, this.limits.annotations);
    // An empty list would be refused, and no ids would delete all.
    if (posted.length === 0) {
      return;
    }
    for (const query of idQueries(posted)) {
      await this.#delete(`${url}?${query}`, context);
    }
    const body = { annotations: posted.map(annotationBody) };
    await this.#write('POST', url, body, { ...REPORT, once: true }, context);
  }

  async putStatus(
    at: AtCommit,
    status: BuildStatus,
    context: RequestContext,
  ): Promise<void> {
    const url = `${this.#commitUrl(at)}/builds`;
    await this.#write('POST', url, statusBody(status), REPORT, context);
  }

  listComments(
    repository: InRepository,
    number: number,
    context: RequestContext,
  ): AsyncIterable<PullRequestComment> {
    const url = this.#pullRequestUrl(repository, number);
    return listComments(this.#api.callApi, url, context);
  }

  async createComment(
    repository: InRepository,
    number: number,
    text: string,
    context: RequestContext,
  ): Promise<string> {
    const url = `${this.#pullRequestUrl(repository, number)}/comments`;
    const asNew = { ...COMMENT, schema: newCommentSchema, once: true };
    const body = commentBody(text);
    const { id } = await this.#write('POST', url, body, asNew, context);
    return `${id}`;
  }

  /** Two requests; two more where someone edits it at the same time. */
  updateComment(
    repository: InRepository,
    number: number,
    commentId: string,
    text: string,
    context: RequestContext,
  ): Promise<boolean> {
    const comments = `${this.#pullRequestUrl(repository, number)}/comments`;
    const url = `${comments}/${encodeSegment(commentId)}`;
    const put = (version: number) =>
      this.#write('PUT', url, commentBody(text, version), COMMENT, context);
    return replaceComment(this.#api.callApi, url, put, context);
  }

  #write<T>(
    method: 'PUT' | 'POST',
    url: string,
    body: unknown,
    post: Post<T, AnswerHints>,
    context: RequestContext,
  ): Promise<T> {
    return sendJson(this.#api.callApi, { method, url, body }, post, context);
  }

  #delete(url: string, context: RequestContext): Promise<void> {
    const hints = { task: 'report', alsoGood: 204 } as const;
    return sendDelete(this.#api.callApi, url, hints, context);
  }

  #pullRequestsUrl(repository: InRepository): string {
    return `${repositoryUrl(this.#api, repository)}/pull-requests`;
  }

  #pullRequestUrl(repository: InRepository, number: number): string {
    return `${this.#pullRequestsUrl(repository)}/${number}`;
  }

  #commitUrl({ fullName, hash }: AtCommit, root?: string): string {
    return `${repositoryUrl(this.#api, { fullName }, root)}/commits/${encodeSegment(hash)}`;
  }

  #reportUrl(at: AtCommit, id: string): string {
    return `${this.#commitUrl(at, 'insights')}/reports/${encodeSegment(id)}`;
  }
}

/** The ids of annotations, in queries that are not too long. */
function idQueries(annotations: readonly Annotation[]): string[] {
  const queries: string[] = [];
  for (const { id } of annotations) {
    const one = `${new URLSearchParams({ externalId: id })}`;
    const last = queries.at(-1);
    if (
      last !== undefined &&
      last.length + one.length + 1 <= MAX_QUERY_LENGTH
    ) {
      queries[queries.length - 1] = `${last}&${one}`;
    } else {
      queries.push(one);
    }
  }
  return queries;
}
