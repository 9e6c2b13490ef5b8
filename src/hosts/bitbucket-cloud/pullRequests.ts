import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import {
  fullHashOf,
  isPostMissing,
  newCommentSchema,
  Post,
  sendDelete,
  sendJson,
  unreadSchema,
} from '../../http/posts';
import { encodeSegment, repositoryUrl, withQuery } from '../../http/urls';
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
import { AnswerHints, CallApi, listGoodRows, listJson } from './apiCall';
import { CredentialConfig } from '../../config/types';
import { getJson } from '../../http/callApi';
import { BadRows } from '../../http/rows';
import { pullRequestScopes } from './credentials/pullRequestScopes';
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
import { toPlace } from './names';
import { COMMIT_FIELDS, commitSchema, pageFields } from './schemas';
import { bitbucketCloudUrls } from './urls/bitbucketCloudUrls';

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

const REPORT = {
  task: 'report',
  schema: unreadSchema,
  alsoGood: 201,
} as const;
const COMMENT = { ...REPORT, task: 'comment' } as const;

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
    const url = `${this.#repositoryUrl(repository)}/commit/${encodeSegment(commit)}`;
    return fullHashOf(commit, url, async () => {
      const fields = COMMIT_FIELDS.join(',');
      const asked = withQuery(url, { fields });
      return (await getJson(this.#callApi, asked, commitSchema, context)).hash;
    });
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
    const hints = { task: 'report', alsoGood: 204 } as const;
    try {
      await sendDelete(this.#callApi, this.#reportUrl(at, id), hints, context);
    } catch (error) {
      if (!isPostMissing(error)) {
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
      if (isPostMissing(error)) {
        return false;
      }
      throw error;
    }
  }

  #write<T>(
    method: 'PUT' | 'POST',
    url: string,
    body: unknown,
    post: Post<T, AnswerHints>,
    context: RequestContext,
  ): Promise<T> {
    return sendJson(this.#callApi, { method, url, body }, post, context);
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
