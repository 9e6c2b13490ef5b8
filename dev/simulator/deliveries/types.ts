import type { HookEvent, SimulatedHook } from '../world';

/** What sending takes of a webhook. */
export type HookTarget = {
  readonly uuid: string;
  url: string;
  secret?: string;
};

/**
 * What is to be sent to one webhook for one event.
 *
 * @typeParam E - names of events
 * @typeParam H - a webhook of the product that is simulated
 */
export type Delivery<
  E extends string = HookEvent,
  H extends HookTarget = SimulatedHook,
> = {
  readonly event: E;
  readonly hook: H;
  /** In braces; the same with every attempt. */
  readonly requestUuid: string;
  /** Full name of the repository; undefined where the event is about none. */
  readonly repository?: string;
  /** JSON, as it is sent. */
  readonly body: string;
};

/**
 * What becomes of a delivery: it is sent, lost without a trace, held back until
 * {@link Deliveries.release}, or sent and then so many times again.
 */
export type Fate = 'send' | 'lose' | 'hold' | { repeat: number };

/** Decides what becomes of each delivery when its event happens. */
export type DeliveryPlan<
  E extends string = HookEvent,
  H extends HookTarget = SimulatedHook,
> = (delivery: Delivery<E, H>) => Fate;

export type DeliveryAttempt<E extends string = HookEvent> = Pick<
  Delivery<E>,
  'event' | 'requestUuid' | 'repository'
> & {
  /** Uuid of the webhook. */
  hook: string;
  /** From 1, as in `X-Attempt-Number`. */
  attempt: number;
  /** Of the answer; undefined where none came. */
  status?: number;
};

export type DeliveryOptions = {
  /** Milliseconds between attempts. Default 10. */
  retryDelay?: number;
  /** Milliseconds that the receiver may be silent. Default 10,000. */
  timeout?: number;
};

/** How a product sends its deliveries. */
export type Sending<E extends string, H extends HookTarget> = {
  /** Headers of a request. */
  headers: (
    delivery: Delivery<E, H>,
    attempt: number,
  ) => Record<string, string>;
  /** The first attempt and what follows, as long as no answer is a success. */
  attempts: number;
  /** Bytes of a body; a larger one is silently not sent. */
  maxBody: number;
};
