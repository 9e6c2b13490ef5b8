import express, { Express, NextFunction, Request, Response } from 'express';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Accounts, SimulatedAccount } from './accounts';
import { SimulatorContext } from './context';
import { announceEvents, Deliveries, DeliveryOptions } from './deliveries';
import { endpointRuleFor } from './endpoints';
import { ApiError, PlainError, unknownUrl } from './errors';
import { Faults } from './faults';
import { RateLimiter, RateLimitOptions } from './limits';
import { pageRoutes } from './pages/pageRoutes';
import { LoggedRequest, RequestLog } from './requestLog';
import { apiRoutes, webRoutes } from './routes';
import { closeServer, listen, logRequests, strikeFaults } from './server';
import type { SimulatedWorkspace } from './world';

export type SimulatorOptions = {
  /** Default 0: any that is free. */
  port?: number;
  workspaces: SimulatedWorkspace[];
  /**
   * Credentials that are known. With none given, everything is open to
   * everybody, private repositories too, whatever `Authorization` says, and no
   * OAuth token is given out; with an empty list, everybody is anonymous.
   */
  accounts?: SimulatedAccount[];
  /** Default: no limits. */
  rateLimit?: RateLimitOptions;
  /** Whether app passwords still work. Default false, as since 28 July 2026. */
  appPasswords?: boolean;
  /**
   * Whether code search answers. Default false, as since 1 November 2026.
   */
  codeSearch?: boolean;
  /**
   * Whether the repository list has `mainbranch.target` for those who ask for
   * it through `fields`. Default true.
   */
  mainbranchTarget?: boolean;
  /** Where LFS contents are said to be. Default: Atlassian's media host. */
  mediaBaseUrl?: string;
  /** How the events of the workspaces are delivered to webhooks. */
  deliveries?: DeliveryOptions;
  /** Clock of commits, tokens and limits. Default `Date.now`. */
  now?: () => number;
};

const endpointOf = (path: string) => endpointRuleFor(path).endpoint;

const errorBody = (status: number, message: string) =>
  new ApiError(status, message).body;

/** A running Bitbucket Cloud. */
export class Simulator {
  readonly requests = new RequestLog();
  readonly faults = new Faults();
  /** The deliveries to the webhooks of the workspaces. */
  readonly deliveries: Deliveries;
  /** Scheme, host and port, such as `http://127.0.0.1:7990`. */
  readonly origin: string;
  /** Root of the REST API, without a trailing slash. */
  readonly apiBaseUrl: string;
  /** Serves what bitbucket.org does: OAuth tokens, archives, and pages of pull requests. */
  readonly webBaseUrl: string;
  private readonly accounts: Accounts;
  private readonly endAnnouncing: () => void;

  constructor(
    private readonly server: Server,
    private readonly options: SimulatorOptions,
  ) {
    const { port } = server.address() as AddressInfo;
    this.origin = `http://127.0.0.1:${port}`;
    this.apiBaseUrl = `${this.origin}/2.0`;
    this.webBaseUrl = this.origin;
    const now = options.now ?? Date.now;
    this.accounts = new Accounts(options.accounts, {
      appPasswords: options.appPasswords ?? false,
      now,
    });
    for (const workspace of options.workspaces) {
      workspace.now = now;
    }
    const context = this.createContext();
    this.deliveries = new Deliveries(options.deliveries);
    this.endAnnouncing = announceEvents(context, this.deliveries);
    server.on('request', this.createApp(context, now));
  }

  /** @throws Error when there is none of this slug */
  workspace(slug: string): SimulatedWorkspace {
    const found = this.options.workspaces.find(other => other.slug === slug);
    if (!found) {
      throw new Error(`The simulator has no workspace ${slug}`);
    }
    return found;
  }

  /** Makes every OAuth token that was given out worthless. */
  revokeTokens(): void {
    this.accounts.revokeTokens();
  }

  /** Closes every connection at once. */
  async stop(): Promise<void> {
    this.endAnnouncing();
    await this.deliveries.stop();
    await closeServer(this.server);
  }

  private createContext(): SimulatorContext {
    const { options } = this;
    return {
      workspaces: options.workspaces,
      accounts: this.accounts,
      origin: this.origin,
      apiBaseUrl: this.apiBaseUrl,
      mediaBaseUrl: options.mediaBaseUrl ?? 'https://api.media.atlassian.com',
      mainbranchTarget: options.mainbranchTarget ?? true,
      codeSearch: options.codeSearch ?? false,
    };
  }

  private createApp(context: SimulatorContext, now: () => number): Express {
    const { rateLimit } = this.options;
    const limiter = rateLimit && new RateLimiter(rateLimit, now);
    return (
      express()
        .disable('x-powered-by')
        .disable('etag')
        .set('query parser', 'simple')
        // Only people look at pages, and the log is about what a client requests.
        .use(pageRoutes(context))
        .use(
          logRequests(this.requests, endpointOf, now),
          strikeFaults(this.faults, endpointOf, errorBody),
          this.admit(limiter),
        )
        .use(webRoutes(context))
        .use('/2.0', apiRoutes(context))
        .use(() => {
          throw unknownUrl();
        })
        .use(sendError)
    );
  }

  /** Identifies the account of a request, checks its permission, and counts the request. */
  private admit(limiter: RateLimiter | undefined) {
    return (req: Request, res: Response, next: NextFunction) => {
      const rule = endpointRuleFor(req.path);
      const { endpoint, resource } = rule;
      if (endpoint === 'oauth') {
        next();
        return;
      }
      const viewer = this.accounts.authenticate(req.headers.authorization);
      const entry: LoggedRequest = res.locals.entry;
      entry.credential = viewer.name;
      res.locals.viewer = viewer;
      if (limiter && resource) {
        const counted =
          endpoint === 'src'
            ? (limiter.options.sourceCountsAs ?? resource)
            : resource;
        res.set(limiter.take(viewer, counted));
      }
      const scope = rule.scopes?.[req.method] ?? rule.scope;
      if (scope) {
        viewer.require(scope);
      }
      next();
    };
  }
}

/**
 * Starts Bitbucket Cloud on the loopback interface.
 *
 * @throws Error with `code` `EADDRINUSE` when the port is taken
 */
export async function startSimulator(
  options: SimulatorOptions,
): Promise<Simulator> {
  const server = await listen(options.port ?? 0);
  return new Simulator(server, options);
}

/** Express recognises error handlers by their four parameters. */
function sendError(
  error: unknown,
  _req: Request,
  res: Response,
  next: NextFunction,
): void {
  if (error instanceof ApiError) {
    res
      .status(error.status)
      .set(error.extra.headers ?? {})
      .json(error.body);
  } else if (error instanceof PlainError) {
    res.status(error.status).set(error.headers).type('text').send(error.text);
  } else {
    next(error);
  }
}
