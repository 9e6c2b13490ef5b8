import { Filled } from './progress';
import { Product } from './source';
import { formatTable, Row } from './table';

/** What to print once the catalog is filled. */
type Summary = {
  filled: Filled;
  /** What was walked. */
  place: Product['place'];
  /** Requests to Bitbucket by endpoint, where they were counted. */
  requests?: Row[];
  /** Root of the catalog's API. */
  catalogUrl: string;
  /** A component to look at. */
  component?: string;
  /** One line that says what to try. */
  invitation?: string;
};

export function formatSummary(summary: Summary): string {
  const { filled, place, requests } = summary;
  if (filled.counts.size === 0) {
    return filled.walkError
      ? `The walk failed: ${filled.walkError}\nThe next one may succeed; the backend keeps running.`
      : `The ${place} was walked, and no catalog file was found in it.`;
  }
  const sections = [
    formatTable(
      `The catalog, after ${filled.seconds.toFixed(0)} seconds`,
      sorted([...filled.counts]),
    ),
    requests && formatTable('Requests to Bitbucket', sorted(requests)),
    formatLookAround(summary),
    summary.invitation,
  ];
  return sections.filter(Boolean).join('\n\n');
}

function formatLookAround({ catalogUrl, component }: Summary): string {
  const looks = [
    [
      'All components',
      '/entities?filter=kind=component&fields=metadata.name,spec.owner',
    ],
    ...(component
      ? [['One of them', `/entities/by-name/component/default/${component}`]]
      : []),
    [
      'The files they come from',
      '/entities?filter=kind=location&fields=spec.target,spec.targets',
    ],
    ['The status of the module', '/bitbucket/status'],
  ];
  return looks
    .map(([title, path]) => `${title}\n  curl -s '${catalogUrl}${path}'`)
    .join('\n');
}

function sorted(rows: Row[]): Row[] {
  return [...rows].sort(([a], [b]) => a.localeCompare(b));
}
