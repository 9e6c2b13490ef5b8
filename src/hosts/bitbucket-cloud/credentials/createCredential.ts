import { CredentialConfig } from '../../../config/types';
import { OAuthCredential } from './OAuthCredential';
import {
  basicAuthorization,
  Credential,
  PostForm,
  StaticCredential,
} from './credential';

/**
 * Gives what signs requests with a parsed credential. Every call makes a new
 * one with OAuth tokens of its own, so that two clients never share a token.
 *
 * @param oauth - `tokenUrl` is `https://bitbucket.org/site/oauth2/access_token`
 * or its like behind a proxy; `now` gives milliseconds and defaults to `Date.now`
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
 */
export function createCredential(
  config: CredentialConfig,
  oauth: { tokenUrl: string; post: PostForm; now?: () => number },
): Credential {
  switch (config.kind) {
    case 'apiToken':
      return new StaticCredential(
        config.kind,
        `API token of ${config.username}`,
        basicAuthorization(config.username, config.token),
      );
    case 'appPassword':
      return new StaticCredential(
        config.kind,
        `app password of ${config.username}`,
        basicAuthorization(config.username, config.appPassword),
      );
    case 'accessToken':
      return new StaticCredential(
        config.kind,
        'access token',
        `Bearer ${config.token}`,
      );
    case 'oauth':
      return new OAuthCredential(config, oauth);
    case 'anonymous':
      return new StaticCredential(config.kind, 'anonymous', undefined);
  }
}
