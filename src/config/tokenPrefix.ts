/** What a secret was made as, as far as its public prefix tells. */
export type SecretKind = 'apiToken' | 'accessToken' | 'appPassword';

/**
 * The prefixes that Atlassian confirmed in
 * https://community.atlassian.com/forums/Bitbucket-questions/Can-we-confirm-BitBucket-s-token-prefixes/qaq-p/3093481
 */
const PREFIXES: Record<string, SecretKind> = {
  ATAT: 'apiToken',
  ATCT: 'accessToken',
  ATBB: 'appPassword',
};

/** Recognises a secret by its prefix; undefined for one that has none. */
export function recogniseSecret(secret: string): SecretKind | undefined {
  return PREFIXES[secret.slice(0, 4)];
}
