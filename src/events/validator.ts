import { RequestValidator } from '@backstage/plugin-events-node';
import { Deliveries } from './Deliveries';
import { isSigned } from './signature';

/** Refuses deliveries that are not signed with one of some secrets, with a 403. */
export function createSignatureValidator(
  secrets: string[],
  deliveries: Deliveries,
): RequestValidator {
  return async ({ headers, raw }, context) => {
    const [signature] = [headers['x-hub-signature']].flat();
    if (!isSigned(raw.body, signature, secrets)) {
      deliveries.note('refused');
      context.reject({
        status: 403,
        payload: {
          message: signature
            ? 'X-Hub-Signature does not fit the body. Give the webhook the secret of events.modules.bitbucketCloud.webhookSecret.'
            : 'X-Hub-Signature is missing. Give the webhook a secret, that of events.modules.bitbucketCloud.webhookSecret.',
        },
      });
    }
  };
}
