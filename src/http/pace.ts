import { LoggerService } from '@backstage/backend-plugin-api';
import { RateLimitedError } from '../scm/errors';
import { Purpose } from '../scm/types';
import { BusyRepositories } from './busyRepositories';
import { lowered, raised, readGrantedRate, UNLIMITED } from './rate';
import { RepositoryPauses } from './repositoryPauses';
import { readErrorBody } from './responseBody';
import { readRetryAfter, RATE_LIMIT_WINDOW_MS, Timing } from './retry';
import { HttpRequest, HttpResponse, Send } from './transport';
import { displayUrl } from './urls';

/** Purposes whose requests wait for all others, and leave a part of the rate to them. */
const PATIENT = new Set<Purpose>(['walk', 'recheck', 'pull-request']);

/** The part of the rate that patient requests may use. */
const PATIENT_SHARE = 0.8;

/** How long to pause after a refusal that names no time, at least and at most. */
const PAUSE_MS = [1_000, 2_000];

/** What a request may be, as far as its turn depends on it. */
type Lane = 'first' | 'patient' | 'sweep';

type Waiting = {
  request: HttpRequest;
  lane: Lane;
  go(): void;
  fail(error: Error): void;
};

type PaceOptions = {
  timing: Timing;
  logger: LoggerService;
  /** What the requests are sent to, for people. */
  product: string;
  /** Most requests under way at once. */
  concurrency: number;
  /** Most requests a second, of all processes. Default: as many as the host grants. */
  requestsPerSecond?: number;
  /** Most requests a second that are part of a sweep. Default 4. */
  sweepPerSecond?: number;
  /** Whether a request asks again for something of which all is known. Default: none does. */
  isSweep?(request: HttpRequest): boolean;
  /** The name of the repository that a URL is below. Default: of none is known. */
  repositoryOf?(url: string): string | undefined;
  /** By how many the rates are divided: the processes that share them. Default 1. */
  processes?(): number;
};

