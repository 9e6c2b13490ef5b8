import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { EventParams, RequestValidator } from '@backstage/plugin-events-node';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookConfig } from '../config/webhooks';
import { inOneLine } from '../lib/text';
import { ScmDeliveries, ScmHost } from '../scm/ScmHost';
import { Delivery } from '../scm/changes';
import { ChangeQueue } from './ChangeQueue';

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
 * all of them where there is no secret, unless unsigned ones are allowed. The test of
 * a connection is answered with a 200, without a signature, and is neither counted nor
 * published.
 *
 * @param key - of the configuration that sets the secret
 * @param isPing - of the host, if it has such a test
 */
export function createDeliveryValidator(
  { secrets, allowUnsigned }: WebhookConfig,
  deliveries: Deliveries,
  key: string,
  isPing: ScmDeliveries['isPing'] = () => false,
): RequestValidator {
  return async ({ headers, raw }, context) => {
    if (isPing(headers)) {
      // What the ingress does not reject, it publishes; it takes any status for a rejection.
      context.reject({ status: 200, payload: { status: 'ok' } });
      return;
    }
    const [signature] = [headers['x-hub-signature']].flat();
    if (!allowUnsigned && !isSigned(raw.body, signature, secrets)) {
      deliveries.refuse();
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

/**
 * The outcome of a delivery: its events are handled, or need not be; it came
 * before; it is malformed; its signature is missing or wrong; too many came, so
 * that this one is left to the next walk; or it could not be taken up, so that
 * the next walk has to make up for it.
 */
type DeliveryOutcome =
  | 'accepted'
  | 'ignored'
  | 'repeated'
  | 'malformed'
  | 'refused'
  | 'deferred'
  | 'failed';

/** Deliveries since the start of this process. */
export type DeliverySnapshot = {
  counts: Record<DeliveryOutcome, number>;
  /** When the last one came that was not refused. Milliseconds since the epoch. */
  lastAt?: number;
};

const NONE: DeliverySnapshot = {
  counts: {
    accepted: 0,
    ignored: 0,
    repeated: 0,
    malformed: 0,
    refused: 0,
    deferred: 0,
    failed: 0,
  },
};

/**
 * Counts deliveries of webhooks. Those of all instances of a product come in by the same
 * way, and each counts for the host that takes it. One that is refused counts for none,
 * since nothing that it says is to be believed.
 */
export class Deliveries {
  readonly #byHost = new Map<string, DeliverySnapshot>();
  #refused = 0;

  /** @param host - the id of the host that has sent it, as far as the delivery says */
  note(outcome: Exclude<DeliveryOutcome, 'refused'>, host: string): void {
    const { counts } = this.snapshot(host);
    counts[outcome] += 1;
    this.#byHost.set(host, { counts, lastAt: Date.now() });
  }

  refuse(): void {
    this.#refused += 1;
  }

  /** Of a host, with all that were refused. */
  snapshot(host: string): DeliverySnapshot {
    const { counts, lastAt } = this.#byHost.get(host) ?? NONE;
    return { counts: { ...counts, refused: this.#refused }, lastAt };
  }
}

/** As many deliveries are remembered, to know them again. */
const REMEMBERED = 1_000;

/** Takes deliveries from the events service, and passes their events on to the queue. */
export class DeliveryReceiver {
  readonly #host: Pick<ScmHost, 'id' | 'deliveries'>;
  readonly #queue: Pick<ChangeQueue, 'enqueue'>;
  readonly #deliveries: Deliveries;
  readonly #logger: LoggerService;
  readonly #seen = new Set<string>();

  /** @param options.host - that the deliveries come from */
  constructor(options: {
    host: Pick<ScmHost, 'id' | 'deliveries'>;
    queue: Pick<ChangeQueue, 'enqueue'>;
    deliveries: Deliveries;
    logger: LoggerService;
  }) {
    this.#host = options.host;
    this.#queue = options.queue;
    this.#deliveries = options.deliveries;
    this.#logger = options.logger;
  }

  /** Never rejects, since the events service could do no more about a delivery. */
  async receive({ eventPayload, metadata = {} }: EventParams): Promise<void> {
    const delivery = this.#host.deliveries.read(metadata, eventPayload);
    if ('isOfAnotherHost' in delivery) {
      return;
    }
    const { outcome, reason } = await this.#take(delivery);
    this.#deliveries.note(outcome, this.#host.id);
    if (reason !== undefined) {
      this.#logger[outcome === 'failed' ? 'warn' : 'debug'](
        inOneLine(`A delivery of ${this.#host.id} was ${outcome}: ${reason}`),
      );
    }
  }

  async #take(delivery: Delivery): Promise<{
    outcome: Exclude<DeliveryOutcome, 'refused'>;
    reason?: string;
  }> {
    const { id } = delivery;
    if (this.#isRepeated(id)) {
      return { outcome: 'repeated', reason: `delivery ${id} came before` };
    }
    if (!('events' in delivery)) {
      const { outcome, reason } = delivery;
      return { outcome, reason };
    }
    try {
      return await this.#queue.enqueue(delivery.events);
    } catch (error) {
      return { outcome: 'failed', reason: toError(error).message };
    }
  }

  #isRepeated(id: string | undefined): boolean {
    if (id === undefined) {
      return false;
    }
    if (this.#seen.has(id)) {
      return true;
    }
    this.#seen.add(id);
    if (this.#seen.size > REMEMBERED) {
      const [oldest] = this.#seen;
      this.#seen.delete(oldest);
    }
    return false;
  }
}
