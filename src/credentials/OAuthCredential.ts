import { abortable } from './abortable';
import { OAuthConsumer, requestAccessToken } from './tokenRequest';
import { Credential, PostForm } from './types';

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
