import { LoggerService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { CredentialConfig } from '../../../config/types';
import { retry, Timing } from '../../../http/retry';
import { HttpRequest, Send } from '../../../http/transport';
import { abortable } from '../../../lib/sharing';
import { UnavailableError } from '../../../scm/errors';
import {
  basicAuthorization,
  Credential,
  CredentialError,
} from '../../../http/authorization';
import { explainTokenRefusal } from './explainRefusal';

/**
 * Sends a form to the OAuth endpoint and returns status and body. Time limits
 * and retries are the sender's affair; a network fault rejects.
 */
export type PostForm = (
  url: string,
  form: { headers: Record<string, string>; body: string; signal?: AbortSignal },
) => Promise<{ status: number; body: string }>;

/** An OAuth consumer of a workspace. */
type OAuthConsumer = Extract<CredentialConfig, { kind: 'oauth' }>;

/** What the token endpoint gives. */
type AccessToken = {
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
async function requestAccessToken(
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
      `Could not obtain an OAuth token: ${tokenUrl} answered 200, but ${
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
      `Could not obtain an OAuth token: ${tokenUrl} cannot be reached. Check the network, the proxy and https://bitbucket.status.atlassian.com.`,
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

/** Milliseconds before its end from which a token is not used, as it has to last for a request and its retries. */
const MARGIN = 60_000;

/** Of a short life, the part that the margin may take. */
const MARGIN_OF_LIFE = 0.1;

/**
 * Milliseconds for which a second refusal does not lead to a third token. A new
 * token that is refused at once is refused for a reason other than its age, and
 * every request would fetch one more.
 */
const PATIENCE = 60_000;

type Token = {
  /** The header's value. */
  authorization: string;
  /** Milliseconds since the epoch. */
  renewAt: number;
};

/** Signs requests with access tokens that it fetches for an OAuth consumer. */
export class OAuthCredential implements Credential {
  readonly kind = 'oauth';
  readonly label = 'OAuth consumer';
  readonly #fetch: () => Promise<Token>;
  readonly #now: () => number;
  #token: Token | undefined;
  #pending: Promise<Token> | undefined;
  #discardedAt = -Infinity;

  constructor(
    consumer: OAuthConsumer,
    options: { tokenUrl: string; post: PostForm; now?: () => number },
  ) {
    const { tokenUrl, post, now = Date.now } = options;
    this.#now = now;
    this.#fetch = async () => {
      const askedAt = now();
      const token = await requestAccessToken(consumer, tokenUrl, post);
      const life = token.expiresIn * 1000;
      return {
        authorization: `Bearer ${token.value}`,
        renewAt: askedAt + life - Math.min(MARGIN, life * MARGIN_OF_LIFE),
      };
    };
  }

  async authorization(signal?: AbortSignal): Promise<string> {
    if (this.#token && this.#now() < this.#token.renewAt) {
      return this.#token.authorization;
    }
    this.#pending ??= this.#renew();
    const token = await abortable(this.#pending, signal);
    return token.authorization;
  }

  refused(authorization: string | undefined): boolean {
    if (!this.#token || authorization !== this.#token.authorization) {
      // Signed with an earlier token; the next request gets another one.
      return true;
    }
    if (this.#now() - this.#discardedAt < PATIENCE) {
      return false;
    }
    this.#token = undefined;
    this.#discardedAt = this.#now();
    return true;
  }

  async #renew(): Promise<Token> {
    try {
      this.#token = await this.#fetch();
      return this.#token;
    } finally {
      this.#pending = undefined;
    }
  }
}

/**
 * Sends the forms that OAuth asks for, with the time limits, retries and pauses
 * of every other request. They belong to no piece of work, so no meter counts
 * them.
 *
 * Resolves with whatever Bitbucket decides (2xx to 4xx); throws what keeps it
 * from deciding: UnavailableError, RateLimitedError.
 */
export function createPostForm(
  send: Send,
  options: { timing: Timing; logger: LoggerService },
): PostForm {
  return (url, { headers, body, signal }) => {
    const request: HttpRequest = { method: 'POST', url, headers, body, signal };
    return retry(
      async () => {
        const { status, body: answer } = await send(request);
        if (status >= 500) {
          const { method } = request;
          throw new UnavailableError(`answered ${status}`, {
            method,
            url,
            status,
          });
        }
        return { status, body: answer.toString('utf8') };
      },
      { ...options, signal },
    );
  };
}
