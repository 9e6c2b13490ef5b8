/** The entry of the configuration that messages send a reader to. */
const ENTRY = 'integrations.bitbucketCloud[0]';

/** The keys that sign requests, as messages name them. */
export const KEYS = {
  username: `${ENTRY}.username`,
  token: `${ENTRY}.token`,
  appPassword: `${ENTRY}.appPassword`,
  consumer: `${ENTRY}.clientId and ${ENTRY}.clientSecret`,
} as const;

/** How to make a credential that works, in words that follow a verb or a colon. */
export const ADVICE = {
  apiToken: `an API token with scopes in ${KEYS.token} and the e-mail of its Atlassian account in ${KEYS.username}`,
  accessToken: `a repository, project or workspace access token in ${KEYS.token} without ${KEYS.username}`,
} as const;
