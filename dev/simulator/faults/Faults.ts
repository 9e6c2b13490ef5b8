import type { Endpoint } from '../endpoints';
import type { Fault, FaultKind } from './types';

type FaultyRequest<E extends string = Endpoint> = {
  endpoint: E;
  method: string;
  url: string;
};

type Armed<E extends string> = { fault: Fault<E>; seen: number };

export type Strike = {
  fault: FaultKind;
  /** Lets the request not count, since the fault changed nothing about it. */
  spare: () => void;
};

/** The faults in force; of several that fit a request the first strikes. */
export class Faults<E extends string = Endpoint> {
  private armed: Armed<E>[] = [];

  /** @returns takes the fault away again */
  add(fault: Fault<E>): () => void {
    const armed: Armed<E> = { fault, seen: 0 };
    this.armed.push(armed);
    return () => {
      this.armed = this.armed.filter(other => other !== armed);
    };
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault that strikes this request; counts the request. */
  strike(request: FaultyRequest<E>): Strike | undefined {
    for (const armed of this.armed) {
      if (!fits(armed.fault, request)) {
        continue;
      }
      const { skip = 0, times = Infinity } = armed.fault;
      armed.seen += 1;
      if (armed.seen > skip && armed.seen <= skip + times) {
        const spare = () => {
          armed.seen -= 1;
        };
        return { fault: armed.fault, spare };
      }
    }
    return undefined;
  }
}

function fits<E extends string>(
  fault: Fault<E>,
  request: FaultyRequest<E>,
): boolean {
  const { endpoint, method, path } = fault;
  return (
    (endpoint === undefined || endpoint === request.endpoint) &&
    (method === undefined || method === request.method) &&
    (path === undefined ||
      (typeof path === 'string'
        ? request.url.includes(path)
        : path.test(request.url)))
  );
}
