import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { HookEvent, SimulatedHook } from '../world';
import { cloudHeaders, post } from './post';
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryOptions,
  DeliveryPlan,
  HookTarget,
  Sending,
} from './types';

const CLOUD: Sending<HookEvent, SimulatedHook> = {
  headers: cloudHeaders,
  attempts: 3,
  maxBody: 256 * 1024,
};

/**
 * Everything that is sent to webhooks. Deliveries are sent side by side, each when
 * its event happens, so that they may arrive in any order.
 */
export class Deliveries<
  E extends string = HookEvent,
  H extends HookTarget = SimulatedHook,
> {
  /** May be changed at any time. Default: everything is sent. */
  plan: DeliveryPlan<E, H> = () => 'send';
  private readonly log: DeliveryAttempt<E>[] = [];
  private waiting: Delivery<E, H>[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly retryDelay: number;
  private readonly timeout: number;

  /** @param sending - default: as Bitbucket Cloud sends */
  constructor(
    options: DeliveryOptions = {},
    private readonly sending = CLOUD as unknown as Sending<E, H>,
  ) {
    this.retryDelay = options.retryDelay ?? 10;
    this.timeout = options.timeout ?? 10_000;
    // Every delivery under way listens; Node.js takes more than ten for a leak.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Every attempt that is over, the one that ended first at the head. */
  get attempts(): readonly DeliveryAttempt<E>[] {
    return this.log;
  }

  /** What is held back, oldest first. */
  get held(): readonly Delivery<E, H>[] {
    return this.waiting;
  }

  /** Sets a delivery on its way, as the plan wants it. */
  dispatch(delivery: Delivery<E, H>): void {
    if (Buffer.byteLength(delivery.body) > this.sending.maxBody) {
      return;
    }
    const fate = this.plan(delivery);
    if (fate === 'hold') {
      this.waiting.push(delivery);
    } else if (fate !== 'lose') {
      const times = fate === 'send' ? 1 : 1 + fate.repeat;
      this.start(Array<Delivery<E, H>>(times).fill(delivery));
    }
  }

  /**
   * Sends what is held back, one delivery after the other.
   *
   * @param order - puts them in another order, or drops some.
   * Default: oldest first
   * @returns when nothing is under way any more
   */
  release(
    order: (held: Delivery<E, H>[]) => Delivery<E, H>[] = held => held,
  ): Promise<void> {
    this.start(order(this.waiting.splice(0)));
    return this.settled();
  }

  /** When nothing is under way any more; what is held back is not. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.all(this.underWay);
    }
  }

  /** Gives up everything that is under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.settled();
  }

  private start(deliveries: Delivery<E, H>[]): void {
    const sent = this.sendInTurn(deliveries).finally(() =>
      this.underWay.delete(sent),
    );
    this.underWay.add(sent);
  }

  private async sendInTurn(deliveries: Delivery<E, H>[]): Promise<void> {
    for (const delivery of deliveries) {
      await this.send(delivery);
    }
  }

  private async send(delivery: Delivery<E, H>): Promise<void> {
    const { signal } = this.stopping;
    for (let attempt = 1; attempt <= this.sending.attempts; attempt++) {
      if (attempt > 1) {
        await this.pause();
      }
      if (signal.aborted) {
        return;
      }
      const { timeout } = this;
      const headers = this.sending.headers(delivery, attempt);
      const status = await post(delivery, headers, { timeout, signal });
      this.note(delivery, attempt, status);
      if (status !== undefined && status >= 200 && status < 300) {
        return;
      }
    }
  }

  /** Before another attempt; ends early when everything stops. */
  private async pause(): Promise<void> {
    const { signal } = this.stopping;
    await wait(this.retryDelay, undefined, { signal }).catch(() => {});
  }

  private note(
    delivery: Delivery<E, H>,
    attempt: number,
    status?: number,
  ): void {
    const { event, requestUuid, repository, hook } = delivery;
    const entry = { event, requestUuid, repository, hook: hook.uuid };
    this.log.push({ ...entry, attempt, status });
  }
}
