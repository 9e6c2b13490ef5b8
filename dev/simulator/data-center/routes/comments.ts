import { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { PullRequestComment, SimulatedPullRequest } from '../../world';
import { reaches } from '../accounts';
import { commentBody } from '../bodies/pullRequest';
import { DataCenterContext, viewerOf } from '../context';
import { badRequest, notPermitted, outOfDate, unknownComment } from '../errors';
import { changeableRepositoryOf, pullRequestOf, repositoryOf } from '../lookup';
import { parameter, sendPage } from '../paging';
import { jsonBody, readFields, text } from './requestBody';

const MOST_TEXT = 32_768;

const anchorSchema = z.object({
  path: z.string().min(1),
  srcPath: z.string().optional(),
  line: z.int().min(1).optional(),
  lineType: z.enum(['ADDED', 'CONTEXT', 'REMOVED']).optional(),
  fileType: z.enum(['FROM', 'TO']).optional(),
  diffType: z.enum(['EFFECTIVE', 'COMMIT', 'RANGE']).optional(),
  fromHash: z.string().optional(),
  toHash: z.string().optional(),
});

const newComment = z.object({
  text: text(MOST_TEXT).min(1),
  severity: z.enum(['NORMAL', 'BLOCKER']).default('NORMAL'),
  parent: z.object({ id: z.int() }).optional(),
  anchor: anchorSchema.optional(),
});

const changedComment = z.object({
  version: z.int().min(0),
  text: text(MOST_TEXT).min(1).optional(),
  severity: z.enum(['NORMAL', 'BLOCKER']).optional(),
  state: z.enum(['OPEN', 'RESOLVED']).optional(),
});

/** Comments on pull requests. To read the repository is enough to write them. */
export function commentRoutes(context: DataCenterContext): Router {
  const router = Router();
  const { pullRequestFacts } = context.instance;
  const base =
    '/projects/:project/repos/:repository/pull-requests/:id/comments';

  const write = (req: Request, res: Response) =>
    pullRequestOf(changeableRepositoryOf(context, req, res), req);

  // Those on one file; others are found among the activities.
  router.get(base, (req, res) => {
    const pullRequest = pullRequestOf(repositoryOf(context, req, res), req);
    const path = parameter(req, 'path');
    if (path === undefined) {
      throw badRequest('path is required', 'path');
    }
    sendPage(req, res, {
      items: pullRequest.comments.filter(comment => {
        const { anchor, parent } = pullRequestFacts.ofComment(comment);
        return !comment.deleted && !parent && anchor?.path === path;
      }),
      toBody: comment => commentBody(context, pullRequest, comment),
      max: context.limits.others,
    });
  });

  router.post(base, jsonBody, (req, res) => {
    const pullRequest = write(req, res);
    const fields = readFields(newComment, req.body);
    const parent =
      fields.parent && commentOf(pullRequest, String(fields.parent.id));
    const { anchor } = fields;
    const side = anchor?.fileType === 'FROM' ? 'from' : 'to';
    const comment = changesOf(pullRequest).comment(pullRequest, {
      raw: fields.text,
      inline: anchor && { path: anchor.path, [side]: anchor.line },
      author: viewerOf(res).name,
    });
    Object.assign(pullRequestFacts.ofComment(comment), {
      severity: fields.severity,
      anchor,
      parent,
    });
    res.status(201).json(commentBody(context, pullRequest, comment));
  });

  router.get(`${base}/:comment`, (req, res) => {
    const pullRequest = pullRequestOf(repositoryOf(context, req, res), req);
    const comment = commentOf(pullRequest, req.params.comment);
    res.json(commentBody(context, pullRequest, comment));
  });

  router.put(`${base}/:comment`, jsonBody, (req, res) => {
    const pullRequest = write(req, res);
    const comment = commentOf(pullRequest, req.params.comment);
    const facts = pullRequestFacts.ofComment(comment);
    const {
      version,
      text: raw,
      ...change
    } = readFields(changedComment, req.body);
    if (raw !== undefined && comment.author !== viewerOf(res).name) {
      throw notPermitted();
    }
    if (version !== facts.version) {
      throw outOfDate('comment');
    }
    Object.assign(facts, change);
    const edited = raw ?? comment.raw;
    changesOf(pullRequest).editComment(pullRequest, comment, edited);
    res.json(commentBody(context, pullRequest, comment));
  });

  router.delete(`${base}/:comment`, (req, res) => {
    const pullRequest = write(req, res);
    const comment = commentOf(pullRequest, req.params.comment);
    requireOwn(comment, pullRequest, res);
    const version = Number(parameter(req, 'version') ?? NaN);
    const hasReplies = pullRequest.comments.some(
      other =>
        !other.deleted && pullRequestFacts.ofComment(other).parent === comment,
    );
    if (version !== pullRequestFacts.ofComment(comment).version || hasReplies) {
      throw outOfDate('comment');
    }
    changesOf(pullRequest).deleteComment(pullRequest, comment);
    res.status(204).end();
  });

  return router;
}

const changesOf = ({ destination }: SimulatedPullRequest) =>
  destination.repository.workspace.pullRequests;

/** An administrator of the repository may remove what others wrote. */
function requireOwn(
  { author }: PullRequestComment,
  { destination }: SimulatedPullRequest,
  res: Response,
): void {
  const { name, repositoryLevel } = viewerOf(res);
  if (
    author !== name &&
    !reaches(repositoryLevel(destination.repository), 'ADMIN')
  ) {
    throw notPermitted();
  }
}

function commentOf(
  { comments }: SimulatedPullRequest,
  id: string,
): PullRequestComment {
  const found = comments.find(
    comment => String(comment.id) === id && !comment.deleted,
  );
  if (!found) {
    throw unknownComment(id);
  }
  return found;
}
