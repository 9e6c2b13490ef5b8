import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { EventParams } from '@backstage/plugin-events-node';
import { inOneLine } from '../lib/text';
import { Delivery } from '../scm/changes';
import { ScmHost } from '../scm/ScmHost';
import { ChangeQueue } from './ChangeQueue';

/**
 * What became of a delivery: its events are handled, or need not be; it came
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

/** Takes deliveries from the events service, and passes their events on to the queue. */
export class DeliveryReceiver {
  readonly #host: Pick<ScmHost, 'id' | 'deliveries'>;
  readonly #queue: Pick<ChangeQueue, 'hear'>;
  readonly #deliveries: Deliveries;
  readonly #logger: LoggerService;
  readonly #seen = new Set<string>();

  /** @param options.host - that the deliveries come from */
  constructor(options: {
    host: Pick<ScmHost, 'id' | 'deliveries'>;
    queue: Pick<ChangeQueue, 'hear'>;
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
    const { outcome, reason } = await this.#take(
      this.#host.deliveries.read(metadata, eventPayload),
    );
    this.#deliveries.note(outcome);
    if (reason !== undefined) {
      this.#logger[outcome === 'failed' ? 'warn' : 'debug'](
        inOneLine(`A delivery of ${this.#host.id} was ${outcome}: ${reason}`),
      );
    }
  }

  async #take(
    delivery: Delivery,
  ): Promise<{ outcome: DeliveryOutcome; reason?: string }> {
    const { id } = delivery;
    if (this.#isRepeated(id)) {
      return { outcome: 'repeated', reason: `delivery ${id} came before` };
    }
    if (!('events' in delivery)) {
      const { outcome, reason } = delivery;
      return { outcome, reason };
    }
    try {
      return await this.#queue.hear(delivery.events);
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
