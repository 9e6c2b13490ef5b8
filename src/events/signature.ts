import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Whether a delivery was signed with one of some secrets.
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks
 *
 * @param body - as it arrived, byte for byte
 * @param signature - `X-Hub-Signature`: `sha256=` and the HMAC in hexadecimal digits
 */
export function isSigned(
  body: Buffer,
  signature: string | undefined,
  secrets: string[],
): boolean {
  const [, digits] = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? '') ?? [];
  if (!digits) {
    return false;
  }
  const given = Buffer.from(digits, 'hex');
  return secrets.some(secret =>
    timingSafeEqual(given, createHmac('sha256', secret).update(body).digest()),
  );
}
