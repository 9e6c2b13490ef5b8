import { RequestValidator } from '@backstage/plugin-events-node';
import { WebhookConfig } from '../config';
import { Deliveries } from './Deliveries';
import { isSigned } from './signature';

/**
 * Refuses deliveries that are not signed with one of some secrets, with a 403:
 * all of them where there is no secret, unless unsigned ones are allowed.
 */
export function createDeliveryValidator(
  { secrets, allowUnsigned }: WebhookConfig,
  deliveries: Deliveries,
): RequestValidator {
  return async ({ headers, raw }, context) => {
    const [signature] = [headers['x-hub-signature']].flat();
    if (!allowUnsigned && !isSigned(raw.body, signature, secrets)) {
      deliveries.note('refused');
      context.reject({
        status: 403,
        payload: { message: reasonToRefuse(signature, secrets) },
      });
    }
  };
}

function reasonToRefuse(
  signature: string | undefined,
  secrets: string[],
): string {
  if (secrets.length === 0) {
    return 'Deliveries are refused until events.modules.bitbucketCloud.webhookSecret is set, and the webhook has that secret.';
  }
  return signature
    ? 'X-Hub-Signature does not fit the body. Give the webhook the secret of events.modules.bitbucketCloud.webhookSecret.'
    : 'X-Hub-Signature is missing. Give the webhook a secret, that of events.modules.bitbucketCloud.webhookSecret.';
}
