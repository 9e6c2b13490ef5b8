import { PullRequestsConfig } from '../config/types';
import { hashOf } from '../lib/text';
import {
  Annotation,
  BuildStatus,
  PullRequestLimits,
  Report,
  ReportValue,
} from '../scm/pullRequests';
import { CheckResult, Finding } from './checkResult';
import { fixedComment, problemsComment } from './resultComment';
import {
  consequenceOf,
  count,
  describeShortly,
  summarize,
  Tally,
  tallyOf,
} from './resultText';
import { cutAtWord, publicText } from './publicText';

const NAME = 'Backstage catalog';

/** A host takes more, but not with one request. */
const MAX_ANNOTATIONS = 100;

/** Characters of a value, so that the others stay in view. */
const MAX_VALUE = 200;

/** What is posted to a pull request. */
export type Posting = {
  report: Report;
  /** Of the report; the worst first. */
  annotations: Annotation[];
  status: BuildStatus | undefined;
  /** Markdown. */
  comment: string | undefined;
  /** Whether the comment is posted where there is none yet. */
  mayCreateComment: boolean;
};

/** What a posting is made of. */
type PostingInput = {
  result: CheckResult;
  config: Pick<PullRequestsConfig, 'buildStatus' | 'comment'>;
  limits: PullRequestLimits;
  /** Of the report; see {@link reportKey}. */
  key: string;
  /** Of the build status; see {@link statusKey}. */
  statusKey: string;
  pullRequest: {
    isDraft: boolean;
    isFork: boolean;
    source: { branch: string };
    destination: { branch: string };
  };
  /** The full hash. */
  head: string;
  pullRequestUrl: string;
  /** The page of the run. */
  link: string | undefined;
  durationMs: number;
  /** A failing status was posted to this commit before. */
  hadFailed: boolean;
  /** Whether this module's comment is there, or may be. */
  hasComment: boolean;
};

/** What to post about a result. */
export function toPosting(input: PostingInput): Posting {
  const { limits, key, link } = input;
  const tally = tallyOf(input.result);
  const worded = worstFirst(input.result.findings)
    // The details say that, and an annotation would be one more request.
    .filter(({ rule }) => rule !== 'merge')
    .map(finding => ({ finding, text: textOf(finding, limits.summary) }));
  const all = toAnnotations(worded, key);
  const annotations = all.slice(
    0,
    Math.min(MAX_ANNOTATIONS, limits.annotations),
  );
  return {
    report: {
      id: key,
      title: NAME,
      details: details(tally, all.length - annotations.length, input),
      isPassed: tally.errors === 0,
      reporter: 'Backstage',
      ...(link && { link }),
      values: values(tally, input).slice(0, limits.values),
    },
    annotations,
    status: toStatus(tally, input),
    comment: toComment(tally, worded, input),
    mayCreateComment: hasProblems(tally),
  };
}

/**
 * The id of a report: two Backstage instances that check the
 * same pull request post side by side, and so do two pull requests of one commit with
 * different destinations. A key has at most 40 characters; this one has 35.
 *
 * @param instance - what tells this Backstage instance from others
 * @param repositoryUuid - of the repository that the pull request is to be merged into
 * @param branch - that it is to be merged into
 */
export function reportKey(
  instance: string,
  repositoryUuid: string,
  branch: string,
): string {
  const parts = [hashOf(instance), hashOf(repositoryUuid, branch)];
  return `backstage-catalog-${parts.map(hash => hash.slice(0, 8)).join('-')}`;
}

/**
 * The key of a build status: like that of a report, and one for each source branch, since a key that is
 * used with two branches cannot be updated any more.
 */
export function statusKey(
  instance: string,
  repositoryUuid: string,
  branches: { destination: string; source: string },
): string {
  const { destination, source } = branches;
  const parts = [hashOf(instance), hashOf(repositoryUuid, destination, source)];
  return `backstage-catalog-${parts.map(hash => hash.slice(0, 8)).join('-')}`;
}

/** A finding, and its text for the annotation. */
type WordedFinding = { finding: Finding; text: string };

function worstFirst(findings: Finding[]): Finding[] {
  return (['error', 'warning', 'note'] as const).flatMap(severity =>
    findings.filter(finding => finding.severity === severity),
  );
}

function textOf(finding: Finding, max: number): string {
  const { rule, entityRef = '' } = finding;
  const message = publicText(finding.message);
  const said = message || `Something is wrong (${rule}).`;
  const about = entityRef && !names(said, entityRef) ? `${entityRef}: ` : '';
  const text = about ? publicText(`${about}${said}`) : said;
  const consequence = consequenceOf(finding);
  const whole = consequence ? `${text} ${consequence}` : text;
  return whole.length <= max ? whole : cutAtWord(text, max);
}

