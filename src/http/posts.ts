import { z } from 'zod';
import { COMMIT_HASH } from '../lib/text';
import { isNotFoundError, UnexpectedResponseError } from '../scm/errors';
import { isSameCommit } from '../scm/pullRequests';
import { RequestContext } from '../scm/types';
import { CallApi, JSON_WANTED } from './callApi';
import { readJson } from './responseBody';
import { displayUrl } from './urls';

/** Of an answer that is not read: an object or a list, and no page of a gateway. */
export const unreadSchema = z.union([z.object({}), z.array(z.unknown())]);

/** Of the answer to a new comment. */
export const newCommentSchema = z.object({ id: z.number().int() });

/** How something is posted. */
export type Post<T, Hints> = {
  /** What is read of the answer. */
  schema: z.ZodType<T>;
  /** See `ApiCall.once`. */
  once?: boolean;
} & Partial<Hints>;

/** Posts something, also where a repository has another address by now. */
export function sendJson<T, Hints>(
  callApi: CallApi<Hints>,
  { method, url, body }: { method: 'PUT' | 'POST'; url: string; body: unknown },
  post: Post<T, Hints>,
  context: RequestContext,
): Promise<T> {
  const { schema } = post;
  return callApi({
    ...post,
    request: {
      method,
      url,
      headers: { ...JSON_WANTED, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      followsRedirects: true,
      ...context,
    },
    // Only where the call says that it is good is there a 204, which has no body.
    read: (response, request) =>
      response.status === 204
        ? schema.parse({})
        : readJson(request, response, schema),
  });
}

/** Deletes something that was posted. */
export function sendDelete<Hints>(
  callApi: CallApi<Hints>,
  url: string,
  hints: Partial<Hints>,
  context: RequestContext,
): Promise<void> {
  return callApi({
    ...hints,
    request: {
      method: 'DELETE',
      url,
      headers: JSON_WANTED,
      followsRedirects: true,
      ...context,
    },
    read: () => {},
  });
}

/**
 * Whether something that was posted is no longer there. The words for that are
 * documented nowhere; those for a repository that is missing are known.
 */
export function isPostMissing(error: unknown): boolean {
  return isNotFoundError(error) && error.missing === 'unknown';
}

/**
 * The full hash of a commit, of which a host may name a part alone.
 *
 * @param url - of the commit
 * @param ask - requests it
 */
export async function fullHashOf(
  commit: string,
  url: string,
  ask: () => Promise<string>,
): Promise<string> {
  if (COMMIT_HASH.test(commit)) {
    return commit;
  }
  const hash = await ask();
  if (!COMMIT_HASH.test(hash) || !isSameCommit(hash, commit)) {
    throw new UnexpectedResponseError('the response is about another commit', {
      method: 'GET',
      url: displayUrl(url),
    });
  }
  return hash;
}
