import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { readJson } from '../../http/responseBody';
import {
  displayUrl,
  encodeSegment,
  repositoryUrl,
  withQuery,
} from '../../http/urls';
import { isNotFoundError, UnexpectedResponseError } from '../../scm/errors';
import {
  Annotation,
  BuildStatus,
  isSameCommit,
  PullRequest,
  PullRequestApi,
  PullRequestComment,
  PullRequestFiles,
  Report,
} from '../../scm/pullRequests';
import { AtCommit, InRepository, RequestContext } from '../../scm/types';
import { CallApi, listGoodRows, listJson } from './apiCall';
import { CredentialConfig } from '../../config/types';
import { getJson, JSON_WANTED } from '../../http/callApi';
import { BadRows } from '../../http/rows';
import {
  PullRequestTask,
  pullRequestScopes,
} from './credentials/pullRequestScopes';
import {
  MAX_PAGELEN,
  MAX_PULL_REQUEST_PAGELEN,
  PULL_REQUEST_LIMITS,
} from './limits';
import {
  annotationBody,
  commentBody,
  reportBody,
  statusBody,
  takesLink,
} from './pullRequestBodies';
import { listFiles } from './pullRequestFiles';
import { PULL_REQUEST_FIELDS, pullRequestSchema } from './pullRequestSchemas';
import { COMMIT_HASH } from '../../lib/text';
import { toPlace } from './names';
import { COMMIT_FIELDS, commitSchema, pageFields } from './schemas';
import { bitbucketCloudUrls } from './urls/bitbucketCloudUrls';

/** Of an answer that is not read: an object or a list, and no page of a gateway. */
const anySchema = z.union([z.object({}), z.array(z.unknown())]);

const newCommentSchema = z.object({ id: z.number().int() });

const COMMENT_FIELDS = [
  'id',
  'content.raw',
  'deleted',
  'inline.path',
  'parent.id',
];

const commentSchema = newCommentSchema.extend({
  content: z.object({ raw: z.string().nullish() }).nullish(),
  deleted: z.boolean().nullish(),
  inline: z.unknown().optional(),
  parent: z.unknown().optional(),
});

/** How something is posted. */
type Write<T> = {
  task: PullRequestTask;
  /** What is read of the answer. */
  schema: z.ZodType<T>;
  /** See `ApiCall.once`. */
  once?: boolean;
};

const REPORT: Write<unknown> = { task: 'report', schema: anySchema };
const COMMENT: Write<unknown> = { task: 'comment', schema: anySchema };

/**
 * Pull requests of Bitbucket Cloud, and what is posted to them. Whatever names a commit
 * is posted to its full hash.
 *
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
 */
export class PullRequests implements PullRequestApi {
  readonly limits = PULL_REQUEST_LIMITS;
  readonly scopes: PullRequestApi['scopes'];
  readonly takesLink = takesLink;
  readonly #apiBaseUrl: string;
  readonly #callApi: CallApi;
  /** For what takes the scope to read pull requests. */
  readonly #callReading: CallApi;
  readonly #badRows: BadRows;

  constructor(options: {
    apiBaseUrl: string;
    callApi: CallApi;
    credential: { kind: CredentialConfig['kind'] };
    logger: LoggerService;
  }) {
    const { apiBaseUrl, callApi, credential, logger } = options;
    const scopes = pullRequestScopes(credential.kind);
    this.scopes = {
      report: `${scopes.report} and ${scopes.read}`,
      comment: scopes.comment,
    };
    this.#apiBaseUrl = apiBaseUrl;
    this.#callApi = callApi;
    this.#callReading = call => callApi({ task: 'read', ...call });
    this.#badRows = new BadRows(logger, 'that pull request is not checked');
  }

  url({ fullName }: InRepository, number: number): string {
    return `${bitbucketCloudUrls.repository(fullName)}/pull-requests/${number}`;
  }

