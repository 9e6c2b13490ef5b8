import { Request, Router } from 'express';
import {
  comparisonLink,
  HIDDEN_IN_PULL_REQUESTS,
  pullRequestBody,
} from '../bodies';
import type { SimulatorContext } from '../context';
import { badRequest } from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, parameters, sendPage } from '../lists';
import { pullRequestOf, repositoryOf } from '../lookup';
import type { Fields } from '../query';
import type { PullRequestSide, SimulatedPullRequest } from '../world';

/** More is refused, as seen live by several clients; elsewhere 100 is the most. */
const PAGELEN = { default: 10, max: 50 };

const STATES = ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'];

const FIELDS: Fields<SimulatedPullRequest> = {
  id: { type: 'number', get: ({ id }) => id },
  title: { type: 'string', get: ({ title }) => title },
  state: { type: 'string', get: ({ state }) => state },
  draft: { type: 'boolean', get: ({ draft }) => draft },
  created_on: { type: 'date', get: ({ createdOn }) => createdOn },
  updated_on: { type: 'date', get: ({ updatedOn }) => updatedOn },
  'author.display_name': { type: 'string', get: ({ author }) => author },
  ...sideFields('source', ({ source }) => source),
  ...sideFields('destination', ({ destination }) => destination),
};

function sideFields(
  name: 'source' | 'destination',
  side: (pullRequest: SimulatedPullRequest) => PullRequestSide,
): Fields<SimulatedPullRequest> {
  return {
    [`${name}.branch.name`]: {
      type: 'string',
      get: pullRequest => side(pullRequest).branch,
    },
    [`${name}.repository.full_name`]: {
      type: 'string',
      get: pullRequest => side(pullRequest).repository.fullName,
    },
    [`${name}.repository.uuid`]: {
      type: 'string',
      get: pullRequest => side(pullRequest).repository.uuid,
    },
  };
}

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/ */
export function pullRequestRoutes(context: SimulatorContext): Router {
  const router = Router();
  const pullRequests = '/repositories/:workspace/:repository/pullrequests';

  router.get(pullRequests, (req, res) => {
    const repository = repositoryOf(context, req, res);
    const states = statesIn(req);
    const newestFirst = repository.pullRequests
      .filter(({ state }) => states.includes(state))
      .reverse();
    sendPage(context, req, res, {
      items: filterAndSort(req, newestFirst, FIELDS),
      toBody: pullRequest => pullRequestBody(context, pullRequest),
      hidden: HIDDEN_IN_PULL_REQUESTS,
      pagelen: PAGELEN,
    });
  });

  router.get(`${pullRequests}/:id`, (req, res) => {
    const body = pullRequestBody(context, pullRequestOf(context, req, res));
    res.json(selectFields(body, parameter(req, 'fields')));
  });

  // Parameters such as `pagelen` and `fields` get lost on the way.
  router.get(`${pullRequests}/:id/diffstat`, (req, res) => {
    const pullRequest = pullRequestOf(context, req, res);
    res.redirect(comparisonLink(context, pullRequest, 'diffstat').href);
  });

  router.get(`${pullRequests}/:id/conflicts`, (req, res) => {
    const pullRequest = pullRequestOf(context, req, res);
    res.redirect(comparisonLink(context, pullRequest, 'file-conflicts').href);
  });

  return router;
}

/**
 * The open ones, unless others are asked for: a state in `q` alone finds none
 * that are closed, as seen live by a client (t3code#2473).
 */
function statesIn(req: Request): string[] {
  const states = parameters(req, 'state');
  const unknown = states.find(state => !STATES.includes(state));
  if (unknown !== undefined) {
    throw badRequest(`Invalid state: ${unknown}`);
  }
  return states.length > 0 ? states : ['OPEN'];
}
