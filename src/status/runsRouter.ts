import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Response, Router } from 'express';
import PromiseRouter from 'express-promise-router';
import { randomBytes } from 'node:crypto';
import { toJson } from '../pull-requests/page/json';
import {
  pageHeaders,
  renderNotice,
  renderPage,
} from '../pull-requests/page/renderPage';
import { PullRequestRecord } from '../pull-requests/records';

/** What {@link createRunsRouter} works with. */
type RunsRouterOptions = {
  /** @param pageId - 40 hexadecimal digits */
  find(pageId: string): Promise<PullRequestRecord | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
  logger: Pick<LoggerService, 'error'>;
};

const ROOT = '/bitbucket/runs';

/** The page of a pull request, and the same as JSON. */
const PAGE = /^\/bitbucket\/runs\/([0-9a-f]{40})(\.json)?$/;

const NOT_FOUND = {
  status: 404,
  title: 'There is nothing here',
  text: 'The address is wrong, or what it showed is not kept any more.',
};

const UNAVAILABLE = {
  status: 503,
  title: 'This page cannot be shown now',
  text: 'Something failed in the backend. Try again in a moment.',
};

/**
 * Serves `/api/catalog/bitbucket/runs/…`: the page that a report in a pull request links
 * to. A click there carries no token, so everyone who knows the address may read it, and
 * no response says more than the page: neither that an address is nearly right, nor what
 * failed.
 */
export function createRunsRouter(options: RunsRouterOptions): Router {
  const { find, now, logger } = options;
  const router = PromiseRouter();

  router.get(PAGE, async (request, response) => {
    const [pageId, extension] = Object.values(request.params);
    const isJson = extension === '.json';
    let record: PullRequestRecord | undefined;
    try {
      record = await find(pageId);
    } catch (error) {
      // Backstage would put the message of the error into the response.
      logger.error('Could not read the runs of a page', toError(error));
      sendNotice(response, UNAVAILABLE, isJson);
      return;
    }
    if (!record) {
      sendNotice(response, NOT_FOUND, isJson);
    } else if (isJson) {
      response.set(pageHeaders()).json(toJson(record));
    } else {
      const nonce = createNonce();
      const page = renderPage(record, { now: now(), nonce });
      response.set(pageHeaders(nonce)).type('html').send(page);
    }
  });

  // Everything else below, so that no other handler answers an unauthenticated request.
  router.use(ROOT, (_, response) => sendNotice(response, NOT_FOUND, false));

  return router;
}

function sendNotice(
  response: Response,
  { status, title, text }: typeof NOT_FOUND,
  isJson: boolean,
): void {
  if (isJson) {
    response.status(status).set(pageHeaders()).json({ error: title });
    return;
  }
  const nonce = createNonce();
  response
    .status(status)
    .set(pageHeaders(nonce))
    .type('html')
    .send(renderNotice({ title, text }, nonce));
}

function createNonce(): string {
  return randomBytes(16).toString('base64');
}
