import { z } from 'zod';
import { CredentialConfig } from '../config';
import { CredentialError } from './errors';
import { explainTokenRefusal } from './explainTokenRefusal';
import { basicAuthorization } from './StaticCredential';
import { PostForm } from './types';

/** An OAuth consumer of a workspace. */
export type OAuthConsumer = Extract<CredentialConfig, { kind: 'oauth' }>;

/** What the token endpoint gives. */
export type AccessToken = {
  value: string;
  /** Seconds from the request on. */
  expiresIn: number;
};

/**
 * Lifetime of a token that comes without one, in seconds: the shorter of the
 * two that Bitbucket is known to give. OAuth leaves the field optional:
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.1
 */
const DEFAULT_EXPIRES_IN = 3600;

const tokenSchema = z.object({
  // Visible ASCII. The HTTP client's error for anything else in a header would
  // show the token.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive().optional(),
});

/**
 * Asks for an access token with the client credentials grant.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/oauth-2/
 * @throws CredentialError
 */
export async function requestAccessToken(
  consumer: OAuthConsumer,
  tokenUrl: string,
  post: PostForm,
): Promise<AccessToken> {
  const { status, body } = await postGrant(consumer, tokenUrl, post);
  const answer = parseJson(body);
  if (status !== 200) {
    throw explainTokenRefusal(tokenUrl, status, answer);
  }
  const token = tokenSchema.safeParse(answer);
  if (!token.success) {
    // Only the fields are named: the answer may hold a token.
    const fields = token.error.issues.map(({ path }) => path.join('.'));
    throw new CredentialError(
      `No OAuth token could be had: ${tokenUrl} answered 200, but ${
        answer === undefined
          ? 'its body is not JSON'
          : `${fields.filter(Boolean).join(' and ') || 'its body'} is missing or wrong`
      }. Check whether a proxy answers in Bitbucket's place.`,
      { status, retryable: true },
    );
  }
  return {
    value: token.data.access_token,
    expiresIn: token.data.expires_in ?? DEFAULT_EXPIRES_IN,
  };
}

async function postGrant(
  { clientId, clientSecret }: OAuthConsumer,
  tokenUrl: string,
  post: PostForm,
): ReturnType<PostForm> {
  try {
    return await post(tokenUrl, {
      headers: {
        Accept: 'application/json',
        Authorization: basicAuthorization(clientId, clientSecret),
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
  } catch (cause) {
    throw new CredentialError(
      `No OAuth token could be had: ${tokenUrl} cannot be reached. Check the network, the proxy and https://bitbucket.status.atlassian.com.`,
      { retryable: true, cause },
    );
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
