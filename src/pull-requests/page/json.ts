import {
  CheckedFile,
  CheckResult,
  EntityChange,
  Finding,
} from '../checkResult';
import { PullRequestRecord, RunRecord } from '../records';
import { isoTime } from './html';

/**
 * The page of a pull request for programs. Keys are added and never renamed or removed;
 * all of them are always there, and `null` is what is not known or does not apply. Times
 * are in ISO 8601, durations in milliseconds. Nothing is left out, however much it is.
 */
type PageJson = {
  pullRequest: {
    /** `workspace/repository`, that it is to be merged into. */
    repository: string;
    isPrivate: boolean;
    number: number;
    title: string;
    /** The web address. */
    url: string;
    state: PullRequestRecord['state'];
    sourceBranch: string;
    destinationBranch: string;
  };
  /** The newest first. */
  runs: RunJson[];
  /** `null` until the pull request was merged. */
  merge: null | {
    at: string;
    entities: {
      entityRef: string;
      action: EntityChange['action'];
      /** What the catalog has made of it. */
      state: 'done' | 'pending' | 'failing';
      at: string | null;
      /** From the merge until then. */
      afterMs: number | null;
      message: string | null;
    }[];
  };
};

/** One check of one head. */
type RunJson = {
  id: string;
  trigger: { by: RunRecord['trigger']['by']; at: string };
  outcome: RunRecord['outcome'];
  /** The full hash of the head. */
  head: string;
  destination: { branch: string; commit: string };
  startedAt: string;
  endedAt: string | null;
  durationMs: number | null;
  /** When it is tried again. */
  retryAt: string | null;
  /** Files that the pull request touches, catalog files or not. */
  touchedFiles: number | null;
  /** Requests to the host. */
  requests: number;
  /** Why there is no verdict, or only a part of one. */
  message: string | null;
  files: FileJson[];
  /** The worst first. */
  findings: FindingJson[];
  /** What merging would do. */
  plan: ChangeJson[];
  posted: {
    what: 'report' | 'annotations' | 'status' | 'comment';
    outcome: 'posted' | 'unchanged' | 'refused' | 'failed' | 'deleted';
    at: string;
    message: string | null;
  }[];
};

type FileJson = {
  path: string;
  change: CheckedFile['change'];
  fromPath: string | null;
  steps: {
    name: string;
    verdict: CheckedFile['steps'][number]['verdict'];
    at: string;
    durationMs: number;
    message: string | null;
  }[];
};

type FindingJson = {
  rule: Finding['rule'];
  severity: Finding['severity'];
  rejects: Finding['rejects'];
  path: string | null;
  line: number | null;
  entityRef: string | null;
  /** A JSON pointer into the document. */
  pointer: string | null;
  message: string;
};

type ChangeJson = {
  entityRef: string;
  action: EntityChange['action'];
  path: string;
  fromPath: string | null;
  fields: string[];
  /** `null` also in a public repository. */
  referrers: number | null;
};

export function toJson(record: PullRequestRecord): PageJson {
  const { merge } = record;
  return {
    pullRequest: {
      repository: record.fullName,
      isPrivate: record.isPrivate,
      number: record.number,
      title: record.title,
      url: record.url,
      state: record.state,
      sourceBranch: record.source.branch,
      destinationBranch: record.destination.branch,
    },
    runs: record.runs.map(runJson),
    merge: merge
      ? {
          at: isoTime(merge.at),
          entities: merge.entities.map(entity => ({
            entityRef: entity.entityRef,
            action: entity.action,
            state: entity.state,
            at: timeOrNull(entity.at),
            afterMs: entity.at === undefined ? null : entity.at - merge.at,
            message: entity.message ?? null,
          })),
        }
      : null,
  };
}

function runJson(run: RunRecord): RunJson {
  const { trigger, destination, startedAt, endedAt } = run;
  return {
    id: run.id,
    trigger: { by: trigger.by, at: isoTime(trigger.at) },
    outcome: run.outcome,
    head: run.head,
    destination: { branch: destination.branch, commit: destination.commit },
    startedAt: isoTime(startedAt),
    endedAt: timeOrNull(endedAt),
    durationMs: endedAt === undefined ? null : endedAt - startedAt,
    retryAt: timeOrNull(run.retryAt),
    touchedFiles: run.touchedFiles ?? null,
    requests: run.requests,
    message: run.message ?? null,
    ...resultJson(run.result ?? { files: [], findings: [], plan: [] }),
    posted: run.posted.map(({ what, outcome, at, message }) => ({
      what,
      outcome,
      at: isoTime(at),
      message: message ?? null,
    })),
  };
}

function resultJson({
  files,
  findings,
  plan,
}: CheckResult): Pick<RunJson, 'files' | 'findings' | 'plan'> {
  return {
    files: files.map(({ path, change, fromPath, steps }) => ({
      path,
      change,
      fromPath: fromPath ?? null,
      steps: steps.map(step => ({
        name: step.name,
        verdict: step.verdict,
        at: isoTime(step.at),
        durationMs: step.ms,
        message: step.message ?? null,
      })),
    })),
    findings: findings.map(finding => ({
      rule: finding.rule,
      severity: finding.severity,
      rejects: finding.rejects,
      path: finding.path ?? null,
      line: finding.line ?? null,
      entityRef: finding.entityRef ?? null,
      pointer: finding.pointer ?? null,
      message: finding.message,
    })),
    plan: plan.map(change => ({
      entityRef: change.entityRef,
      action: change.action,
      path: change.path,
      fromPath: change.fromPath ?? null,
      fields: change.fields ?? [],
      referrers: change.referrers ?? null,
    })),
  };
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoTime(ms);
}
