/**
 * What became of a delivery: a repository is looked at, or need not be; it came
 * before; it makes no sense; its signature is missing or wrong; too many came, so
 * that this one is left to the next walk; or it could not be taken up, so that
 * the next walk has to make up for it.
 */
export type DeliveryOutcome =
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
