import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { EventParams } from '@backstage/plugin-events-node';
import { readDelivery } from '../hosts/bitbucket-cloud/delivery';
import { inOneLine, REQUEST_ID } from '../lib/text';
import { ChangeQueue } from './ChangeQueue';

/**
 * What became of a delivery: a repository is looked at, or need not be; it came
 * before; it makes no sense; its signature is missing or wrong; too many came, so
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

/** Counts deliveries of webhooks. */
export class Deliveries {
  readonly #counts: DeliverySnapshot['counts'] = {
    accepted: 0,
    ignored: 0,
    repeated: 0,
    malformed: 0,
    refused: 0,
    deferred: 0,
    failed: 0,
  };
  #lastAt?: number;

  note(outcome: DeliveryOutcome): void {
    this.#counts[outcome] += 1;
    if (outcome !== 'refused') {
      this.#lastAt = Date.now();
    }
  }

  snapshot(): DeliverySnapshot {
    return { counts: { ...this.#counts }, lastAt: this.#lastAt };
  }
}

/** As many deliveries are remembered, to know them again. */
const REMEMBERED = 1_000;

/** Takes deliveries from the events service, and passes on what they event at. */
export class DeliveryReceiver {
  readonly #looks: Pick<ChangeQueue, 'hear'>;
  readonly #deliveries: Deliveries;
  readonly #logger: LoggerService;
  readonly #seen = new Set<string>();

  constructor(options: {
    looks: Pick<ChangeQueue, 'hear'>;
    deliveries: Deliveries;
    logger: LoggerService;
  }) {
    this.#looks = options.looks;
    this.#deliveries = options.deliveries;
    this.#logger = options.logger;
  }

  /** Never rejects: there is nobody who could do more about a delivery. */
  async receive({ eventPayload, metadata = {} }: EventParams): Promise<void> {
    const [event] = [metadata['x-event-key']].flat();
    const [id] = [metadata['x-request-uuid']].flat();
    const { outcome, reason } = await this.#take(event, id, eventPayload);
    this.#deliveries.note(outcome);
    if (reason !== undefined) {
      this.#logger[outcome === 'failed' ? 'warn' : 'debug'](
        inOneLine(`A delivery of Bitbucket Cloud was ${outcome}: ${reason}`),
      );
    }
  }

  async #take(
    event: string | undefined,
    id: string | undefined,
    payload: unknown,
  ): Promise<{ outcome: DeliveryOutcome; reason?: string }> {
    if (id !== undefined && !REQUEST_ID.test(id)) {
      return { outcome: 'malformed', reason: 'X-Request-UUID is not a uuid' };
    }
    if (this.#isRepeated(id)) {
      return { outcome: 'repeated', reason: `delivery ${id} came before` };
    }
    const delivery = readDelivery(event, payload);
    if (delivery.outcome !== 'ok') {
      return delivery;
    }
    try {
      return await this.#looks.hear(delivery.event);
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
