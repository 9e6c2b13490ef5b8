/** At most three digits that say something: 0.123, 1.23, 12.3, 123, 1,234. */
export function formatNumber(value: number): string {
  const digits =
    value < 100 ? 3 : Math.max(1, String(Math.round(value)).length);
  return new Intl.NumberFormat('en', {
    maximumSignificantDigits: digits,
  }).format(value);
}

export const formatMiB = (bytes: number) =>
  `${formatNumber(bytes / 1024 / 1024)} MiB`;

export const formatKiB = (bytes: number) => `${formatNumber(bytes / 1024)} KiB`;

/** A table in Markdown; the first column to the left, the others to the right. */
export function markdownTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}
