import {
  LoggerService,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { countCatalogLocations } from '../catalog-tables/CatalogSnapshot';
import { readConflicts } from '../catalog-tables/differences';
import { ProviderConfig } from '../config/types';
import { WalkResult } from '../metrics/Metrics';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { ScmHost } from '../scm/ScmHost';
import {
  isForbiddenError,
  isNotFoundError,
  isUnauthorizedError,
} from '../scm/errors';
import { HeldRemovals } from './HeldRemovals';
import { WebhookHealth } from './WebhookHealth';
import { WalkLog } from './WalkReporter';
import { isIncluded, selectionOf } from './filters';

/** Whether a workspace can be read, and with what. */
type Access = {
  /** Milliseconds since the epoch. */
  checkedAt: number;
  isGranted: boolean;
  /** One line that says what to fix where it is not. Holds no secret. */
  message: string;
};

/** What reading a workspace last came to, in this process. */
export class WorkspaceAccess {
  readonly #host: ScmHost;
  readonly #workspace: string;
  #last?: Access;

  constructor(host: ScmHost, workspace: string) {
    this.#host = host;
    this.#workspace = workspace;
  }

  /** Absent before the first time. */
  get last(): Access | undefined {
    return this.#last;
  }

  /**
   * Asks for one repository, and says in the log whether it can be read, or what to
   * fix. One request; never rejects.
   */
  async check(logger: LoggerService, signal: AbortSignal): Promise<void> {
    const access = await this.#ask(signal);
    if (!signal.aborted) {
      this.#last = access;
      logger[access.isGranted ? 'info' : 'warn'](access.message);
    }
  }

  /** It was read just now. */
  noteRead(): void {
    this.#last = this.#granted();
  }

  /** Reading it has failed just now, which may be a refusal. */
  noteFailure(error: unknown): void {
    if (
      isUnauthorizedError(error) ||
      isForbiddenError(error) ||
      isNotFoundError(error)
    ) {
      this.#last = this.#refused(error.message);
    }
  }

  async #ask(signal: AbortSignal): Promise<Access> {
    const workspace = this.#workspace;
    const one = { pageSize: 1 };
    try {
      const pages = this.#host.repositories({ workspace }, one, undefined, {
        signal,
      });
      for await (const { repositories } of pages) {
        if (repositories.length > 0) {
          return this.#granted();
        }
      }
      return this.#refused(
        'the credential sees no repository in it. Give it access to the repositories, unless there are none',
      );
    } catch (error) {
      return this.#refused(toError(error).message);
    }
  }

  /** To begin a sentence. */
  get #place(): string {
    const { workspaceKind: kind } = this.#host.names;
    return `${kind === 'workspace' ? 'Workspace' : 'Instance'} ${this.#workspace}`;
  }

  #granted(): Access {
    return {
      checkedAt: Date.now(),
      isGranted: true,
      message: `${this.#place} can be read (${this.#credential})`,
    };
  }

  #refused(why: string): Access {
    return {
      checkedAt: Date.now(),
      isGranted: false,
      message: `${this.#place} cannot be read (${this.#credential}): ${why}`,
    };
  }

  get #credential(): string {
    const { credential } = this.#host;
    return credential.kind === 'anonymous'
      ? 'anonymous requests'
      : credential.label;
  }
}

/**
 * When a task runs next, as Backstage's scheduler has it: a frequency counts
 * from the start of the last run, and what is overdue runs at once.
 *
 * @param startedAt - of the last run, in milliseconds since the epoch
 * @returns undefined for a cron expression, whose next time only the scheduler
 * knows, and for a task that only runs when it is triggered
 */
export function nextRun(
  { frequency }: SchedulerServiceTaskScheduleDefinition,
  startedAt: number,
): Date | undefined {
  if ('trigger' in frequency || 'cron' in frequency) {
    return undefined;
  }
  const due = startedAt + durationToMilliseconds(frequency);
  return new Date(Math.max(due, Date.now()));
}

