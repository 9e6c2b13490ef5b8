import express, { Express, NextFunction, Request, Response } from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deliveries, DeliveryOptions } from '../deliveries';
import { Faults } from '../faults';
import { LoggedRequest, RequestLog } from '../requestLog';
import { closeServer, listen, logRequests, strikeFaults } from '../server';
import { Accounts, DataCenterAccount } from './accounts';
import { announceEvents, DataCenterDeliveries } from './announce';
import { DataCenterContext, PageLimits, Quirks } from './context';
import { Endpoint, endpointOf, isGitBacked } from './endpoints';
import {
  ApiError,
  badRequest,
  EmptyError,
  Moved,
  notFound,
  serverBusy,
} from './errors';
import type { SimulatedHook } from './hooks';
import type { SimulatedInstance } from './instance';
import { RateLimiter, RateLimitOptions } from './rateLimit';
import { routes } from './routes';
import { ping, SENDING } from './send';

export type DataCenterOptions = {
  instance: SimulatedInstance;
  /** Default 0: any that is free. */
  port?: number;
  /** Such as `/bitbucket`. Default: none. */
  contextPath?: string;
  /**
   * Credentials that are known. With none given, everything is open to
   * everybody, whatever `Authorization` says; with an empty list, everybody is
   * anonymous.
   */
  accounts?: DataCenterAccount[];
  /** Whether everybody may see public repositories. Default false. */
  publicAccess?: boolean;
  /** Whether Basic authentication is switched on. Default true. */
  basicAuthentication?: boolean;
  /** Default: none, as an instance has it until an administrator turns it on. */
  rateLimit?: RateLimitOptions;
  /** How many requests that run git are answered at once. Default: any number. */
  gitRequestsAtOnce?: number;
  /** The most that a page of each list holds. */
  limits?: Partial<PageLimits>;
  /** Behaviour that is not documented. */
  quirks?: Partial<Quirks>;
  /** Whether the hashes of the mirror API are there. Default false: 409. */
  mirrorHashes?: boolean;
  /** What `links` begin with, where it is not {@link DataCenterSimulator.baseUrl}. */
  linkBaseUrl?: string;
  /** Default 9.4.24. */
  version?: string;
  /** How what happens is delivered to webhooks. */
  deliveries?: DeliveryOptions;
  /** Clock of commits, credentials and limits. Default `Date.now`. */
  now?: () => number;
};

const LIMITS: PageLimits = {
  projects: 1_000,
  repositories: 1_000,
  branches: 1_000,
  commits: 100,
  changes: 1_000,
  files: 100_000,
  lines: 5_000,
  pullRequests: 100,
  others: 1_000,
};

const QUIRKS: Quirks = {
  hiddenAs: 401,
  shortHashes: true,
  personalProjectsListed: false,
  personalRepositoriesListed: true,
  archivedInProjects: true,
  secretsShown: false,
  redirects: true,
  redirectStatus: 307,
  submodulesInFiles: true,
};

/** Answers of these are not JSON. */
const BYTES = new Set<Endpoint>(['raw', 'archive']);

/** A running Bitbucket Data Center. */
export class DataCenterSimulator {
  readonly requests = new RequestLog<Endpoint>();
  readonly faults = new Faults<Endpoint>();
  readonly instance: SimulatedInstance;
  /** The deliveries to the webhooks of the instance. */
  readonly deliveries: DataCenterDeliveries;
  /** Scheme, host and port, such as `http://127.0.0.1:7990`. */
  readonly origin: string;
  /** With the context path, and without a trailing slash. */
  readonly baseUrl: string;
  private readonly now: () => number;
  private readonly context: DataCenterContext;
  private readonly endAnnouncing: () => void;
  private readonly stopping = new AbortController();
  private gitRequests = 0;

  constructor(
    private readonly server: Server,
    private readonly options: DataCenterOptions,
  ) {
    const { port } = server.address() as AddressInfo;
    this.origin = `http://127.0.0.1:${port}`;
    this.baseUrl = `${this.origin}${options.contextPath ?? ''}`;
    this.instance = options.instance;
    this.now = options.now ?? Date.now;
    this.instance.now = this.now;
    this.context = {
      instance: options.instance,
      baseUrl: this.baseUrl,
      linkBaseUrl: options.linkBaseUrl ?? this.baseUrl,
      limits: { ...LIMITS, ...options.limits },
      quirks: { ...QUIRKS, ...options.quirks },
      publicAccess: options.publicAccess ?? options.accounts === undefined,
      mirrorHashes: options.mirrorHashes ?? false,
      version: options.version ?? '9.4.24',
      now: this.now,
      ping: url => this.pingUrl(url),
    };
    this.deliveries = new Deliveries(options.deliveries, SENDING);
    this.endAnnouncing = announceEvents(this.context, this.deliveries);
    server.on('request', this.createApp());
  }

