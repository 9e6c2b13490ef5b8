import { RepositoryUrl } from './types';

/** Of more segments than this, a URL is not searched for the end of the ref. */
const MAX_NAMES = 10;

/**
 * What the ref of a URL may be called, the shortest first: `/src/feature/x/file`
 * does not say where it ends, so it is `feature`, `feature/x` or `feature/x/file`.
 * A wildcard is beyond its end.
 */
export function refNames({
  segments,
  pattern = [],
}: Pick<RepositoryUrl, 'segments' | 'pattern'>): string[] {
  const wildcard = pattern.findIndex(segment => segment.includes('*'));
  const end = wildcard === -1 ? segments.length : Math.max(wildcard, 1);
  return segments
    .slice(0, Math.min(end, MAX_NAMES))
    .map((_, last) => segments.slice(0, last + 1).join('/'));
}
