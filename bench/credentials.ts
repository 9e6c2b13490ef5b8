/** Slug of the workspace on Bitbucket Cloud. */
export const WORKSPACE = 'bench';

/** As of `integrations.bitbucketCloud`. */
export const CREDENTIALS = { username: 'bench@example.com', token: 'token' };

/** As of `integrations.bitbucketServer`. */
export const TOKEN = 'token';
