import { setTimeout as sleep } from 'node:timers/promises';
import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { BackendProcess } from '../../testing/BackendProcess';
import { CATALOG_PATHS } from './catalogFiles';
import { CloudWorld, WORKSPACE } from './CloudWorld';
import { Restart } from './plan';
import { linesOf } from './truth';
import { EXCLUDED_PROJECT } from './World';

const WALK = /^Walked (what changed in )?workspace /;
const WHOLE_WALK = /^Walked (?:workspace|instance) /;

/**
 * Without a filter: the catalog loses an entity from its index of them when it is
 * killed just as it writes that.
 */
const QUERY =
  'entities?fields=kind,metadata.name,metadata.annotations,spec.lifecycle,spec.target';

const END_LIMIT_MS = 60_000;

/** A backend that is filled from a world, in one process after the other. */
export class RestartableBackend {
  restarts = 0;
  private walksBefore = 0;

  private constructor(
    private readonly options: Parameters<typeof BackendProcess.fork>[0],
    private current: BackendProcess,
  ) {}

  static async start(
    world: CloudWorld,
    database: JsonObject,
  ): Promise<RestartableBackend> {
    const options = {
      config: toConfig(world),
      database,
      // So that a fault takes seconds, and not minutes.
      limits: { attemptTimeoutMs: 2_000, maxAttempts: 2, baseDelayMs: 100 },
    };
    const backend = await BackendProcess.fork(options);
    await backend.started();
    return new RestartableBackend(options, backend);
  }

  /** @throws Error when it does not end, or does not start again */
  async restart({ signal, waits }: Restart): Promise<void> {
    await this.end(signal);
    this.walksBefore += this.count(WALK);
    this.restarts += 1;
    this.current = await BackendProcess.fork(this.options);
    if (waits) {
      await this.current.started();
    }
  }

  /** @throws Error with the end of the log when it has ended by itself */
  async started(): Promise<void> {
    await this.current.started();
    if (!this.current.isAlive) {
      throw new Error(`The backend ended by itself. ${this.tail}`);
    }
  }

  async end(signal: Restart['signal']): Promise<void> {
    const limit = new AbortController();
    const late = sleep(END_LIMIT_MS, 'late', { signal: limit.signal });
    const result = await Promise.race([this.current.end(signal), late]);
    limit.abort();
    if (result === 'late') {
      throw new Error(`The backend does not end by ${signal}. ${this.tail}`);
    }
  }

  /** How many walks have come to their end. */
  get walks(): number {
    return this.walksBefore + this.count(WALK);
  }

  /** How many walks over everything have come to their end in this process. */
  get wholeWalks(): number {
    return this.count(WHOLE_WALK);
  }

  /** What the catalog shows, as lines of a truth. */
  async shows(): Promise<string[]> {
    const answer = await this.current.get(QUERY);
    return linesOf((await answer.json()) as Entity[]);
  }

  /** What the log ends with. */
  get tail(): string {
    return this.current.tail;
  }

  private count(pattern: RegExp): number {
    return this.current.messages('info').filter(line => pattern.test(line))
      .length;
  }
}

function toConfig({ simulator, account }: CloudWorld) {
  return {
    integrations: {
      bitbucketCloud: [
        {
          apiBaseUrl: simulator.apiBaseUrl,
          token: account.token,
          requestsPerHour: 100_000,
        },
      ],
    },
    catalog: {
      processingInterval: { seconds: 30 },
      providers: {
        bitbucketCloud: {
          workspace: WORKSPACE,
          catalogPath: CATALOG_PATHS,
          filters: { exclude: { projectKey: EXCLUDED_PROJECT } },
          schedule: {
            frequency: { seconds: 5 },
            timeout: { minutes: 5 },
            scope: 'local',
          },
          fullWalk: { seconds: 10 },
        },
      },
    },
  };
}
