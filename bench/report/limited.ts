import { Fill } from '../phases';
import { SizeResults } from '../run';
import { formatNumber, markdownTable } from './format';

/** How far first fills come with 1,000 requests an hour. */
export function limitedSection(sizes: SizeResults[]): string {
  const rows = sizes.flatMap(({ size, compared }) =>
    compared
      ? [
          row(size, 'this module', compared.limited.ours),
          row(size, 'stock module', compared.limited.stock),
        ]
      : [],
  );
  const head = [
    'repositories',
    'module',
    'components',
    'complete',
    'requests',
    'refused (429)',
  ];
  return `## First fill at 1,000 requests an hour\n\n${markdownTable(head, rows)}`;
}

function row(size: number, module: string, fill: Fill): string[] {
  const { components, expected, requests, refused, seconds } = fill;
  return [
    formatNumber(size),
    module,
    `${formatNumber(components)} of ${formatNumber(expected)}`,
    `${fill.complete ? 'after' : 'not after'} ${formatNumber(seconds)} s`,
    formatNumber(requests),
    formatNumber(refused),
  ];
}
