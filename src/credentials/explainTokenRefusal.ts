import { z } from 'zod';

import { CredentialError } from './errors';
import { KEYS } from './keys';

/** Codes of https://www.rfc-editor.org/rfc/rfc6749#section-5.2 that say what to mend. */
const refusalSchema = z.object({
  error: z.enum(['invalid_grant', 'invalid_client', 'unauthorized_client']),
});

/**
 * Says why the token endpoint gave no token. Of its answer only known codes are
 * shown, as free text might repeat what was sent.
 */
export function explainTokenRefusal(
  tokenUrl: string,
  status: number,
  answer: unknown,
): CredentialError {
  const { data: refusal } = refusalSchema.safeParse(answer);
  const what = `No OAuth token could be had: ${tokenUrl} answered ${status}${
    refusal ? ` ${refusal.error}` : ''
  }.`;
  if (status === 400 && refusal?.error === 'invalid_grant') {
    return new CredentialError(
      `${what} The consumer of ${KEYS.consumer} is not private: edit it under "OAuth consumers" in the settings of the workspace and tick "This is a private consumer".`,
      { status, retryable: false },
    );
  }
  if (status === 401 || refusal) {
    return new CredentialError(
      `${what} ${KEYS.consumer} are not the key and secret of a consumer: copy both again from "OAuth consumers" in the settings of the workspace.`,
      { status, retryable: false },
    );
  }
  if (status === 429 || status >= 500) {
    return new CredentialError(
      `${what} Bitbucket is busy or out of order, which passes: see https://bitbucket.status.atlassian.com.`,
      { status, retryable: true },
    );
  }
  return new CredentialError(
    `${what} Check apiBaseUrl, if there is one, and the proxy between.`,
    { status, retryable: false },
  );
}