/** Whether a text contains a reference, and not only a longer one that begins with it. */
function names(text: string, entityRef: string): boolean {
  return text
    .split(entityRef)
    .slice(1)
    .some(rest => !/^[\w-]|^\.\w/.test(rest));
}

/** Findings with the same text at the same place become one annotation. */
function toAnnotations(worded: WordedFinding[], key: string): Annotation[] {
  const seen = new Set<string>();
  const numbers = new Map<string, number>();
  return worded.flatMap(({ finding, text }) => {
    const { severity, path, line } = finding;
    const id = annotationId(finding, key);
    const whole = JSON.stringify([id, severity, line, text]);
    if (seen.has(whole)) {
      return [];
    }
    seen.add(whole);
    const number = (numbers.get(id) ?? 0) + 1;
    numbers.set(id, number);
    return {
      id: number > 1 ? `${id}-${number}` : id,
      severity,
      summary: text,
      ...(path && { path }),
      ...(path && isLine(line) && { line }),
    };
  });
}

/**
 * The same for the same finding of the next run, whatever the line, so that it replaces
 * the annotation of this one.
 */
function annotationId(
  { rule, path, entityRef, pointer }: Finding,
  key: string,
): string {
  // As JSON, since names in a broken document may hold any character.
  const hash = hashOf(JSON.stringify([rule, path, entityRef, pointer]));
  return `${key}-${hash.slice(0, 16)}`;
}

function isLine(line: number | undefined): boolean {
  return line !== undefined && Number.isInteger(line) && line >= 1;
}

function details(
  tally: Tally,
  hidden: number,
  { limits, link }: Pick<PostingInput, 'limits' | 'link'>,
): string {
  const are = hidden === 1 ? 'is' : 'are';
  const more =
    hidden > 0
      ? ` ${count(hidden, 'more finding')} ${are} ${link ? 'only in the log' : 'not shown'}.`
      : '';
  const text = cutAtWord(summarize(tally), limits.details - more.length);
  return cutAtWord(`${text}${more}`, limits.details);
}

function values(
  { errors, warnings, plan, files }: Tally,
  { pullRequest, durationMs, link }: PostingInput,
): ReportValue[] {
  const number = (title: string, value: number): ReportValue => ({
    title,
    type: 'number',
    value,
  });
  const planned = (action: string) =>
    plan.filter(change => change.action === action).length;
  const moved = planned('move');
  const branch = publicText(pullRequest.destination.branch);
  return [
    number('Errors', errors),
    number('Warnings', warnings),
    number('Added', planned('add')),
    number('Changed', planned('change')),
    // Rare, and a report has room for ten values.
    ...(moved > 0 ? [number('Moved', moved)] : []),
    number('Removed', planned('remove')),
    number('Files', files),
    {
      title: 'Target branch',
      type: 'text',
      value: cutAtWord(branch, MAX_VALUE),
    },
    {
      title: 'Duration',
      type: 'duration',
      value: Math.max(0, Math.round(durationMs)),
    },
    ...(link
      ? [{ title: 'Log', type: 'link' as const, text: 'Full log', url: link }]
      : []),
  ];
}

/**
 * A merge check may count every green status of a commit, so by default there is one
 * only where it replaces a red one. A status on the commit of a fork would be in the
 * fork, and is not posted.
 */
function toStatus(tally: Tally, input: PostingInput): BuildStatus | undefined {
  const { config, pullRequest, statusKey: key, limits, hadFailed } = input;
  const isPassed = tally.errors === 0;
  const isWanted =
    config.buildStatus === 'always' ||
    (config.buildStatus === 'failures' && (!isPassed || hadFailed));
  if (!isWanted || pullRequest.isFork) {
    return undefined;
  }
  const description = isPassed && hadFailed ? 'Fixed' : describeShortly(tally);
  return {
    key,
    isPassed,
    name: NAME,
    description: cutAtWord(description, limits.description),
    url: input.link ?? input.pullRequestUrl,
    branch: pullRequest.source.branch,
  };
}

function hasProblems({ errors, warnings }: Tally): boolean {
  return errors + warnings > 0;
}

function toComment(
  tally: Tally,
  findings: WordedFinding[],
  { config, pullRequest, hasComment, head, link, limits }: PostingInput,
): string | undefined {
  if (!config.comment || pullRequest.isDraft) {
    return undefined;
  }
  if (hasProblems(tally)) {
    return problemsComment({ tally, findings, head, link, limits });
  }
  return hasComment ? fixedComment(head) : undefined;
}
