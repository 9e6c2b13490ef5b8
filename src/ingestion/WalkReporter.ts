import { LoggerService } from '@backstage/backend-plugin-api';
import { Knex } from 'knex';
import { WalkResult } from '../metrics/Metrics';
import { RateLimitedError } from '../scm/errors';
import { WorkspaceKind } from '../scm/names';
import { ProviderWalk } from './ProviderWalk';
import { WalkTotals } from './applyPlan';
import { Skipped, SkipReason } from './repositoryFiles';

/** What a walk took. */
export type WalkCost = { requests: number; seconds: number };

/**
 * The line that ends a walk: `Walked workspace acme: 31 repositories, 2 skipped
 * (1 empty, 1 failing), 28 catalog files, 1 added, 0 removed, 1 missing but kept, 32
 * requests, 1.4 seconds`. Kept are Locations whose files were not found, without
 * proof that they are gone.
 */
function summarizeWalk(
  place: string,
  walk: ProviderWalk,
  cost: WalkCost,
): string {
  const { totals } = walk;
  const what = walk.isWhole ? '' : 'what changed in ';
  const parts = [
    count(walk.repositories.length, 'repository', 'repositories'),
    `${totals.skipped.length} skipped${countReasons(totals.skipped)}`,
    summarizeTotals(totals, cost),
  ];
  return `Walked ${what}${place}: ${parts.join(', ')}`;
}

/**
 * What came of a walk or a delivery, and what it took.
 *
 * @param options.alwaysChanged - whether "0 changed" is worth a word. Default false.
 */
export function summarizeTotals(
  totals: WalkTotals,
  { requests, seconds }: WalkCost,
  { alwaysChanged = false } = {},
): string {
  const { found, added, changed, removed, unconfirmed } = totals;
  return [
    count(found, 'catalog file', 'catalog files'),
    `${added} added`,
    ...(changed > 0 || alwaysChanged ? [`${changed} changed`] : []),
    `${removed} removed`,
    ...(unconfirmed > 0 ? [`${unconfirmed} missing but kept`] : []),
    count(requests, 'request', 'requests'),
    `${seconds.toFixed(1)} seconds`,
  ].join(', ');
}

/** Begins the line of a walk that failed. */
export function walkFailed(
  workspace: string,
  kind: WorkspaceKind = 'workspace',
): string {
  return `The walk of ${kind} ${workspace} failed, and the catalog keeps its entities`;
}

/** Begins the line of a walk that may send nothing for now. */
export function walkPaused(
  workspace: string,
  until: string,
  kind: WorkspaceKind = 'workspace',
): string {
  return `The walk of ${kind} ${workspace} is paused and continues after ${until}`;
}

/** Such as `1 catalog file`, `2 catalog files`. */
export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function countReasons(skipped: Skipped[]): string {
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skipped) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const parts = [...counts].map(([reason, number]) => `${number} ${reason}`);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/** The result of a walk. */
export type WalkRecord = {
  /** Milliseconds since the epoch. */
  startedAt: number;
  endedAt: number;
  result: WalkResult;
  /** The line that it ended with in the log. */
  message: string;
  /** To Bitbucket. */
  requests: number;
  /** That the filters let in, in the last whole list. */
  repositories?: number;
};

type WalkRow = {
  provider: string;
  started_at: number;
  ended_at: number;
  result: WalkResult;
  message: string;
  requests: number;
  repositories: number | null;
};

/** Keeps the result of an entity provider's last walk, whichever replica ran it. */
export class WalkLog {
  readonly #knex: Knex;
  readonly #provider: string;

  /** @param provider - its name */
  constructor(knex: Knex, provider: string) {
    this.#knex = knex;
    this.#provider = provider;
  }

