import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { buildStatusBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { ApiError, invalidForm, unknownBuildStatus } from '../errors';
import { selectFields } from '../fields';
import { filterAndSort, parameter, sendPage } from '../lists';
import { commitOf, knownViewerOf } from '../lookup';
import type { Fields } from '../query';
import {
  BuildStatus,
  Commit,
  DuplicateStatus,
  SimulatedRepository,
} from '../world';
import { isLinkable, jsonBody } from './requestBody';

const REQUIRED = 'This field is required.';

const text = (most: number) =>
  z.string(REQUIRED).max(most, {
    error: ({ input }) =>
      `Ensure this value has at most ${most} characters (it has ${String(input).length}).`,
  });

/** The limit of a key is seen live by many (runatlantis/atlantis#2037), the others by Jenkins. */
const statusSchema = z.object({
  key: text(40).min(1, REQUIRED),
  state: z.enum(
    ['FAILED', 'INPROGRESS', 'STOPPED', 'SUCCESSFUL'],
    'Select a valid choice.',
  ),
  url: text(450).min(1, REQUIRED).refine(isLinkable, 'Enter a valid URL.'),
  name: text(255).optional(),
  description: z.string().optional(),
  refname: z
    .string()
    .nullish()
    .transform(name => name ?? undefined),
});

const FIELDS: Fields<BuildStatus> = {
  key: { type: 'string', get: ({ content }) => content.key },
  state: { type: 'string', get: ({ content }) => content.state },
  refname: { type: 'string', get: ({ content }) => content.refname ?? null },
  created_on: { type: 'date', get: ({ createdOn }) => createdOn },
  updated_on: { type: 'date', get: ({ updatedOn }) => updatedOn },
};

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/ */
export function buildStatusRoutes(context: SimulatorContext): Router {
  const router = Router();
  const statuses =
    '/repositories/:workspace/:repository/commit/:commit/statuses';

  const send = (
    req: Request,
    res: Response,
    repository: SimulatedRepository,
    status: BuildStatus,
  ) => {
    const body = buildStatusBody(context, repository, status);
    res.json(selectFields(body, parameter(req, 'fields')));
  };

  router.get(statuses, (req, res) => {
    const { repository, commit } = commitOf(context, req, res);
    const refname = parameter(req, 'refname');
    const found = repository.buildStatuses
      .of(commit)
      .filter(({ content }) => isOf(refname, content.refname));
    sendPage(context, req, res, {
      items: filterAndSort(req, found, FIELDS),
      toBody: status => buildStatusBody(context, repository, status),
    });
  });

  router.post(`${statuses}/build`, jsonBody, (req, res) => {
    knownViewerOf(res);
    const { repository, commit } = commitOf(context, req, res);
    const content = readForm(statusSchema, req.body);
    const status = refusing(() =>
      repository.buildStatuses.post(commit, content, nowIn(repository)),
    );
    const { href } = buildStatusBody(context, repository, status).links.self;
    res.status(201).location(href);
    send(req, res, repository, status);
  });

  router.get(`${statuses}/build/:key`, (req, res) => {
    const { repository, commit } = commitOf(context, req, res);
    const [status] = statusesOf(repository, commit, req.params.key);
    send(req, res, repository, status);
  });

  router.put(`${statuses}/build/:key`, jsonBody, (req, res) => {
    knownViewerOf(res);
    const { repository, commit } = commitOf(context, req, res);
    const { key } = req.params;
    const change = readForm(statusSchema.partial(), req.body);
    statusesOf(repository, commit, key);
    const status = refusing(() =>
      repository.buildStatuses.update(
        commit,
        { ...change, key },
        nowIn(repository),
      ),
    );
    send(req, res, repository, status);
  });

  return router;
}

const nowIn = ({ workspace }: SimulatedRepository) => workspace.now();

/** @throws ApiError (404) where there is none */
function statusesOf(
  { buildStatuses }: SimulatedRepository,
  commit: Commit,
  key: string,
): BuildStatus[] {
  const found = buildStatuses.of(commit, key);
  if (found.length === 0) {
    throw unknownBuildStatus(key);
  }
  return found;
}

/** A status without a refname belongs to every ref. */
const isOf = (asked: string | undefined, refname: string | undefined) =>
  asked === undefined || refname === undefined || refname === asked;

/** @throws ApiError (400) as a form answers that is filled in wrong */
function readForm<T>(schema: z.ZodType<T>, body: unknown): T {
  const { success, data, error } = schema.safeParse(body ?? {});
  if (!success) {
    throw invalidForm(z.flattenError(error).fieldErrors);
  }
  return data;
}

/** Turns what cannot be updated any more into the failure that it is. */
function refusing<R>(change: () => R): R {
  try {
    return change();
  } catch (error) {
    if (error instanceof DuplicateStatus) {
      throw new ApiError(500, 'Something went wrong');
    }
    throw error;
  }
}
