import { hashOf } from '../lib/text';
import { isBitbucketError, isRateLimitedError } from '../scm/errors';
import { PullRequestApi, PullRequestComment } from '../scm/pullRequests';
import { InRepository, RequestContext } from '../scm/types';
import { RunError } from './outcomes';
import { PullRequestStore, StoredComment } from './PullRequestStore';
import { PostedPart } from './records';
import { COMMENT_HEADING } from './resultComment';

/** A request that creates a comment is over after so long, waits included. */
const PENDING_MS = 2 * 60_000;

/** Comments that are compared, the newest first, which takes a few requests. */
const MAX_COMMENTS = 500;

export type CommentStore = Pick<
  PullRequestStore,
  'comment' | 'saveComment' | 'claimComment'
>;

/** A comment that a pull request is to have. */
type WantedComment = {
  text: string;
  /** Whether it is created where there is none. */
  mayBeNew: boolean;
};

/** Whose comment it is. */
type Place = {
  /** Of the page that a comment links to. */
  pageId: string;
  repository: InRepository;
  number: number;
};

type Tools = {
  api: Pick<PullRequestApi, 'listComments' | 'createComment' | 'updateComment'>;
  pullRequests: CommentStore;
  context: RequestContext;
  now(): number;
};

/** What is to be done about the comment of a pull request. */
type CommentStep =
  | 'create'
  | 'update'
  /** It may have been created although that failed, so the pull request is searched. */
  | 'find'
  /** Another run is creating it. */
  | 'wait'
  /** It has the wanted text already. */
  | 'unchanged'
  /** A person has deleted it, and there will be no other. */
  | 'deleted'
  /** There is none to correct. */
  | 'none';

export function nextCommentStep(
  stored: StoredComment,
  wanted: { hash: string; mayBeNew: boolean },
  now: number,
): CommentStep {
  const { id, hash, isDeleted, pendingUntil } = stored;
  if (isDeleted) {
    return 'deleted';
  }
  if (id !== undefined) {
    return hash === wanted.hash ? 'unchanged' : 'update';
  }
  if (pendingUntil !== undefined) {
    return pendingUntil > now ? 'wait' : 'find';
  }
  return wanted.mayBeNew ? 'create' : 'none';
}

/** Whether a pull request has this module's comment, or may have it. */
export function mayBeThere(stored: StoredComment): boolean {
  const { id, isDeleted, pendingUntil } = stored;
  return !isDeleted && (id !== undefined || pendingUntil !== undefined);
}

/** Whether a comment may be there although creating it failed. */
export function mayHaveCreated(error: unknown): boolean {
  if (isRateLimitedError(error)) {
    return false;
  }
  const status = isBitbucketError(error) ? error.status : undefined;
  return status === undefined || status < 400 || status >= 500;
}

/**
 * Whether a comment is the one that was to be created: it has the same text, or it begins
 * like ours and links to the page of the pull request. A quotation begins otherwise, and
 * another Backstage instance has another page.
 */
export function isOwnComment(
  { text }: PullRequestComment,
  { hash, pageId }: { hash: string | undefined; pageId: string },
): boolean {
  return (
    hashOf(text.trim()) === hash ||
    (text.startsWith(COMMENT_HEADING) && text.includes(`/${pageId})`))
  );
}

/**
 * Posts a comment, or edits the one that there is. There is one at most, and none once a
 * person has deleted it.
 *
 * @returns undefined where there is none to be edited, and none is created
 */
export async function postComment(
  wanted: WantedComment,
  place: Place,
  tools: Tools,
): Promise<PostedPart['outcome'] | undefined> {
  const { text, mayBeNew } = wanted;
  const { pageId } = place;
  const { pullRequests, now } = tools;
  const stored = await pullRequests.comment(pageId);
  const hash = hashOf(text);
  const step = nextCommentStep(stored, { hash, mayBeNew }, now());
  switch (step) {
    case 'wait':
      throw anotherRun();
    case 'create':
      return create(text, place, tools);
    case 'update':
      return update(text, stored.id!, place, tools);
    case 'find': {
      const found = await findOwn(stored, place, tools);
      if (!found && mayBeNew) {
        return create(text, place, tools);
      }
      const known = found && {
        id: found.id,
        hash: hashOf(found.text.trim()),
      };
      await pullRequests.saveComment(pageId, { ...known, isDeleted: false });
      return known && known.hash !== hash
        ? update(text, known.id, place, tools)
        : known && 'posted';
    }
    case 'none':
      return undefined;
    default:
      return step;
  }
}

async function findOwn(
  { hash }: StoredComment,
  { pageId, repository, number }: Place,
  { api, context }: Tools,
): Promise<PullRequestComment | undefined> {
  let compared = 0;
  for await (const one of api.listComments(repository, number, context)) {
    if (isOwnComment(one, { hash, pageId })) {
      return one;
    }
    compared += 1;
    if (compared >= MAX_COMMENTS) {
      break;
    }
  }
  return undefined;
}

/** Records the attempt first: the response may be lost, or this process may end before it arrives. */
async function create(
  text: string,
  { pageId, repository, number }: Place,
  { api, pullRequests, context, now }: Tools,
): Promise<PostedPart['outcome']> {
  const hash = hashOf(text);
  const pendingUntil = now() + PENDING_MS;
  if (!(await pullRequests.claimComment(pageId, { hash, pendingUntil }))) {
    throw anotherRun();
  }
  let id: string;
  try {
    id = await api.createComment(repository, number, text, context);
  } catch (error) {
    // A request that is given up may arrive later than those of the next run, which waits.
    if (!context.signal?.aborted) {
      await pullRequests.saveComment(
        pageId,
        mayHaveCreated(error)
          ? { hash, isDeleted: false, pendingUntil: now() }
          : { isDeleted: false },
      );
    }
    throw error;
  }
  await pullRequests.saveComment(pageId, { id, hash, isDeleted: false });
  return 'posted';
}

async function update(
  text: string,
  id: string,
  { pageId, repository, number }: Place,
  { api, pullRequests, context }: Tools,
): Promise<PostedPart['outcome']> {
  const isThere = await api.updateComment(
    repository,
    number,
    id,
    text,
    context,
  );
  const hash = hashOf(text);
  await pullRequests.saveComment(pageId, { id, hash, isDeleted: !isThere });
  return isThere ? 'posted' : 'deleted';
}

function anotherRun(): RunError {
  return new RunError(
    'Another check is creating the comment of this pull request',
  );
}
