import type { Commit, SimulatedRepository } from '../world';

/** What a report says, under the names that the API gives it. */
export type ReportContent = {
  title: string;
  details?: string;
  result?: 'PASS' | 'FAIL';
  reporter?: string;
  link?: string;
  logoUrl?: string;
  data: { title: string; type?: string; value: unknown }[];
};

export type AnnotationContent = {
  externalId?: string;
  /** From 1; 0, or none, is the whole file. */
  line?: number;
  link?: string;
  message: string;
  /** None is the whole report. */
  path?: string;
  severity: 'LOW' | 'MEDIUM' | 'HIGH';
  type?: 'VULNERABILITY' | 'CODE_SMELL' | 'BUG';
};

/** A report of Code Insights. */
export type InsightReport = {
  readonly key: string;
  content: ReportContent;
  /** Milliseconds since the epoch. */
  createdDate: number;
  /** Name of the user, who alone may replace it. */
  readonly maker: string;
  /** In the order in which they came; nothing is taken for another. */
  annotations: AnnotationContent[];
};

/** Things by a commit of a repository, each with a key. */
class ByCommit<T> {
  private readonly things = new Map<
    SimulatedRepository,
    Map<Commit, Map<string, T>>
  >();

  /** In the order in which they were made. */
  of(repository: SimulatedRepository, commit: Commit): T[] {
    return [...this.at(repository, commit).values()];
  }

  find(
    repository: SimulatedRepository,
    commit: Commit,
    key: string,
  ): T | undefined {
    return this.at(repository, commit).get(key);
  }

  remove(repository: SimulatedRepository, commit: Commit, key: string): void {
    this.at(repository, commit).delete(key);
  }

  protected at(repository: SimulatedRepository, commit: Commit) {
    const commits =
      this.things.get(repository) ?? new Map<Commit, Map<string, T>>();
    const found = commits.get(commit) ?? new Map<string, T>();
    this.things.set(repository, commits.set(commit, found));
    return found;
  }
}

type ReportListener = (
  repository: SimulatedRepository,
  report: InsightReport,
) => void;

/** The reports of an instance. */
export class Insights extends ByCommit<InsightReport> {
  private readonly listeners: ReportListener[] = [];

  /** Tells of every report that is made or replaced, before it has annotations. */
  onReport(listener: ReportListener): void {
    this.listeners.push(listener);
  }

  /** Makes a report, or replaces what it says; its annotations stay. */
  put(
    repository: SimulatedRepository,
    commit: Commit,
    report: Omit<InsightReport, 'annotations'>,
  ): InsightReport {
    const reports = this.at(repository, commit);
    const annotations = reports.get(report.key)?.annotations ?? [];
    const put = { ...report, annotations };
    reports.set(report.key, put);
    this.listeners.forEach(listener => listener(repository, put));
    return put;
  }
}

/** What a build status says, under the names that the API gives it. */
type BuildContent = {
  key: string;
  state: 'CANCELLED' | 'FAILED' | 'INPROGRESS' | 'SUCCESSFUL' | 'UNKNOWN';
  url: string;
  name?: string;
  description?: string;
  ref?: string;
  parent?: string;
  buildNumber?: string;
  duration?: number;
};

export type BuildStatus = BuildContent & {
  /** Milliseconds since the epoch. */
  readonly createdDate: number;
  readonly updatedDate: number;
};

/** The build statuses of an instance. */
export class Builds extends ByCommit<BuildStatus> {
  /** Makes a status, or replaces the one of the same key. */
  put(
    repository: SimulatedRepository,
    commit: Commit,
    content: BuildContent,
    now: number,
  ): void {
    const builds = this.at(repository, commit);
    const createdDate = builds.get(content.key)?.createdDate ?? now;
    builds.set(content.key, { ...content, createdDate, updatedDate: now });
  }
}
