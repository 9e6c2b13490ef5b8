import { BlockList, isIP } from 'node:net';
import { linkHost } from '../../http/urls';
import { cutTo } from '../../lib/text';
import {
  Annotation,
  BuildStatus,
  Report,
  ReportValue,
} from '../../scm/pullRequests';
import { MAX_LINK_LENGTH, PULL_REQUEST_LIMITS as LIMITS } from './limits';

/**
 * What is posted to pull requests, as Bitbucket takes it. A text that is too long is cut
 * here at last, since Bitbucket would refuse all that comes with it.
 *
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
 */
export function reportBody(report: Report) {
  return {
    title: report.title,
    details: cutTo(report.details, LIMITS.details),
    report_type: 'TEST',
    reporter: report.reporter,
    result: report.isPassed ? 'PASSED' : 'FAILED',
    link: report.link,
    // `remote_link_enabled` is left out: it would link the work item in Jira to this.
    data: report.values.slice(0, LIMITS.values).map(valueBody),
  };
}

function valueBody(one: ReportValue) {
  const { title } = one;
  switch (one.type) {
    case 'link': {
      const { text, url: href } = one;
      return { title, type: 'LINK', value: { text, href } };
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
  // Only an error fails: a result is shown beside the severity, and others have none.
  error: { annotation_type: 'BUG', severity: 'HIGH', result: 'FAILED' },
  warning: { annotation_type: 'CODE_SMELL', severity: 'MEDIUM' },
  note: { annotation_type: 'CODE_SMELL', severity: 'LOW' },
} as const;

export function annotationBody(annotation: Annotation) {
  const { id, severity, summary, path, line } = annotation;
  return {
    external_id: id,
    ...KINDS[severity],
    summary: cutTo(summary, LIMITS.summary),
    path,
    line,
  };
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/ */
export function statusBody(status: BuildStatus) {
  return {
    key: status.key,
    state: status.isPassed ? 'SUCCESSFUL' : 'FAILED',
    name: status.name,
    description: cutTo(status.description, LIMITS.description),
    url: status.url,
    // Without it, pull requests of other branches with this commit show the status.
    refname: status.branch,
  };
}

export function commentBody(text: string) {
  return { content: { raw: cutTo(text, LIMITS.comment) } };
}

/** Names that resolve in a private network only: https://www.rfc-editor.org/rfc/rfc6761 and others. */
const PRIVATE_NAME =
  /(?:^|\.)(?:localhost|localdomain|local|internal|home\.arpa)$/;

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const PRIVATE_ADDRESSES = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE_ADDRESSES.addSubnet(address, prefix);
}

/**
 * Whether Bitbucket can be expected to take a URL as a link. It refuses hosts without a
 * dot, and a link that only works on this machine or network is of no use to others.
 *
 * https://github.com/runatlantis/atlantis/issues/710
 */
export function takesLink(url: string): boolean {
  const host = linkHost(url, MAX_LINK_LENGTH);
  if (!host?.includes('.')) {
    return false;
  }
  return isIP(host) ? !PRIVATE_ADDRESSES.check(host) : !PRIVATE_NAME.test(host);
}