/**
 * Lets requests go: so many at once, and, where there is a limit, so many a second. What
 * someone waits for goes before walks, which leave a fifth of the rate to it.
 *
 * - Nothing limits the rate at first but `requestsPerSecond`.
 * - A 429 or 503 keeps all requests back, for as long as the host asks or else for a
 *   second or two, and lowers the rate. Those that answer what left before belong to it.
 * - A 503 of a single repository does neither; see `BusyRepositories`. If it asks for a
 *   pause, that repository is left alone for so long.
 * - The rate rises again step by step while there is no refusal.
 * - A pause that is longer than `maxRetryAfterMs` is not waited for: requests fail at
 *   once, with nothing sent, until its end is near enough.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #waiting: Record<Lane, Waiting[]> = {
    first: [],
    patient: [],
    sweep: [],
  };
  /** When the next request of a lane may go, as far as the rate is concerned. */
  readonly #nextAt: Record<Lane, number> = {
    first: -Infinity,
    patient: -Infinity,
    sweep: -Infinity,
  };
  #rate = UNLIMITED;
  #refusals = 0;
  #pausedAt = 0;
  #pausedUntil = 0;
  #pauseStatus = 429;
  readonly #busy = new BusyRepositories();
  readonly #repositoryPauses: RepositoryPauses;
  #active = 0;
  #wakeAt = Infinity;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#repositoryPauses = new RepositoryPauses(options.timing, url =>
      this.#repositoryOf(url),
    );
  }

  /** Sends a request when its turn has come. */
  async send(request: HttpRequest, send: Send): Promise<HttpResponse> {
    await this.#repositoryPauses.waitForEnd(request);
    await this.#turn(request);
    const refusals = this.#refusals;
    try {
      const response = await send(request);
      this.#note(request, response, refusals);
      return response;
    } finally {
      this.#active -= 1;
      this.#letGo();
    }
  }

  /** Requests a second that may be sent now, by this process. */
  get perSecond(): number {
    this.#rate = raised(this.#rate, this.#now());
    const { requestsPerSecond = Infinity } = this.#options;
    return (
      Math.min(this.#rate.perSecond, requestsPerSecond) / this.#processes()
    );
  }

  #turn(request: HttpRequest): Promise<void> {
    const { signal } = request;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const lane = this.#waiting[this.#laneOf(request)];
      const giveUp = () => {
        lane.splice(lane.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      const end = () => signal?.removeEventListener('abort', giveUp);
      const waiting: Waiting = {
        request,
        lane: this.#laneOf(request),
        go() {
          end();
          resolve();
        },
        fail(error) {
          end();
          reject(error);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      lane.push(waiting);
      this.#letGo();
    });
  }

  #laneOf(request: HttpRequest): Lane {
    if (!PATIENT.has(request.purpose ?? 'read')) {
      return 'first';
    }
    return this.#options.isSweep?.(request) ? 'sweep' : 'patient';
  }

  /** Lets all go that may, and comes back when the next one may. */
  #letGo(): void {
    const now = this.#now();
    this.#forgetTimesToCome(now);
    if (this.#pausedUntil - now > this.#options.timing.maxRetryAfterMs) {
      this.#failAll();
      return;
    }
    while (this.#active < this.#options.concurrency) {
      const next = this.#next();
      if (!next) {
        return;
      }
      const at = this.#mayGoAt(next.lane);
      if (at > now) {
        this.#wakeUp(at);
        return;
      }
      this.#waiting[next.lane].shift();
      this.#count(next.lane, now);
      this.#active += 1;
      next.go();
    }
  }

  /** The one whose turn is next: the first of those that may go the soonest. */
  #next(): Waiting | undefined {
    const now = this.#now();
    const lanes: Lane[] = ['first', 'patient', 'sweep'];
    const [lane] = lanes
      .filter(name => this.#waiting[name].length > 0)
      .sort(
        (a, b) =>
          Math.max(now, this.#mayGoAt(a)) - Math.max(now, this.#mayGoAt(b)),
      );
    return lane && this.#waiting[lane][0];
  }

  #mayGoAt(lane: Lane): number {
    const { first, patient, sweep } = this.#nextAt;
    return Math.max(
      this.#pausedUntil,
      first,
      lane === 'first' ? first : patient,
      lane === 'sweep' ? sweep : first,
    );
  }

  #count(lane: Lane, now: number): void {
    const { perSecond } = this;
    const { sweepPerSecond = 4 } = this.#options;
    this.#nextAt.first = now + 1_000 / perSecond;
    if (lane !== 'first') {
      this.#nextAt.patient = now + 1_000 / (perSecond * PATIENT_SHARE);
    }
    if (lane === 'sweep') {
      this.#nextAt.sweep = now + (1_000 * this.#processes()) / sweepPerSecond;
    }
  }

  #wakeUp(at: number): void {
    if (at >= this.#wakeAt) {
      return;
    }
    this.#wakeAt = at;
    const wake = () => {
      if (this.#wakeAt === at) {
        this.#wakeAt = Infinity;
      }
      this.#letGo();
    };
    const ms = Math.ceil(at - this.#now());
    this.#options.timing.sleep(ms).then(wake, wake);
  }

  #note(request: HttpRequest, response: HttpResponse, refusals: number): void {
    const { status } = response;
    if (status !== 429 && status !== 503) {
      if (status < 500) {
        this.#busy.answered();
        this.#repositoryPauses.answered(request);
      }
      return;
    }
    const now = this.#now();
    const { timing } = this.#options;
    const asked = readRetryAfter(response, now);
    if (status === 503 && !this.#isOfHost(request, asked)) {
      return;
    }
    const [least, most] = PAUSE_MS;
    this.#busy.hostRefused();
    if (refusals === this.#refusals) {
      this.#refusals += 1;
      const granted = readGrantedRate(response.headers);
      this.#rate = lowered(raised(this.#rate, now), now, granted);
      const length =
        asked ?? Math.round(least + timing.random() * (most - least));
      this.#pause(request, status, now + length);
    } else if (asked !== undefined) {
      this.#pause(request, status, now + asked);
    }
    const wait = this.#pausedUntil - now;
    if (status === 429 || wait > timing.maxRetryAfterMs) {
      throw this.#refusal(request, response);
    }
  }

  /** Whether a 503 is more than the trouble of a repository, which is left alone then. */
  #isOfHost({ url }: HttpRequest, asked: number | undefined): boolean {
    const repository = this.#repositoryOf(url);
    if (this.#busy.isOfHost(repository, this.#now())) {
      return true;
    }
    if (repository !== undefined && asked !== undefined) {
      this.#repositoryPauses.pause(repository, asked);
    }
    return false;
  }

  #repositoryOf(url: string): string | undefined {
    return this.#options.repositoryOf?.(url);
  }

  #pause(request: HttpRequest, status: number, until: number): void {
    const { logger, product } = this.#options;
    const now = this.#now();
    if (until <= this.#pausedUntil) {
      return;
    }
    if (this.#pausedUntil <= now) {
      const { method, url } = request;
      logger.warn(
        `${product} answered ${status}, so no requests are sent until ${new Date(until).toISOString()}, and then at most ${Number(this.perSecond.toFixed(1))} a second (${method} ${displayUrl(url)})`,
      );
    }
    this.#pausedAt = now;
    this.#pausedUntil = until;
    this.#pauseStatus = status;
  }

  /** A clock that was set back would make a wait as much longer. */
  #forgetTimesToCome(now: number): void {
    if (this.#pausedAt > now) {
      this.#pausedAt = now;
      this.#pausedUntil = now;
    }
    for (const lane of ['first', 'patient', 'sweep'] as const) {
      if (this.#nextAt[lane] - now > RATE_LIMIT_WINDOW_MS) {
        this.#nextAt[lane] = now;
      }
    }
  }

  #failAll(): void {
    for (const lane of Object.values(this.#waiting)) {
      for (const { fail, request } of lane.splice(0)) {
        fail(this.#refusal(request));
      }
    }
  }

  #refusal(request: HttpRequest, response?: HttpResponse): RateLimitedError {
    const { method, url } = request;
    const retryAt = new Date(this.#pausedUntil);
    return new RateLimitedError(
      `${this.#options.product} answered ${this.#pauseStatus}, so no requests are sent until ${retryAt.toISOString()}`,
      {
        method,
        url: displayUrl(url),
        status: this.#pauseStatus,
        retryAt,
        bitbucketMessage:
          response && readErrorBody(response.body, request).message,
      },
    );
  }

  #processes(): number {
    return Math.max(1, this.#options.processes?.() ?? 1);
  }

  #now(): number {
    return this.#options.timing.now();
  }
}

/** Sends each request, retries and redirects included, when its turn has come. */
export function withPace(send: Send, pace: Pace): Send {
  return request => pace.send(request, send);
}
