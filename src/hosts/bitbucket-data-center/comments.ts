import { z } from 'zod';
import { getJson } from '../../http/callApi';
import { isPostMissing } from '../../http/posts';
import { isUnexpectedResponseError } from '../../scm/errors';
import { PullRequestComment } from '../../scm/pullRequests';
import { RequestContext } from '../../scm/types';
import { CallApi, listJson, listUrl } from './apiCall';

const commentSchema = z.object({ version: z.number().int() });

/** Activities to ask for per page. */
const ACTIVITIES_LIMIT = 100;

/** Something that has happened to a pull request, such as a comment. */
const activitySchema = z.object({
  action: z.string().nullish(),
  commentAction: z.string().nullish(),
  commentAnchor: z.unknown().optional(),
  comment: z
    .object({
      id: z.number().int(),
      text: z.string().nullish(),
      anchor: z.unknown().optional(),
    })
    .nullish(),
});

/**
 * The comments on a pull request as a whole; see `PullRequestApi.listComments`. The list
 * of comments is by file, so they are found among the activities, which begin with the
 * newest and hold replies only within what they reply to.
 *
 * @param url - of the pull request
 */
export async function* listComments(
  callApi: CallApi,
  url: string,
  context: RequestContext,
): AsyncGenerator<PullRequestComment> {
  const activities = listJson(
    { callApi },
    listUrl(`${url}/activities`, ACTIVITIES_LIMIT),
    activitySchema,
    context,
  );
  for await (const activity of activities) {
    const { action, commentAction, commentAnchor, comment } = activity;
    const isNew = action === 'COMMENTED' && commentAction !== 'REPLIED';
    if (isNew && comment && !commentAnchor && !comment.anchor) {
      yield { id: `${comment.id}`, text: comment.text ?? '' };
    }
  }
}

/** How often a comment is written that someone else has changed meanwhile. */
const MAX_ATTEMPTS = 2;

/**
 * Replaces the text of a comment. A version has to be sent along, which has to be read
 * first, since a person may have edited the comment.
 *
 * @param url - of the comment
 * @param put - writes it, given its version
 * @returns false where there is no such comment, since a person has deleted it
 */
export async function replaceComment(
  callApi: CallApi,
  url: string,
  put: (version: number) => Promise<unknown>,
  context: RequestContext,
): Promise<boolean> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      const { version } = await getJson(callApi, url, commentSchema, context);
      await put(version);
      return true;
    } catch (error) {
      if (isPostMissing(error)) {
        return false;
      }
      if (attempts === MAX_ATTEMPTS || !isConflict(error)) {
        throw error;
      }
    }
  }
}

/** The comment has another version by now; or, in the end, the repository is archived. */
function isConflict(error: unknown): boolean {
  return isUnexpectedResponseError(error) && error.status === 409;
}