  async last(): Promise<WalkRecord | undefined> {
    const row = await this.#knex<WalkRow>('bitbucket__walks')
      .where({ provider: this.#provider })
      .first();
    return (
      row && {
        startedAt: row.started_at,
        endedAt: row.ended_at,
        result: row.result,
        message: row.message,
        requests: row.requests,
        repositories: row.repositories ?? undefined,
      }
    );
  }

  /** How many repositories there are stays as it is where the walk does not know. */
  async save(walk: WalkRecord): Promise<void> {
    const row = {
      provider: this.#provider,
      started_at: walk.startedAt,
      ended_at: walk.endedAt,
      result: walk.result,
      message: walk.message,
      requests: walk.requests,
      ...(walk.repositories === undefined
        ? {}
        : { repositories: walk.repositories }),
    };
    await this.#knex<WalkRow>('bitbucket__walks')
      .insert(row)
      .onConflict('provider')
      .merge();
  }
}

/** Pauses that end within this time of each other are logged once. */
const SAME_PAUSE_MS = 60_000;

/** Says in the log how walks end, each with one line, which it gives back. */
export class WalkReporter {
  readonly #workspace: string;
  readonly #kind: WorkspaceKind;
  readonly #logger: LoggerService;
  #pausedUntil = 0;
  #conflicts = new Set<string>();
  #silentSince?: number;

  /** @param kind - what the workspace is called */
  constructor(workspace: string, kind: WorkspaceKind, logger: LoggerService) {
    this.#workspace = workspace;
    this.#kind = kind;
    this.#logger = logger;
  }

  get #place(): string {
    return `${this.#kind} ${this.#workspace}`;
  }

  finished(walk: ProviderWalk, cost: WalkCost): string {
    const summary = summarizeWalk(this.#place, walk, cost);
    const isNews = walk.isWhole || walk.hasUpdates || walk.totals.isNews;
    this.#logger[isNews ? 'info' : 'debug'](summary);
    this.#logSkipped(walk);
    if (walk.totals.tooLong.length > 0) {
      const [{ target }] = walk.totals.tooLong;
      this.#logger.warn(
        `${walk.totals.tooLong.length} of the catalog files that were added have URLs of more than 2048 characters, which Backstage does not read. Shorten their paths. The first is ${target.slice(0, 200)}…`,
      );
    }
    this.#warnOfConflicts(walk);
    // A hold lasts until someone fixes its cause, so it is not repeated with every walk.
    if (walk.held && walk.held !== walk.hold?.reason) {
      this.#logger.warn(walk.held);
    }
    return summary;
  }

  paused(walk: ProviderWalk, { retryAt, message }: RateLimitedError): string {
    const until = retryAt.getTime();
    const isNews = Math.abs(until - this.#pausedUntil) > SAME_PAUSE_MS;
    this.#pausedUntil = until;
    const progress =
      walk.repositories.length > 0
        ? `${walk.totals.lookedInto} of ${walk.repositories.length} repositories are processed, and what was found is in the catalog`
        : 'the catalog is unchanged';
    const line = `${walkPaused(this.#workspace, retryAt.toISOString(), this.#kind)}: ${progress}. ${message}`;
    this.#logger[isNews ? 'info' : 'debug'](line);
    return line;
  }

  failed({ message }: Error, { aborted }: AbortSignal): string {
    const cause = aborted
      ? 'it was stopped by its timeout or by the shutdown of the backend'
      : message;
    const line = `${walkFailed(this.#workspace, this.#kind)}: ${cause}`;
    this.#logger.error(line);
    return line;
  }

  /**
   * Deliveries of a webhook that came, or that is to be there, come no longer. Said
   * once for each silence.
   */
  silent(silentSince: number | undefined): void {
    if (silentSince !== undefined && this.#silentSince === undefined) {
      this.#logger.warn(
        `No webhook delivery has arrived for ${this.#place} since ${new Date(silentSince).toISOString()}, although walks have found changes. Check the webhook and its request history in the settings of ${this.#kind === 'workspace' ? 'the workspace' : 'its projects'}: it may be disabled, lack an event or not reach this backend. docs/webhooks.md has the steps.`,
      );
    }
    this.#silentSince = silentSince;
  }

  /** Conflicts last until their cause is corrected, so they are not repeated with every walk. */
  #warnOfConflicts({ totals: { conflicts } }: ProviderWalk): void {
    const targets = conflicts.map(({ target }) => target).sort();
    const isNews = targets.some(target => !this.#conflicts.has(target));
    this.#conflicts = new Set(targets);
    if (isNews) {
      const [{ target, holder }] = conflicts;
      this.#logger.warn(
        `${targets.length} Locations are not added, since the catalog has them from another source. The first is ${target}, from ${holder}. Remove it there, or exclude its repository with the filters.`,
      );
    }
  }

  #logSkipped({ totals: { skipped }, newlyFailing }: ProviderWalk): void {
    for (const { repository, reason, cause } of skipped) {
      const why = cause ? `: ${cause.message}` : '';
      this.#logger.debug(`Skipped ${repository.fullName} (${reason})${why}`);
    }
    if (newlyFailing.length > 0) {
      const [{ message }] = newlyFailing;
      this.#logger.warn(
        `${count(newlyFailing.length, 'repository', 'repositories')} of ${this.#place} cannot be read. The catalog keeps their entities, and they are retried at growing intervals, up to a day, and after a push. GET /api/catalog/bitbucket/status lists them. The first: ${message}`,
      );
    }
  }
}
