import { SkipReason, Skipped } from '../discovery';
import { Hint } from '../events';
import { ProviderWalk } from './ProviderWalk';

/**
 * The line that ends a walk: `Walked workspace acme: 31 repositories, 2 skipped
 * (1 empty, 1 failing), 28 catalog files, 1 added, 0 removed, 1 kept, 32
 * requests, 1.4 seconds`. Kept are those that are known and were not found,
 * without proof that they are gone.
 */
export function summarizeWalk(
  workspace: string,
  walk: ProviderWalk,
  cost: { requests: number; seconds: number },
): string {
  const { totals } = walk;
  const what = walk.isWhole ? '' : 'what changed in ';
  const parts = [
    count(walk.repositories.length, 'repository', 'repositories'),
    `${totals.skipped.length} skipped${countReasons(totals.skipped)}`,
    count(totals.found, 'catalog file', 'catalog files'),
    `${totals.added} added`,
    ...(totals.changed > 0 ? [`${totals.changed} changed`] : []),
    `${totals.removed} removed`,
    ...(totals.kept > 0 ? [`${totals.kept} kept`] : []),
    count(cost.requests, 'request', 'requests'),
    `${cost.seconds.toFixed(1)} seconds`,
  ];
  return `Walked ${what}workspace ${workspace}: ${parts.join(', ')}`;
}

/**
 * The line that ends a look at one repository, or at a project's: `Looked at acme/shop after a
 * delivery: 1 catalog file, 0 added, 1 changed, 0 removed, 2 requests, 0.1 seconds`.
 */
export function summarizeLook(
  hint: Hint,
  walk: ProviderWalk,
  cost: { requests: number; seconds: number },
): string {
  const { totals } = walk;
  const parts = [
    count(totals.found, 'catalog file', 'catalog files'),
    `${totals.added} added`,
    `${totals.changed} changed`,
    `${totals.removed} removed`,
    ...(totals.kept > 0 ? [`${totals.kept} kept`] : []),
    count(cost.requests, 'request', 'requests'),
    `${cost.seconds.toFixed(1)} seconds`,
  ];
  const [repository] = walk.repositories;
  const name =
    'uuid' in hint
      ? (repository?.fullName ?? hint.fullName)
      : `project ${hint.projectKey} of ${hint.workspace}`;
  return `Looked at ${name} after a delivery: ${parts.join(', ')}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function countReasons(skipped: Skipped[]): string {
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skipped) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const parts = [...counts].map(([reason, number]) => `${number} ${reason}`);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
