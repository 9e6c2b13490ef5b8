import { z } from 'zod';
import { readJson } from '../../http/responseBody';
import { HttpRequest } from '../../http/transport';
import { encodeSegment, withQuery } from '../../http/urls';
import { RequestContext } from '../../scm/types';
import { Webhook, WebhookSettings } from '../../scm/webhooks';
import { CallApi, listJson } from './apiCall';
import { JSON_WANTED } from '../../http/callApi';
import { MAX_PAGELEN } from './limits';
import { pageFields } from './schemas';

const WEBHOOK_FIELDS = [
  'uuid',
  'url',
  'description',
  'active',
  'events',
  'secret_set',
];

const webhookSchema = z
  .object({
    uuid: z.string(),
    url: z.string(),
    description: z.string().nullish(),
    active: z.boolean(),
    events: z.array(z.string()),
    secret_set: z.boolean().nullish(),
  })
  .transform((row): Webhook => ({
    uuid: row.uuid,
    url: row.url,
    description: row.description ?? '',
    isActive: row.active,
    events: row.events,
    // Without a word from Bitbucket nothing says that it lacks one.
    hasSecret: row.secret_set ?? true,
  }));

/**
 * The webhooks of workspaces, which only their administrators may see and
 * change. Errors are those of `BitbucketClient`; none shows a secret.
 *
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/
 */
export class Webhooks {
  readonly #apiBaseUrl: string;
  readonly #callApi: CallApi;

  constructor(apiBaseUrl: string, callApi: CallApi) {
    this.#apiBaseUrl = apiBaseUrl;
    this.#callApi = callApi;
  }

  /** All of a workspace; one request for each 100. */
  list(workspace: string, context?: RequestContext): AsyncIterable<Webhook> {
    const fields = pageFields(WEBHOOK_FIELDS);
    return listJson(
      this.#callApi,
      withQuery(this.#url(workspace), { pagelen: MAX_PAGELEN, fields }),
      webhookSchema,
      context,
    );
  }

  /**
   * Makes a webhook, and lets it deliver.
   *
   * Sent once only: after an `UnavailableError`, or an `UnexpectedResponseError`
   * of status 201, it may have been made all the same.
   */
  async create(
    workspace: string,
    settings: WebhookSettings,
    context?: RequestContext,
  ): Promise<Webhook> {
    const request = write('POST', this.#url(workspace), settings);
    return this.#callApi({
      request: { ...request, ...context },
      read: (response, sent) => readJson(sent, response, webhookSchema),
      alsoGood: 201,
      once: true,
    });
  }

  /** Changes a webhook, and lets it deliver. */
  async update(
    workspace: string,
    uuid: string,
    settings: WebhookSettings,
    context?: RequestContext,
  ): Promise<Webhook> {
    const url = `${this.#url(workspace)}/${encodeSegment(uuid)}`;
    return this.#callApi({
      request: { ...write('PUT', url, settings), ...context },
      read: (response, sent) => readJson(sent, response, webhookSchema),
    });
  }

  #url(workspace: string): string {
    return `${this.#apiBaseUrl}/workspaces/${encodeSegment(workspace)}/hooks`;
  }
}

function write(
  method: 'POST' | 'PUT',
  url: string,
  { secret, ...settings }: WebhookSettings,
): HttpRequest {
  return {
    method,
    url,
    headers: { ...JSON_WANTED, 'Content-Type': 'application/json' },
    // A secret that is left out stays as it is.
    body: JSON.stringify({ ...settings, active: true, secret }),
    secrets: secret === undefined ? [] : [secret],
  };
}
