import { Endpoint } from './endpoints';

export type LoggedRequest = {
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  /** Path of the URL, still encoded. */
  path: string;
  query: Record<string, string>;
  endpoint: Endpoint;
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
export class RequestLog {
  private readonly requests: LoggedRequest[] = [];

  get entries(): readonly LoggedRequest[] {
    return this.requests;
  }

  add(request: LoggedRequest): void {
    this.requests.push(request);
  }

  /** Requests that have all the properties given; all without any. */
  count(
    wanted: Partial<
      Pick<LoggedRequest, 'endpoint' | 'status' | 'method' | 'credential'>
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
