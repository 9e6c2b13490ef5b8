/** A row: what it is about, and a number. */
export type Row = [label: string, count: number];

/**
 * Lays out rows in two columns, the numbers aligned to the right and summed up
 * below.
 */
export function formatTable(heading: string, rows: Row[]): string {
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const lines: Row[] = [...rows, ['total', total]];
  const labelWidth = Math.max(
    heading.length,
    ...lines.map(([label]) => label.length),
  );
  const countWidth = Math.max(...lines.map(([, count]) => `${count}`.length));
  const body = lines.map(
    ([label, count]) =>
      `  ${label.padEnd(labelWidth)}  ${`${count}`.padStart(countWidth)}`,
  );
  return [heading, ...body].join('\n');
}
