import { z } from 'zod';
import { getJson } from '../../http/callApi';
import { isNotFoundError, isUnexpectedResponseError } from '../../scm/errors';
import { RequestContext } from '../../scm/types';
import { CallApi } from './apiCall';

const commentSchema = z.object({ version: z.number().int() });

/** How often a comment is written that somebody else has changed meanwhile. */
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
      // The name of a repository that is missing is known, that of a comment is not.
      if (isNotFoundError(error) && error.missing === 'unknown') {
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
