import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { commentBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { unknownComment } from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, sendPage } from '../lists';
import { knownViewerOf, pullRequestOf } from '../lookup';
import type { Fields } from '../query';
import type { PullRequestComment, SimulatedPullRequest } from '../world';
import { jsonBody, readFields } from './requestBody';

const line = z.int().min(1).nullish();

/** What else is in a body is refused (MatanYemini/bitbucket-mcp#132). */
const newComment = z.strictObject({
  content: z.object({ raw: z.string().min(1) }),
  inline: z.object({ path: z.string(), from: line, to: line }).optional(),
});

const changedComment = newComment.pick({ content: true });

const FIELDS: Fields<PullRequestComment> = {
  id: { type: 'number', get: ({ id }) => id },
  deleted: { type: 'boolean', get: ({ deleted }) => deleted },
  'content.raw': { type: 'string', get: ({ raw }) => raw },
  'user.display_name': { type: 'string', get: ({ author }) => author },
  created_on: { type: 'date', get: ({ createdOn }) => createdOn },
  updated_on: { type: 'date', get: ({ updatedOn }) => updatedOn },
};

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/#api-repositories-workspace-repo-slug-pullrequests-pull-request-id-comments-post */
export function commentRoutes(context: SimulatorContext): Router {
  const router = Router();
  const comments =
    '/repositories/:workspace/:repository/pullrequests/:id/comments';

  const send = (
    req: Request,
    res: Response,
    pullRequest: SimulatedPullRequest,
    comment: PullRequestComment,
  ) => {
    const body = commentBody(context, pullRequest, comment);
    res.json(selectFields(body, parameter(req, 'fields')));
  };

  // With those that were deleted, which have lost their text.
  router.get(comments, (req, res) => {
    const pullRequest = pullRequestOf(context, req, res);
    sendPage(context, req, res, {
      items: filterAndSort(req, pullRequest.comments, FIELDS),
      toBody: comment => commentBody(context, pullRequest, comment),
    });
  });

  router.post(comments, jsonBody, (req, res) => {
    const { name } = knownViewerOf(res);
    const pullRequest = pullRequestOf(context, req, res);
    const { content, inline } = readFields(newComment, req);
    const comment = changesOf(pullRequest).comment(pullRequest, {
      raw: content.raw,
      inline,
      author: name,
    });
    const { href } = commentBody(context, pullRequest, comment).links.self;
    res.status(201).location(href);
    send(req, res, pullRequest, comment);
  });

  router.get(`${comments}/:comment`, (req, res) => {
    const pullRequest = pullRequestOf(context, req, res);
    send(req, res, pullRequest, commentOf(pullRequest, req));
  });

  router.put(`${comments}/:comment`, jsonBody, (req, res) => {
    knownViewerOf(res);
    const pullRequest = pullRequestOf(context, req, res);
    const comment = commentOf(pullRequest, req);
    const { content } = readFields(changedComment, req);
    changesOf(pullRequest).editComment(pullRequest, comment, content.raw);
    send(req, res, pullRequest, comment);
  });

  router.delete(`${comments}/:comment`, (req, res) => {
    knownViewerOf(res);
    const pullRequest = pullRequestOf(context, req, res);
    const comment = commentOf(pullRequest, req);
    changesOf(pullRequest).deleteComment(pullRequest, comment);
    res.status(204).end();
  });

  return router;
}

const changesOf = ({ destination }: SimulatedPullRequest) =>
  destination.repository.workspace.pullRequests;

/**
 * One that was deleted is not found, although it is listed: whoever updates it
 * gets a 404 (mibexsoftware/sonar-bitbucket-plugin#117).
 */
function commentOf(
  { comments }: SimulatedPullRequest,
  req: Request,
): PullRequestComment {
  const found = comments.find(
    ({ id, deleted }) => String(id) === req.params.comment && !deleted,
  );
  if (!found) {
    throw unknownComment(req.params.comment);
  }
  return found;
}
