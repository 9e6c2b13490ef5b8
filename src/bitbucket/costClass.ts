import { CredentialConfig } from '../config';
import { CostClass } from './limits';
import { HttpRequest } from './transport';

const IS_OF_WEBHOOKS = /\/workspaces\/[^/]+\/hooks(?:[/?]|$)/;

/** What a request counts as, or undefined if it is not the budget's affair. */
export type CostClassOf = (request: HttpRequest) => CostClass | undefined;

/**
 * Tells what requests count as. Not counted are those for OAuth tokens, and
 * those which another access token than the client's own credential signs.
 */
export function createCostClassOf(options: {
  apiBaseUrl: string;
  tokenUrl: string;
  credential: CredentialConfig;
}): CostClassOf {
  const { apiBaseUrl, tokenUrl, credential } = options;
  return ({ url, token }) => {
    if (token !== undefined || url === tokenUrl) {
      return undefined;
    }
    if (credential.kind === 'anonymous') {
      return 'anonymous';
    }
    if (
      url.startsWith(`${apiBaseUrl}/workspaces/`) &&
      IS_OF_WEBHOOKS.test(url)
    ) {
      return 'webhooks';
    }
    const isArchive =
      !url.startsWith(`${apiBaseUrl}/`) &&
      /\/get\/[^/]+\.tar\.gz$/.test(new URL(url).pathname);
    return isArchive ? 'archives' : 'repositories';
  };
}