  read(
    repository: InRepository,
    number: number,
    context: RequestContext,
  ): Promise<PullRequest> {
    const fields = PULL_REQUEST_FIELDS.join(',');
    return getJson(
      this.#callReading,
      withQuery(this.#pullRequestUrl(repository, number), { fields }),
      pullRequestSchema,
      context,
    );
  }

  async *listOpen(
    repository: InRepository,
    context: RequestContext,
  ): AsyncIterable<PullRequest> {
    const pages = listGoodRows(
      { callApi: this.#callReading, badRows: this.#badRows },
      withQuery(`${this.#repositoryUrl(repository)}/pullrequests`, {
        state: 'OPEN',
        pagelen: MAX_PULL_REQUEST_PAGELEN,
        fields: pageFields(PULL_REQUEST_FIELDS),
      }),
      pullRequestSchema,
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
    wanted?: readonly string[],
  ): Promise<PullRequestFiles> {
    const urls = {
      repository: this.#repositoryUrl(repository),
      pullRequest: this.#pullRequestUrl(repository, pullRequest.number),
    };
    return listFiles(this.#callReading, urls, { pullRequest, wanted }, context);
  }

  async fullHash(
    repository: InRepository,
    commit: string,
    context: RequestContext,
  ): Promise<string> {
    if (COMMIT_HASH.test(commit)) {
      return commit;
    }
    const url = `${this.#repositoryUrl(repository)}/commit/${encodeSegment(commit)}`;
    const { hash } = await getJson(
      this.#callApi,
      withQuery(url, { fields: COMMIT_FIELDS.join(',') }),
      commitSchema,
      context,
    );
    if (!COMMIT_HASH.test(hash) || !isSameCommit(hash, commit)) {
      throw new UnexpectedResponseError(
        'the response is about another commit',
        { method: 'GET', url: displayUrl(url) },
      );
    }
    return hash;
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
    const url = this.#reportUrl(at, id);
    try {
      await this.#callApi({
        task: 'report',
        request: {
          method: 'DELETE',
          url,
          headers: JSON_WANTED,
          followsRedirects: true,
          ...context,
        },
        read: () => {},
        alsoGood: 204,
      });
    } catch (error) {
      if (!isNotFoundError(error) || error.missing !== 'unknown') {
        throw error;
      }
    }
  }

  /** Those beyond {@link PullRequestApi.limits} are left out, since Bitbucket would refuse all. */
  async putAnnotations(
    at: AtCommit,
    reportId: string,
    annotations: readonly Annotation[],
    context: RequestContext,
  ): Promise<void> {
    const url = `${this.#reportUrl(at, reportId)}/annotations`;
    const body = annotations
      .slice(0, this.limits.annotations)
      .map(annotationBody);
    // An empty list would be refused.
    if (body.length > 0) {
      await this.#write('POST', url, body, REPORT, context);
    }
  }

  async putStatus(
    at: AtCommit,
    status: BuildStatus,
    context: RequestContext,
  ): Promise<void> {
    const url = `${this.#commitUrl(at)}/statuses/build`;
    await this.#write('POST', url, statusBody(status), REPORT, context);
  }

  async *listComments(
    repository: InRepository,
    number: number,
    context: RequestContext,
  ): AsyncIterable<PullRequestComment> {
    const url = withQuery(
      `${this.#pullRequestUrl(repository, number)}/comments`,
      {
        sort: '-created_on',
        pagelen: MAX_PAGELEN,
        fields: pageFields(COMMENT_FIELDS),
      },
    );
    for await (const { id, content, deleted, inline, parent } of listJson(
      this.#callReading,
      url,
      commentSchema,
      context,
    )) {
      if (!deleted && !inline && !parent) {
        yield { id: `${id}`, text: content?.raw ?? '' };
      }
    }
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

  async updateComment(
    repository: InRepository,
    number: number,
    commentId: string,
    text: string,
    context: RequestContext,
  ): Promise<boolean> {
    const comments = `${this.#pullRequestUrl(repository, number)}/comments`;
    const url = `${comments}/${encodeSegment(commentId)}`;
    try {
      await this.#write('PUT', url, commentBody(text), COMMENT, context);
      return true;
    } catch (error) {
      // The words for a comment that is missing are documented nowhere; those for a
      // repository are known.
      if (isNotFoundError(error) && error.missing === 'unknown') {
        return false;
      }
      throw error;
    }
  }

  #write<T = unknown>(
    method: 'PUT' | 'POST',
    url: string,
    body: unknown,
    { task, once, schema }: Write<T>,
    context: RequestContext,
  ): Promise<T> {
    const headers = { ...JSON_WANTED, 'Content-Type': 'application/json' };
    return this.#callApi({
      request: {
        method,
        url,
        headers,
        body: JSON.stringify(body),
        followsRedirects: true,
        ...context,
      },
      read: (response, request) => readJson(request, response, schema),
      alsoGood: 201,
      task,
      once,
    });
  }

  #repositoryUrl(repository: InRepository): string {
    return repositoryUrl(this.#apiBaseUrl, ...toPlace(repository));
  }

  #pullRequestUrl(repository: InRepository, number: number): string {
    return `${this.#repositoryUrl(repository)}/pullrequests/${number}`;
  }

  #commitUrl({ fullName, hash }: AtCommit): string {
    return `${this.#repositoryUrl({ fullName })}/commit/${encodeSegment(hash)}`;
  }

  #reportUrl(at: AtCommit, id: string): string {
    return `${this.#commitUrl(at)}/reports/${encodeSegment(id)}`;
  }
}
