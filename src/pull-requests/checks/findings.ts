import { Finding } from '../checkResult';
import { LIMITS } from './limits';

const SEVERITIES: Finding['severity'][] = ['error', 'warning', 'note'];

/**
 * Sorts findings, the worst first, then by file and line; leaves out those that say the
 * same, and those that are too many.
 */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const byContent = new Map(
    findings.map(finding => [
      [finding.path, finding.line, finding.rule, finding.message].join('\0'),
      finding,
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
