import { z } from 'zod';
import { getJson, JSON_WANTED } from '../../http/callApi';
import { readJson } from '../../http/responseBody';
import { HttpRequest } from '../../http/transport';
import { encodeSegment } from '../../http/urls';
import {
  ForbiddenError,
  isForbiddenError,
  UnauthorizedError,
} from '../../scm/errors';
import { RequestContext } from '../../scm/types';
import {
  ScmWebhooks,
  Webhook,
  WebhookPlace,
  WebhookSettings,
} from '../../scm/webhooks';
import { DataCenterApi, listJson, listUrl } from './apiCall';
import { EVENTS, PULL_REQUEST_EVENTS } from './delivery';
import { isPersonal } from './limits';
import { toUuid } from './names';

/** More than any project has. */
const LIMIT = 100;

const BY_HAND =
  'or create the webhook manually in the settings of each project, as docs/webhooks.md describes, and remove webhooks.url';

/**
 * A webhook as an instance describes it. It may show the secret or hide it, so that one
 * which is not there says nothing.
 */
const webhookSchema = z.object({
  id: z.number().int(),
  name: z.string().nullish(),
  url: z.string(),
  active: z.boolean(),
  events: z.array(z.string()),
});

/** What a webhook has besides, which a change leaves out unless it is sent again. */
const settingsSchema = z.object({
  configuration: z.record(z.string(), z.unknown()).nullish(),
  sslVerificationRequired: z.boolean().nullish(),
});

/**
 * The webhooks of projects, which report what happens to all of their repositories;
 * there are none for a whole instance. Those of personal projects are left out, since
 * only their owners may see to them.
 *
 * https://developer.atlassian.com/server/bitbucket/rest/
 *
 * @param options.key - of the integration, such as `integrations.bitbucketServer[0]`
 */
export function projectWebhooks(
  api: DataCenterApi,
  { key }: { key: string },
): ScmWebhooks {
  const { baseUrl, callApi, host } = api;

  const urlOf = (place: WebhookPlace) =>
    `${baseUrl}/rest/api/latest/projects/${encodeSegment(place.name)}/webhooks`;

  const toWebhook = ({
    id,
    name,
    active,
    ...row
  }: z.infer<typeof webhookSchema>): Webhook => ({
    uuid: toUuid(host, id),
    url: row.url,
    description: name ?? '',
    isActive: active,
    events: row.events,
    // Whether it has one, an instance need not say.
    hasSecret: true,
  });

  const send = async (request: HttpRequest, once = false) =>
    toWebhook(
      await callApi({
        request,
        read: (response, sent) => readJson(sent, response, webhookSchema),
        alsoGood: 201,
        task: 'webhook',
        once,
      }),
    );

  return {
    placeKind: 'project',
    events: { repositories: EVENTS, pullRequests: PULL_REQUEST_EVENTS },

    placesOf: (_, projectKeys) =>
      [...new Set(projectKeys)]
        .filter(name => !isPersonal(name))
        .sort()
        .map(name => ({ key: `${host}/${name}`, name })),

    async *list(place, context) {
      const url = listUrl(urlOf(place), LIMIT);
      for await (const row of listJson(api, url, webhookSchema, context)) {
        yield toWebhook(row);
      }
    },

    create: (place, settings, context) =>
      send(write('POST', urlOf(place), {}, settings, context), true),

    async update(place, uuid, settings, context) {
      const url = `${urlOf(place)}/${encodeSegment(uuid.split('#').at(-1) ?? '')}`;
      const kept = await getJson(callApi, url, settingsSchema, context);
      return send(write('PUT', url, kept, settings, context));
    },

    explainRefusal: (_, error) => explainRefusal(key, error),
  };
}

function write(
  method: 'POST' | 'PUT',
  url: string,
  kept: z.infer<typeof settingsSchema>,
  { secret, description, ...settings }: WebhookSettings,
  context: RequestContext,
): HttpRequest {
  const { configuration, sslVerificationRequired } = kept;
  return {
    method,
    url,
    headers: { ...JSON_WANTED, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      name: description,
      ...settings,
      active: true,
      configuration: { ...configuration, ...(secret && { secret }) },
      sslVerificationRequired: sslVerificationRequired ?? true,
    }),
    secrets: secret === undefined ? [] : [secret],
    ...context,
  };
}

/** See `ScmWebhooks.explainRefusal`. */
function explainRefusal(
  key: string,
  error?: ForbiddenError | UnauthorizedError,
): string {
  if (error === undefined) {
    return `no credential is configured. Create an HTTP access token with the permission "Project admin" and set it as ${key}.token, ${BY_HAND}.`;
  }
  return isForbiddenError(error)
    ? `only administrators of a project can manage its webhooks. Give the account in ${key} the permission "Project admin" (PROJECT_ADMIN), and its HTTP access token, too, ${BY_HAND}.`
    : `${error.message} Webhooks need the permission "Project admin" (PROJECT_ADMIN). Set such a credential, ${BY_HAND}.`;
}
