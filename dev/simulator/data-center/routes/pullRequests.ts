import { Request, Router } from 'express';
import {
  mergeBase,
  PullRequestSide,
  ROBIN,
  SimulatedPullRequest,
  SimulatedRepository,
} from '../../world';
import { changeBody } from '../bodies/change';
import { userBody } from '../bodies/project';
import { commentBody, pullRequestBody } from '../bodies/pullRequest';
import type { DataCenterContext } from '../context';
import { badRequest } from '../errors';
import { pullRequestOf, repositoryOf } from '../lookup';
import { parameter, readPage, sendPage } from '../paging';
import { diffBetween } from './commits';

const STATES = ['OPEN', 'MERGED', 'DECLINED', 'ALL'];

/** Pull requests as they are read. */
export function pullRequestRoutes(context: DataCenterContext): Router {
  const router = Router();
  const base = '/projects/:project/repos/:repository/pull-requests';

  router.get(base, (req, res) => {
    const repository = repositoryOf(context, req, res);
    sendPage(req, res, {
      items: wantedPullRequests(repository, req),
      toBody: pullRequest => pullRequestBody(context, pullRequest),
      max: context.limits.pullRequests,
    });
  });

  router.get(`${base}/:id`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    res.json(pullRequestBody(context, pullRequestOf(repository, req)));
  });

  // One page, whatever `start` says.
  router.get(`${base}/:id/changes`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const { source, destination } = pullRequestOf(repository, req);
    const before = mergeBase(source.commit, destination.commit);
    const diffs = diffBetween(before, source.commit);
    const { limit } = readPage(req, context.limits.changes);
    const values = diffs.slice(0, limit).map(changeBody);
    res.json({
      fromHash: destination.commit.hash,
      toHash: source.commit.hash,
      size: values.length,
      limit,
      isLastPage: values.length === diffs.length,
      values,
      start: 0,
      nextPageStart: null,
    });
  });

  router.get(`${base}/:id/activities`, (req, res) => {
    const repository = repositoryOf(context, req, res);
    sendPage(req, res, {
      items: activitiesOf(context, pullRequestOf(repository, req)),
      toBody: activity => activity,
      max: context.limits.others,
    });
  });

  return router;
}

/** The incoming ones that are open, newest first, unless others are asked for. */
function wantedPullRequests(
  { pullRequests, pullRequestsFrom }: SimulatedRepository,
  req: Request,
): SimulatedPullRequest[] {
  const state = (parameter(req, 'state') ?? 'OPEN').toUpperCase();
  if (!STATES.includes(state)) {
    throw badRequest(`state must be one of ${STATES.join(', ')}`, 'state');
  }
  const at = parameter(req, 'at');
  const draft = parameter(req, 'draft');
  const part = parameter(req, 'filterText')?.toLowerCase() ?? '';
  const isOutgoing = parameter(req, 'direction')?.toUpperCase() === 'OUTGOING';
  const sideAt = (pullRequest: SimulatedPullRequest) =>
    isOutgoing ? pullRequest.source : pullRequest.destination;
  const found = (isOutgoing ? pullRequestsFrom : pullRequests).filter(
    pullRequest =>
      (state === 'ALL' || pullRequest.state === state) &&
      (at === undefined || refOf(sideAt(pullRequest)) === at) &&
      (draft === undefined || String(pullRequest.draft) === draft) &&
      pullRequest.title.toLowerCase().includes(part),
  );
  return parameter(req, 'order')?.toUpperCase() === 'OLDEST'
    ? found
    : found.reverse();
}

/** A branch is compared by its full name. */
const refOf = ({ branch }: PullRequestSide) => `refs/heads/${branch}`;

/** What happened to a pull request, newest first; replies are in their comments. */
function activitiesOf(
  context: DataCenterContext,
  pullRequest: SimulatedPullRequest,
) {
  const { state, author, createdOn, updatedOn, comments } = pullRequest;
  const { pullRequestFacts } = context.instance;
  const said = comments
    .filter(
      comment =>
        !comment.deleted && !pullRequestFacts.ofComment(comment).parent,
    )
    .map(comment => ({
      action: 'COMMENTED',
      commentAction: 'ADDED',
      createdDate: comment.createdOn,
      user: userBody(comment.author),
      comment: commentBody(context, pullRequest, comment),
    }));
  const opened = {
    action: 'OPENED',
    createdDate: createdOn,
    user: userBody(author),
  };
  const closed = {
    action: state,
    createdDate: updatedOn,
    user: userBody(pullRequest.closedBy ?? ROBIN),
  };
  return [opened, ...said, ...(state === 'OPEN' ? [] : [closed])]
    .map((activity, index) => ({ id: index + 1, ...activity }))
    .reverse();
}