/** How an entity provider is doing. Times are in ISO 8601. */
export type ProviderStatus = {
  id: string;
  workspace: string;
  /** What asking for the workspace last came to, in this process; absent before. */
  access?: { checkedAt: string; isGranted: boolean; message: string };
  /** Absent before the first one has ended. */
  lastWalk?: {
    startedAt: string;
    endedAt: string;
    seconds: number;
    result: WalkResult;
    message: string;
    requests: number;
  };
  /** Absent where walks are triggered by hand alone, or none has ended. */
  nextWalkAt?: string;
  /** That the filters let in, in the last whole list; absent before. */
  repositories?: number;
  /** How many Locations the catalog has of it. */
  locations: number;
  /** Of its workspace; absent where none has come yet and none was missed. */
  deliveries?: {
    /** When the last one came, to the minute. */
    lastAt?: string;
    /** Since when walks find changes that no delivery announced. */
    silentSince?: string;
  };
  /**
   * Locations that were found and are not added, since another source has them in
   * the catalog. At most 100.
   */
  conflicts?: {
    target: string;
    /** The location key of that source, such as an entity provider's name. */
    holder: string;
  }[];
  /** Repositories that cannot be read, and keep their entities; absent where all can. */
  failing?: {
    /** `workspace/repository`. */
    repository: string;
    since: string;
    /** When it is tried again, unless it changes before. */
    retryAt: string;
    message: string;
  }[];
  /** Locations that are kept although no walk finds them. */
  held?: {
    since: string;
    reason: string;
    locations: number;
    /** Whether the next walk may remove them. */
    isApproved: boolean;
  };
};

/**
 * Reads the status of an entity provider, whichever replica walks.
 *
 * @param name - the entity provider's
 */
export async function readStatus(
  index: WorkspaceIndex,
  name: string,
  config: ProviderConfig,
  access?: Access,
): Promise<ProviderStatus> {
  const knex = await index.open();
  const walk = await new WalkLog(knex, name).last();
  const hold = await new HeldRemovals(knex, name).read();
  const conflicts = await readConflicts(index.catalog, name);
  const { heardAt, silentSince } = await new WebhookHealth(knex, name).read();
  return {
    id: config.id,
    workspace: config.workspace,
    access: access && { ...access, checkedAt: iso(access.checkedAt) },
    lastWalk: walk && {
      startedAt: iso(walk.startedAt),
      endedAt: iso(walk.endedAt),
      seconds: (walk.endedAt - walk.startedAt) / 1000,
      result: walk.result,
      message: walk.message,
      requests: walk.requests,
    },
    nextWalkAt: walk && nextRun(config.schedule, walk.startedAt)?.toISOString(),
    repositories: walk?.repositories,
    locations: await countCatalogLocations(index.catalog, name),
    deliveries:
      heardAt !== undefined || silentSince !== undefined
        ? {
            lastAt: isoOf(heardAt),
            silentSince: isoOf(silentSince),
          }
        : undefined,
    conflicts: conflicts.length > 0 ? conflicts : undefined,
    failing: await readFailing(index, config),
    held: hold && {
      since: iso(hold.heldAt),
      reason: hold.reason,
      locations: hold.targets.length,
      isApproved: hold.approved !== undefined,
    },
  };
}

async function readFailing(
  { failing, repositories }: WorkspaceIndex,
  config: ProviderConfig,
): Promise<ProviderStatus['failing']> {
  const all = await failing.all();
  const uuids = [...all.keys()];
  const found = await repositories.byUuid(selectionOf(config), uuids);
  const listed = found
    .filter(repository => isIncluded(repository, config.filters))
    .flatMap(({ uuid, fullName }) => {
      const one = all.get(uuid);
      return one ? [{ ...one, repository: fullName }] : [];
    })
    .sort((a, b) => a.repository.localeCompare(b.repository))
    .map(({ repository, since, retryAt, message }) => ({
      repository,
      since: iso(since),
      retryAt: iso(retryAt),
      message,
    }));
  return listed.length > 0 ? listed : undefined;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isoOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : iso(time);
}
