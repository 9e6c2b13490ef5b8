import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedPullRequest } from '../../dev/simulator';
import { BackendProcess } from '../backend';
import { BenchRequest, Bitbucket, countPurposes } from '../bitbucket';
import { until } from '../wait';
import { spread, summarizeTrials, Trials } from './trials';

export const PULL_REQUESTS = 100;

/** Pull requests that were opened at once. */
export type PullRequestTrials = Trials & {
  /** Of the backend, until all of them were checked. */
  cpuSeconds: number;
};

/** A pull request, and what was reported on its head. */
type CheckedPullRequest = {
  /** Milliseconds since the epoch. */
  openedAt: number;
  hasMistake: boolean;
  report?: { at: number; result?: string };
};

const LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 250;
/** For what a start, and the pushes to the branches, still cause. */
const SETTLE_MS = 5_000;

/**
 * Opens pull requests, all at once, and waits until they are checked. Every other one
 * has a mistake.
 *
 * @param backend - checks pull requests that `bitbucket` delivers
 */
export async function pullRequests(
  backend: BackendProcess,
  bitbucket: Bitbucket,
): Promise<PullRequestTrials> {
  const branches = Array.from({ length: PULL_REQUESTS }, (_, index) => ({
    slug: spread(bitbucket.components, index, PULL_REQUESTS),
    name: `bench-${index + 1}`,
    hasMistake: index % 2 === 1,
  }));
  branches.forEach(branch => bitbucket.pushBranch(branch));
  await sleep(SETTLE_MS);
  const mark = bitbucket.requests;
  const before = await backend.usage();
  const opened = branches.map(({ slug, name, hasMistake }) => ({
    hasMistake,
    pullRequest: bitbucket.openPullRequest(slug, name),
  }));
  await areChecked(
    opened.map(({ pullRequest }) => pullRequest),
    backend,
    bitbucket,
  );
  const after = await backend.usage();
  const checked = opened.map(({ hasMistake, pullRequest }) => ({
    hasMistake,
    openedAt: pullRequest.createdOn,
    report: bitbucket.reportOn(pullRequest),
  }));
  return {
    ...summarizePullRequests(checked, bitbucket.since(mark)),
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
  };
}

/** A report comes before its annotations and the build status, for which the run goes on. */
async function areChecked(
  opened: SimulatedPullRequest[],
  backend: BackendProcess,
  bitbucket: Bitbucket,
): Promise<void> {
  const limit = { limitMs: LIMIT_MS, everyMs: LOOK_EVERY_MS };
  const haveReports = () => opened.every(one => bitbucket.reportOn(one));
  await until(async () => haveReports(), limit);
  await until(async () => (await backend.runsUnderWay()) === 0, limit);
}

/**
 * @param checked - seen are those with the right report
 * @param requests - all since the first was opened
 */
export function summarizePullRequests(
  checked: CheckedPullRequest[],
  requests: readonly BenchRequest[],
): Trials {
  // Walks go on by themselves meanwhile.
  const { repository, file } = countPurposes(requests);
  const trials = checked.map(({ openedAt, hasMistake, report }) =>
    report?.result === (hasMistake ? 'FAILED' : 'PASSED')
      ? { ms: report.at - openedAt, requests: 0 }
      : undefined,
  );
  return {
    ...summarizeTrials(trials),
    requests: (repository + file) / checked.length,
  };
}
