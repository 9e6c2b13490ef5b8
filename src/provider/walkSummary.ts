import { SkipReason, Walk } from '../discovery';
import { Change } from './knownFiles';

/**
 * The line that ends a walk: `Walked workspace acme: 31 repositories, 2 skipped
 * (1 empty, 1 unreadable), 28 catalog files, 28 added, 0 removed, 32 requests,
 * 1.4 seconds`.
 */
export function summarizeWalk(
  workspace: string,
  walk: Walk,
  change: Change,
  effort: { requests: number; seconds: number },
): string {
  const parts = [
    count(walk.repositories, 'repository', 'repositories'),
    `${walk.skipped.length} skipped${countReasons(walk)}`,
    count(walk.files.length, 'catalog file', 'catalog files'),
    `${change.added} added`,
    `${change.removed} removed`,
    count(effort.requests, 'request', 'requests'),
    `${effort.seconds.toFixed(1)} seconds`,
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
  const parts = [...counts].map(([reason, times]) => `${times} ${reason}`);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
