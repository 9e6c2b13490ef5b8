import { EntityChange, Finding } from '../checkResult';
import { LIMITS } from './limits';
import { PlannedFile } from './mergeEntities';
import { sentence, shown } from './wording';

/** Words what the catalog would remove, file by file. */
export function findRemovals(
  plan: readonly EntityChange[],
  files: readonly PlannedFile[],
  severity: 'warning' | 'off',
): Finding[] {
  const findings: Finding[] = [];
  if (severity === 'off') {
    return findings;
  }
  const byPath = new Map<string, EntityChange[]>();
  for (const change of plan.filter(({ action }) => action === 'remove')) {
    byPath.set(change.path, [...(byPath.get(change.path) ?? []), change]);
  }
  for (const [oldPath, changes] of byPath) {
    const file = files.find(one => one.oldPath === oldPath);
    const path = file?.path;
    const finding = {
      rule: 'removal',
      severity,
      rejects: 'nothing',
      ...(path === undefined ? {} : { path }),
    } as const;
    for (const { entityRef, referrers } of changes.slice(0, LIMITS.removals)) {
      const what = inWords(shown(entityRef), shown(oldPath), file);
      findings.push({
        ...finding,
        entityRef,
        message: sentence(`${what}${referrersInWords(referrers)}`),
      });
    }
    const more = changes.length - LIMITS.removals;
    if (more > 0) {
      findings.push({
        ...finding,
        message: inWords(`${more} more entities`, shown(oldPath), file),
      });
    }
  }
  return findings;
}

function inWords(
  what: string,
  path: string,
  file: PlannedFile | undefined,
): string {
  if (file?.path !== undefined) {
    return `${path} no longer defines ${what}, which the catalog would remove.`;
  }
  const why = file?.isDeleted ? 'is deleted' : 'is no longer read';
  return `${path} ${why}, so the catalog would remove ${what}.`;
}

function referrersInWords(referrers: number | undefined): string {
  if (!referrers) {
    return '';
  }
  return referrers === 1
    ? ' 1 entity refers to it.'
    : ` ${referrers} entities refer to it.`;
}
