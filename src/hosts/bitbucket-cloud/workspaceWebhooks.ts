import {
  ForbiddenError,
  isForbiddenError,
  UnauthorizedError,
} from '../../scm/errors';
import { ScmWebhooks } from '../../scm/webhooks';
import { BitbucketClient } from './BitbucketClient';
import { pullRequestScopes } from './credentials/pullRequestScopes';
import { EVENTS, PULL_REQUEST_EVENTS } from './delivery';
import { bitbucketCloudNames } from './names';

const { configKeys } = bitbucketCloudNames;

type Kind = BitbucketClient['credential']['kind'];

/** Without these nothing goes; what else the events of repositories take, Bitbucket names. */
const SCOPES: Record<Kind, string[]> = {
  apiToken: ['read:webhook:bitbucket', 'write:webhook:bitbucket'],
  accessToken: ['webhook'],
  oauth: ['webhook'],
  appPassword: ['webhook'],
  anonymous: [],
};

const HOW_TO_ADD_SCOPES: Record<Kind, string> = {
  apiToken:
    'Create an API token with these scopes too, as those of an existing one cannot be changed',
  accessToken:
    'Create an access token of the workspace with these scopes too, as those of an existing one cannot be changed',
  oauth:
    'Tick these permissions of the consumer under "OAuth consumers" in the settings of the workspace',
  appPassword: 'Use an API token with scopes',
  anonymous: 'Configure one in integrations.bitbucketCloud',
};

const HOW_TO_BE_ADMINISTRATOR: Record<Kind, string> = {
  apiToken: 'Make the account of the API token an administrator',
  accessToken:
    'Create an access token in the settings of the workspace, as that of a repository or project does not reach its webhooks',
  oauth:
    'Create the OAuth consumer in the settings of the workspace, as one of its administrators',
  appPassword: 'Make the account of the app password an administrator',
  anonymous: HOW_TO_ADD_SCOPES.anonymous,
};

const BY_HAND =
  'or create the webhook manually, as docs/webhooks.md describes, and remove webhooks.url';

/** See `ScmWebhooks.explainRefusal`. */
function explainRefusal(
  kind: Kind,
  events: readonly string[],
  error?: ForbiddenError | UnauthorizedError,
): string {
  if (error === undefined) {
    return `no credential is configured. ${HOW_TO_ADD_SCOPES[kind]}, ${BY_HAND}.`;
  }
  if (!isForbiddenError(error)) {
    return `${error.message} For webhooks: ${HOW_TO_BE_ADMINISTRATOR[kind]}, ${BY_HAND}.`;
  }
  const forPullRequests = events.some(event =>
    PULL_REQUEST_EVENTS.includes(event),
  )
    ? [pullRequestScopes(kind).read]
    : [];
  const missing = missingScopes([...SCOPES[kind], ...forPullRequests], error);
  if (missing.length === 0) {
    return `only administrators of the workspace can manage webhooks. ${HOW_TO_BE_ADMINISTRATOR[kind]}, ${BY_HAND}.`;
  }
  const why = forPullRequests
    .filter(scope => missing.includes(scope))
    .map(scope => ` pullRequests in ${configKeys.providers} needs ${scope}.`);
  return `the credential lacks ${missing.join(' and ')}.${why.join('')} ${HOW_TO_ADD_SCOPES[kind]}, ${BY_HAND}.`;
}

/** All at once, although Bitbucket only names those of one request. */
function missingScopes(
  needed: string[],
  { required, granted }: ForbiddenError,
): string[] {
  if (required.length === 0) {
    return [];
  }
  return [...new Set([...needed, ...required])].filter(
    // Whoever may write pull requests may read them, except with an API token.
    scope => !granted.includes(scope) && !granted.includes(`${scope}:write`),
  );
}

/** Webhooks of workspaces, which report what happens to all of their repositories. */
export function workspaceWebhooks({
  credential,
  webhooks,
}: Pick<BitbucketClient, 'credential' | 'webhooks'>): ScmWebhooks {
  return {
    placeKind: 'workspace',
    events: { repositories: EVENTS, pullRequests: PULL_REQUEST_EVENTS },
    placesOf: workspace => [{ key: workspace, name: workspace }],
    list: ({ key }, context) => webhooks.list(key, context),
    create: ({ key }, settings, context) =>
      webhooks.create(key, settings, context),
    update: ({ key }, uuid, settings, context) =>
      webhooks.update(key, uuid, settings, context),
    explainRefusal: (events, error) =>
      explainRefusal(credential.kind, events, error),
  };
}
