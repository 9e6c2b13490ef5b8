import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { createServer, Server } from 'node:http';
import { applyFault, ErrorBody, Faults } from './faults';
import type { LoggedRequest, RequestLog } from './requestLog';

/**
 * A server on the loopback interface.
 *
 * @param port - 0 is any that is free
 * @throws Error with `code` `EADDRINUSE` when the port is taken
 */
export async function listen(port: number): Promise<Server> {
  const server = createServer();
  // After five seconds, which are few on a busy machine, it would close a
  // connection at the moment when it is to be used again.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/** Closes every connection at once. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What a product's endpoints are called, by the path of a request. */
type EndpointOf<E extends string> = (path: string) => E;

/** Logs each request; `res.locals.entry` is its entry. */
export function logRequests<E extends string>(
  log: RequestLog<E>,
  endpointOf: EndpointOf<E>,
  now: () => number,
): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const { searchParams } = new URL(req.originalUrl, 'http://simulator');
    const entry: LoggedRequest<E> = {
      at: now(),
      method: req.method,
      path: req.path,
      query: Object.fromEntries(searchParams),
      endpoint: endpointOf(req.path),
      authorization: req.headers.authorization !== undefined,
      userAgent: req.headers['user-agent'],
    };
    log.add(entry);
    res.locals.entry = entry;
    const noteStatus = () => {
      entry.status = res.headersSent ? res.statusCode : undefined;
    };
    res.once('finish', noteStatus).once('close', noteStatus);
    next();
  };
}

/** Lets the faults in force strike. */
export function strikeFaults<E extends string>(
  faults: Faults<E>,
  endpointOf: EndpointOf<E>,
  errorBody: ErrorBody,
): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const strike = faults.strike({
      endpoint: endpointOf(req.path),
      method: req.method,
      url: req.originalUrl,
    });
    if (strike) {
      applyFault(strike, res, next, errorBody);
    } else {
      next();
    }
  };
}
