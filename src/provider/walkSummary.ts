import { SkipReason, Walk } from '../discovery';
import { Comparison } from './comparison';
import { Removals } from './removals';

/**
 * The line that ends a walk: `Walked workspace acme: 31 repositories, 2 skipped
 * (1 empty, 1 unreadable), 28 catalog files, 1 added, 0 removed, 1 kept, 32
 * requests, 1.4 seconds`. Kept are those that are known and were not found,
 * without proof that they are gone.
 */
export function summarizeWalk(
  workspace: string,
  outcome: {
    walk: Walk;
    comparison: Comparison;
    removals: Removals;
    requests: number;
    seconds: number;
  },
): string {
  const { walk, comparison, removals, requests, seconds } = outcome;
  const { removed, kept } = removals;
  const parts = [
    count(walk.repositories.length, 'repository', 'repositories'),
    `${walk.skipped.length} skipped${countReasons(walk)}`,
    count(walk.files.length, 'catalog file', 'catalog files'),
    `${comparison.added.length} added`,
    `${removed.length} removed`,
    ...(kept.length > 0 ? [`${kept.length} kept`] : []),
    count(requests, 'request', 'requests'),
    `${seconds.toFixed(1)} seconds`,
  ];
  return `Walked workspace ${workspace}: ${parts.join(', ')}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function countReasons({ skipped }: Walk): string {
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skipped) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const parts = [...counts].map(([reason, number]) => `${number} ${reason}`);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
