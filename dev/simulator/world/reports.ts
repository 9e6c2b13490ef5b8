import { uuid } from './ids';
import type { Commit } from './repository';

/** What a report says, under the names that the API gives it. */
export type ReportContent = {
  title: string;
  details: string;
  report_type: string;
  reporter?: string;
  result?: string;
  link?: string;
  logo_url?: string;
  remote_link_enabled?: boolean;
  data?: { title?: string; type?: string; value?: unknown }[];
};

/** What an annotation says, under the names that the API gives it. */
export type AnnotationContent = {
  external_id: string;
  annotation_type: string;
  summary: string;
  title?: string;
  details?: string;
  result?: string;
  severity?: string;
  path?: string;
  line?: number;
  link?: string;
};

type Dated = {
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  updatedOn: number;
};

export type Annotation = Dated & { content: AnnotationContent };

/** A report of Code Insights. */
export type Report = Dated & {
  readonly commit: Commit;
  readonly externalId: string;
  content: ReportContent;
  /** By the id that its author gave it, in the order of creation. */
  readonly annotations: Map<string, Annotation>;
};

/** The reports of the commits of a repository. */
export class Reports {
  private reports: Report[] = [];

  /** In the order in which they were made. */
  of(commit: Commit): Report[] {
    return this.reports.filter(report => report.commit === commit);
  }

  /** @param id - its uuid, or the id that its author gave it */
  find(commit: Commit, id: string): Report | undefined {
    return this.of(commit).find(
      report => report.externalId === id || report.uuid === id,
    );
  }

  /** Makes a report, or replaces what it says; its annotations stay. */
  put(commit: Commit, id: string, content: ReportContent, now: number): Report {
    const known = this.find(commit, id);
    if (known) {
      return Object.assign(known, { content, updatedOn: now });
    }
    const report: Report = {
      uuid: uuid('report', commit.hash, id),
      commit,
      externalId: id,
      content,
      createdOn: now,
      updatedOn: now,
      annotations: new Map(),
    };
    this.reports.push(report);
    return report;
  }

  remove(report: Report): void {
    this.reports = this.reports.filter(other => other !== report);
  }

  /** Adds annotations, and replaces those of the same id; removes none. */
  annotate(
    report: Report,
    contents: AnnotationContent[],
    now: number,
  ): Annotation[] {
    return contents.map(content => {
      const id = content.external_id;
      const known = report.annotations.get(id);
      const annotation = {
        uuid: uuid('annotation', report.uuid, id),
        createdOn: known?.createdOn ?? now,
        updatedOn: now,
        content,
      };
      report.annotations.set(id, annotation);
      return annotation;
    });
  }
}
