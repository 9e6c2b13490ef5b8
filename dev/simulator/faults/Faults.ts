import type { Endpoint } from '../endpoints';
import type { Fault } from './types';

export type FaultyRequest = { endpoint: Endpoint; method: string; url: string };

type Armed = { fault: Fault; seen: number };

export type Strike = {
  fault: Fault;
  /** Lets the request not count, since the fault changed nothing about it. */
  spare: () => void;
};

/** The faults in force; of several that fit a request the first strikes. */
export class Faults {
  private armed: Armed[] = [];

  /** @returns takes the fault away again */
  add(fault: Fault): () => void {
    const armed: Armed = { fault, seen: 0 };
    this.armed.push(armed);
    return () => {
      this.armed = this.armed.filter(other => other !== armed);
    };
  }

  clear(): void {
    this.armed = [];
  }

  /** The fault that strikes this request; counts the request. */
  strike(request: FaultyRequest): Strike | undefined {
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

function fits(fault: Fault, request: FaultyRequest): boolean {
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