  /** Closes every connection at once. */
  async stop(): Promise<void> {
    this.endAnnouncing();
    this.stopping.abort();
    await this.deliveries.stop();
    await closeServer(this.server);
  }

  /**
   * Tests the connection to a webhook.
   *
   * @returns the status of its answer; undefined where none came
   */
  ping({ url }: Pick<SimulatedHook, 'url'>): Promise<number | undefined> {
    return this.pingUrl(url);
  }

  private pingUrl(url: string): Promise<number | undefined> {
    const timeout = this.options.deliveries?.timeout ?? 10_000;
    return ping(url, { timeout, signal: this.stopping.signal });
  }

  private createApp(): Express {
    const { contextPath = '' } = this.options;
    const instance = express
      .Router()
      .use(
        logRequests(this.requests, endpointOf, this.now),
        this.countGitRequests(),
        strikeFaults(this.faults, endpointOf, errorBody),
        this.admit(),
        routes(this.context),
      );
    return express()
      .disable('x-powered-by')
      .disable('etag')
      .set('query parser', 'simple')
      .use(contextPath === '' ? '/' : contextPath, instance)
      .use(() => {
        throw notFound();
      })
      .use(this.sendError());
  }

  /** Turns away what is too much at once; faults make requests take their time. */
  private countGitRequests() {
    const most = this.options.gitRequestsAtOnce ?? Infinity;
    return (req: Request, res: Response, next: NextFunction) => {
      if (!isGitBacked(endpointOf(req.path))) {
        next();
        return;
      }
      if (this.gitRequests >= most) {
        throw serverBusy();
      }
      this.gitRequests += 1;
      res.once('close', () => {
        this.gitRequests -= 1;
      });
      next();
    };
  }

  /** Identifies the user of a request, and counts the request. */
  private admit() {
    const { now, options } = this;
    const accounts = new Accounts(options.accounts, {
      instance: options.instance,
      publicAccess: this.context.publicAccess,
      basicAuthentication: options.basicAuthentication ?? true,
      now,
    });
    const limiter =
      options.rateLimit && new RateLimiter(options.rateLimit, now);
    let answered = 0;
    return (req: Request, res: Response, next: NextFunction) => {
      answered += 1;
      res.set('X-AREQUESTID', `*SIM${answered}x${answered}x0`);
      const viewer = accounts.authenticate(req.headers.authorization);
      const entry: LoggedRequest<Endpoint> = res.locals.entry;
      entry.credential = viewer.name;
      res.locals.viewer = viewer;
      if (!viewer.isAnonymous) {
        res.set('X-AUSERNAME', encodeURIComponent(viewer.name));
      }
      limiter?.take(viewer);
      if (!BYTES.has(entry.endpoint) && !req.accepts('json')) {
        throw new EmptyError(406);
      }
      next();
    };
  }

  /** Express recognises error handlers by their four parameters. */
  private sendError() {
    return (
      error: unknown,
      req: Request,
      res: Response,
      next: NextFunction,
    ): void => {
      if (error instanceof ApiError) {
        res
          .status(error.status)
          .set(error.extra.headers ?? {})
          .json(error.body);
      } else if (error instanceof Moved) {
        const { redirectStatus } = this.context.quirks;
        res.redirect(redirectStatus, this.elsewhere(req, error));
      } else if (error instanceof EmptyError) {
        res.status(error.status).end();
      } else if (isBadBody(error)) {
        res.status(400).json(badRequest('The body is not JSON').body);
      } else {
        next(error);
      }
    };
  }

  private elsewhere({ originalUrl }: Request, { to }: Moved): string {
    const address = to.includes('/repos/')
      ? /\/projects\/[^/?]+\/repos\/[^/?]+/
      : /\/projects\/[^/?]+/;
    return `${this.origin}${originalUrl.replace(address, to)}`;
  }
}

const errorBody = (status: number, message: string) =>
  new ApiError(status, message).body;

const isBadBody = (error: unknown) =>
  error instanceof SyntaxError && 'body' in error;

/**
 * Starts Bitbucket Data Center on the loopback interface.
 *
 * @throws Error with `code` `EADDRINUSE` when the port is taken
 */
export async function startDataCenterSimulator(
  options: DataCenterOptions,
): Promise<DataCenterSimulator> {
  return new DataCenterSimulator(await listen(options.port ?? 0), options);
}
