import { ConfigValue, parseTrimmedText, Problem } from './schema';
import { IntegrationConfig } from './types';

/** The host name of this machine to itself, as `URL` normalises it. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether a URL leads to this machine, where http needs no encryption. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/intro/ */
const DEFAULT_API_BASE_URL = 'https://api.bitbucket.org/2.0';
const DEFAULT_WEB_BASE_URL = 'https://bitbucket.org';

/**
 * Parses `apiBaseUrl`. Plain http would send the credential in the clear, so it
 * is accepted on loopback alone, where a proxy or a simulator listens. Messages
 * do not show the URL, since it may hold a password.
 */
export function parseApiBaseUrl(value: ConfigValue): string {
  const text = parseTrimmedText(value);
  if (!URL.canParse(text)) {
    throw new Problem(
      `is not a URL. Write for example ${DEFAULT_API_BASE_URL}, which is the default.`,
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Problem('must begin with https://.');
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw new Problem(
      'must begin with https://. http:// is accepted for localhost, 127.0.0.1 and [::1] only, since it would send the credential in the clear.',
    );
  }
  if (url.username || url.password) {
    throw new Problem(
      'must not hold a user name or a password. Write them as keys of the same entry.',
    );
  }
  if (url.search || url.hash) {
    throw new Problem(
      'must end with its path: remove everything from the first ? or # on.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * The two roots that requests go to. Archives and OAuth tokens come from
 * another origin than the API; behind a proxy or a simulator it is the same.
 */
export function baseUrls(
  apiBaseUrl: string = DEFAULT_API_BASE_URL,
): Pick<IntegrationConfig, 'apiBaseUrl' | 'webBaseUrl'> {
  const { origin } = new URL(apiBaseUrl);
  return {
    apiBaseUrl,
    webBaseUrl:
      origin === new URL(DEFAULT_API_BASE_URL).origin
        ? DEFAULT_WEB_BASE_URL
        : origin,
  };
}
