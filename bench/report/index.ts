import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { Results } from '../run';
import { Series, toChart } from './chart';
import { formatNumber } from './format';
import { toMarkdown } from './markdown';

const MARKDOWN_FILE = resolve(__dirname, '../results.md');
const CHART_FILE = resolve(__dirname, '../results.svg');

/**
 * Writes `bench/results.md` and `bench/results.svg`.
 *
 * @returns the Markdown
 */
export async function writeResults(results: Results): Promise<string> {
  const style = await resolveConfig(MARKDOWN_FILE);
  const markdown = await format(toMarkdown(results), {
    ...style,
    parser: 'markdown',
  });
  await writeFile(MARKDOWN_FILE, markdown);
  await writeFile(CHART_FILE, idleChart(results));
  return markdown;
}

function idleChart({ sizes }: Results): string {
  const stock = sizes.flatMap(size => size.compared?.stock.idle.requests ?? []);
  const series: Series[] = [
    {
      name: 'this module',
      kind: 'ours',
      values: sizes.map(({ ours }) => ours.idle.requests),
    },
    ...(stock.length > 0
      ? [{ name: 'stock module', kind: 'stock' as const, values: stock }]
      : []),
  ];
  return toChart({
    title: 'Requests to Bitbucket in an idle hour',
    labels: sizes.map(({ size }) => formatNumber(size)),
    series,
    limit: { value: 1_000, name: "Bitbucket's limit" },
  });
}
