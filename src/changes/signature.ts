import { RequestValidator } from '@backstage/plugin-events-node';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookConfig } from '../config/webhooks';
import { Deliveries } from './DeliveryReceiver';

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

/**
 * Refuses deliveries that are not signed with one of some secrets, with a 403:
 * all of them where there is no secret, unless unsigned ones are allowed.
 *
 * @param key - of the configuration that sets the secret
 */
export function createDeliveryValidator(
  { secrets, allowUnsigned }: WebhookConfig,
  deliveries: Deliveries,
  key: string,
): RequestValidator {
  return async ({ headers, raw }, context) => {
    const [signature] = [headers['x-hub-signature']].flat();
    if (!allowUnsigned && !isSigned(raw.body, signature, secrets)) {
      deliveries.note('refused');
      context.reject({
        status: 403,
        payload: { message: reasonToRefuse(signature, secrets, key) },
      });
    }
  };
}

function reasonToRefuse(
  signature: string | undefined,
  secrets: string[],
  key: string,
): string {
  if (secrets.length === 0) {
    return `Deliveries are refused until ${key} is set, and the webhook has that secret.`;
  }
  return signature
    ? `X-Hub-Signature does not match the body. Give the webhook the secret in ${key}.`
    : `X-Hub-Signature is missing. Give the webhook the secret in ${key}.`;
}
