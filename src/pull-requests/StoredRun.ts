import { hashOf } from '../lib/text';
import { PullRequestsConfig } from '../config/types';
import { PullRequestEvent } from '../scm/changes';
import { RunRecord } from './records';

export const RUNS = 'bitbucket__runs';

/** What a run began with. */
export type RunEvent = Pick<
  PullRequestEvent,
  'uuid' | 'workspace' | 'workspaceUuid' | 'fullName' | 'pullRequest'
>;

/** What the host has of a run, as far as it was posted. */
export type Published = {
  /** Hashes of what was posted, by part, so that nothing is posted twice. */
  hashes: Partial<Record<'report' | 'annotations' | 'status', string>>;
  /** Ids of the annotations that the report has. */
  annotations: string[];
  /** Whether the commit has a build status that failed. */
  hasFailed: boolean;
};

/** A run, with what is needed to go on with it. */
export type StoredRun = {
  id: string;
  pageId: string;
  event: RunEvent;
  record: RunRecord;
  published: Published;
  /**
   * Hashes of what the catalog had of the entities that it is to change, by entity
   * reference.
   */
  before: Record<string, string>;
  /** What had become of it before its head or destination was the pull request's again. */
  earlierOutcome?: RunRecord['outcome'];
  /** How often it was tried. */
  attempts: number;
};

/** What is known of a run without the rest of it. */
export type KnownRun = {
  outcome: RunRecord['outcome'];
  /** Whether the pull request was a draft by the last event that counted. */
  isDraft: boolean;
};

/** Whether a head was checked while it was that of a draft, which gets no comment. */
export function lacksComment(
  known: KnownRun,
  { pullRequest }: RunEvent,
  { comment }: PullRequestsConfig,
): boolean {
  return (
    comment &&
    known.isDraft &&
    !pullRequest.isDraft &&
    ['running', 'passed', 'failed'].includes(known.outcome)
  );
}

export type RunRow = {
  id: string;
  /** The id of the host. */
  host: string;
  page_id: string;
  outcome: RunRecord['outcome'];
  event: string;
  record: string;
  published: string;
  before: string;
  /** Whether the commit has a build status that failed. */
  has_failed: boolean | number;
  attempts: number;
  started_at: number;
  retry_at: number | null;
  alive_at: number | null;
};

/** A run is one head against one destination, however often it is asked for. */
export function runId({ uuid, pullRequest }: RunEvent): string {
  const { number, source, destination } = pullRequest;
  // As long as deliveries have them; elsewhere they are longer.
  const head = source.commit.slice(0, 12).toLowerCase();
  return hashOf(uuid, `${number}`, head, destination.branch);
}

export function newRun(
  pageId: string,
  event: RunEvent,
  trigger: RunRecord['trigger'],
  startedAt: number,
): StoredRun {
  const id = runId(event);
  const { source, destination } = event.pullRequest;
  return {
    id,
    pageId,
    event,
    record: {
      id,
      trigger,
      outcome: 'running',
      head: source.commit,
      destination: { branch: destination.branch, commit: destination.commit },
      startedAt,
      pullRequestAt: event.pullRequest.updatedAt,
      requests: 0,
      posted: [],
    },
    published: { hashes: {}, annotations: [], hasFailed: false },
    before: {},
    attempts: 1,
  };
}

export function toRun(row: RunRow): StoredRun {
  return {
    id: row.id,
    pageId: row.page_id,
    event: JSON.parse(row.event),
    record: JSON.parse(row.record),
    published: JSON.parse(row.published),
    before: JSON.parse(row.before),
    attempts: row.attempts,
  };
}

export function toRow(
  run: StoredRun,
): Omit<RunRow, 'host' | 'started_at' | 'alive_at'> & { id: string } {
  const { record } = run;
  return {
    id: run.id,
    page_id: run.pageId,
    outcome: record.outcome,
    event: JSON.stringify(run.event),
    record: JSON.stringify(record),
    published: JSON.stringify(run.published),
    before: JSON.stringify(run.before),
    has_failed: run.published.hasFailed,
    attempts: run.attempts,
    retry_at: record.retryAt ?? null,
  };
}
