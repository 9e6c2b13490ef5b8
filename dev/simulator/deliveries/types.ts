import type { HookEvent, SimulatedHook } from '../world';

/** What is to be sent to one webhook for one event. */
export type Delivery = {
  readonly event: HookEvent;
  readonly hook: SimulatedHook;
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
export type DeliveryPlan = (delivery: Delivery) => Fate;

export type DeliveryAttempt = Pick<
  Delivery,
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
