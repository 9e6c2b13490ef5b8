import {
  BitbucketClient,
  ForbiddenError,
  isForbiddenError,
  UnauthorizedError,
} from '../bitbucket';

type Kind = BitbucketClient['credential']['kind'];

/** Without these nothing goes; what else the events take, Bitbucket names. */
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
  'or make the webhook by hand, as docs/webhooks.md says, and take webhooks.url out';

/** Why a credential may not see to webhooks, and what to do: some sentences. */
export function explainRefusal(
  { credential: { kind } }: Pick<BitbucketClient, 'credential'>,
  error?: ForbiddenError | UnauthorizedError,
): string {
  if (error === undefined) {
    return `no credential is configured. ${HOW_TO_ADD_SCOPES[kind]}, ${BY_HAND}.`;
  }
  if (!isForbiddenError(error)) {
    return `${error.message} For webhooks: ${HOW_TO_BE_ADMINISTRATOR[kind]}, ${BY_HAND}.`;
  }
  const missing = missingScopes(kind, error);
  return missing.length > 0
    ? `the credential lacks ${missing.join(' and ')}. ${HOW_TO_ADD_SCOPES[kind]}, ${BY_HAND}.`
    : `only administrators of the workspace may. ${HOW_TO_BE_ADMINISTRATOR[kind]}, ${BY_HAND}.`;
}

/** All at once, although Bitbucket only names those of one request. */
function missingScopes(
  kind: Kind,
  { required, granted }: ForbiddenError,
): string[] {
  if (required.length === 0) {
    return [];
  }
  const needed = new Set([...SCOPES[kind], ...required]);
  return [...needed].filter(scope => !granted.includes(scope));
}
