import { Endpoint } from './endpoints';

/** @typeParam E - names of the endpoints of the product that is simulated */
export type LoggedRequest<E extends string = Endpoint> = {
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  /** Path of the URL, still encoded. */
  path: string;
  query: Record<string, string>;
  endpoint: E;
  /** Undefined while no answer was sent, as when the socket was dropped. */
  status?: number;
  /**
   * Name of the account or `anonymous`; undefined where the credential was
   * refused or a fault answered before it was looked at.
   */
  credential?: string;
  /** Whether the request carried an `Authorization` header. */
  authorization: boolean;
  userAgent?: string;
};

/** Every request that reached the simulator, oldest first. */
export class RequestLog<E extends string = Endpoint> {
  private readonly requests: LoggedRequest<E>[] = [];

  get entries(): readonly LoggedRequest<E>[] {
    return this.requests;
  }

  add(request: LoggedRequest<E>): void {
    this.requests.push(request);
  }

  /** Requests that have all the properties given; all without any. */
  count(
    wanted: Partial<
      Pick<LoggedRequest<E>, 'endpoint' | 'status' | 'method' | 'credential'>
    > = {},
  ): number {
    return this.requests.filter(request =>
      (Object.keys(wanted) as (keyof typeof wanted)[]).every(
        key => request[key] === wanted[key],
      ),
    ).length;
  }

  clear(): void {
    this.requests.length = 0;
  }
}
