import { BlockList, isIP } from 'node:net';
import { linkHost } from '../../http/urls';
import { cutTo } from '../../lib/text';
import {
  Annotation,
  BuildStatus,
  PullRequestLimits,
  Report,
  ReportValue,
} from '../../scm/pullRequests';

/*
 * Bitbucket Data Center's limits of what is posted:
 *
 * | what                              | limit                            |
 * | --------------------------------- | -------------------------------- |
 * | title and reporter of a report    | 450 characters                   |
 * | details of a report               | 2,000 characters                 |
 * | values of a report                | 6                                |
 * | annotations of a report           | 1,000, unless configured         |
 * | message of an annotation          | 2,000 characters                 |
 * | key and name of a build status    | 255 characters                   |
 * | URL of a build status             | 450 characters                   |
 * | comment                           | 32,768 characters, as others say |
 *
 * https://developer.atlassian.com/server/bitbucket/rest/
 */

const MAX_TITLE = 450;
const MAX_NAME = 255;
const MAX_LINK_LENGTH = 450;

/**
 * The most that is posted to a pull request. As many annotations as people still read,
 * since those of the same ids have to be deleted before, by ids in a URL.
 */
export const PULL_REQUEST_LIMITS: PullRequestLimits = {
  annotations: 100,
  summary: 2_000,
  details: 2_000,
  values: 6,
  description: 255,
  comment: 30_000,
};

const LIMITS = PULL_REQUEST_LIMITS;

/**
 * A report, as an instance takes it. A text that is too long is cut here at last, since
 * all that comes with it would be refused.
 */
export function reportBody(report: Report) {
  return {
    title: cutTo(report.title, MAX_TITLE),
    details: cutTo(report.details, LIMITS.details),
    reporter: cutTo(report.reporter, MAX_TITLE),
    result: report.isPassed ? 'PASS' : 'FAIL',
    link: report.link,
    data: report.values.slice(0, LIMITS.values).map(valueBody),
  };
}

function valueBody(one: ReportValue) {
  const { title } = one;
  switch (one.type) {
    case 'link': {
      const { text: linktext, url: href } = one;
      return { title, type: 'LINK', value: { linktext, href } };
    }
    case 'duration':
      return { title, type: 'DURATION', value: one.value };
    case 'number':
      return { title, type: 'NUMBER', value: one.value };
    default:
      return { title, type: 'TEXT', value: one.value };
  }
}

const KINDS = {
  error: { type: 'BUG', severity: 'HIGH' },
  warning: { type: 'CODE_SMELL', severity: 'MEDIUM' },
  note: { type: 'CODE_SMELL', severity: 'LOW' },
} as const;

export function annotationBody(annotation: Annotation) {
  const { id, severity, summary, path, line } = annotation;
  return {
    externalId: id,
    ...KINDS[severity],
    message: cutTo(summary, LIMITS.summary),
    path,
    line,
  };
}

export function statusBody(status: BuildStatus) {
  return {
    key: status.key,
    state: status.isPassed ? 'SUCCESSFUL' : 'FAILED',
    name: cutTo(status.name, MAX_NAME),
    description: cutTo(status.description, LIMITS.description),
    url: status.url,
    // Without it, pull requests of other branches with this commit show the status.
    ref: `refs/heads/${status.branch}`,
  };
}

/** @param version - of the comment that is to be replaced; absent for a new one */
export function commentBody(text: string, version?: number) {
  return { text: cutTo(text, LIMITS.comment), version };
}

/** https://www.rfc-editor.org/rfc/rfc6890 */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addSubnet('0.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');
LOOPBACK.addAddress('::', 'ipv6');

/**
 * Whether a link to a URL is of use on the pages of an instance, whose users may well
 * reach internal addresses, but not this machine as `localhost`.
 */
export function takesLink(url: string): boolean {
  const host = linkHost(url, MAX_LINK_LENGTH);
  if (host === undefined) {
    return false;
  }
  const address = host.replace(/^\[|\]$/g, '');
  const version = isIP(address);
  return version
    ? !LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4')
    : !/(?:^|\.)localhost$/.test(address);
}
