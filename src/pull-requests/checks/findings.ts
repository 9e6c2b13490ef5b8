import { CheckStep, Finding } from '../checkResult';
import { Visibility } from './catalogErrors';
import { LIMITS } from './limits';
import { cleaned } from './wording';

const SEVERITIES: Finding['severity'][] = ['error', 'warning', 'note'];

/**
 * Sorts findings, the worst first, then by file and line; leaves out those that say the
 * same, and those that are too many. What they say is cleaned, since whoever opens a pull
 * request would otherwise have Backstage show any URL.
 */
export function sortFindings(
  findings: readonly Finding[],
  visibility: Visibility,
): Finding[] {
  const byContent = new Map(
    findings.map(finding => [
      [finding.path, finding.line, finding.rule, finding.message].join('\0'),
      {
        ...finding,
        pointer: finding.pointer?.slice(0, LIMITS.pathLength),
        message: cleaned(finding.message, visibility),
      },
    ]),
  );
  const sorted = [...byContent.values()].sort(
    (one, other) =>
      SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
      compareTexts(one.path ?? '', other.path ?? '') ||
      (one.line ?? 0) - (other.line ?? 0) ||
      compareTexts(one.message, other.message),
  );
  const more = sorted.length - LIMITS.findings;
  return more > 0
    ? [
        ...sorted.slice(0, LIMITS.findings),
        {
          rule: 'unchecked',
          severity: 'note',
          rejects: 'nothing',
          message: `${more} more findings are left out.`,
        },
      ]
    : sorted;
}

/** The same in every language that the backend may run in. */
function compareTexts(one: string, other: string): number {
  if (one === other) {
    return 0;
  }
  return one < other ? -1 : 1;
}

/** What findings make of a step. */
export function worst(findings: readonly Finding[]): CheckStep['verdict'] {
  if (findings.some(({ severity }) => severity === 'error')) {
    return 'failed';
  }
  return findings.some(({ severity }) => severity === 'warning')
    ? 'warning'
    : 'passed';
}
