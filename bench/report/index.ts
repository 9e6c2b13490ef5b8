import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { Results } from '../run';
import { Series, toChart } from './chart';
import { formatNumber } from './format';
import { LimitedFills } from '../limited';
import { toLimitedMarkdown } from './limited';
import { toDataCenterMarkdown, toMarkdown, toTables } from './markdown';

const MARKDOWN_FILE = resolve(__dirname, '../results.md');
const DATA_CENTER_FILE = resolve(__dirname, '../data-center.md');
const LIMITED_FILE = resolve(__dirname, '../limited.md');
const CHART_FILE = resolve(__dirname, '../results.svg');

/**
 * Writes `bench/results.md` and `bench/results.svg`, or `bench/data-center.md`.
 *
 * @returns the Markdown
 */
export async function writeResults(results: Results): Promise<string> {
  if (results.product === 'data-center') {
    return writeMarkdown(DATA_CENTER_FILE, toDataCenterMarkdown(results));
  }
  await writeFile(CHART_FILE, idleChart(results));
  return writeMarkdown(MARKDOWN_FILE, toMarkdown(results));
}

/** The Markdown of a run of some phases, which is written nowhere. */
export async function formatTables(results: Results): Promise<string> {
  return formatMarkdown(MARKDOWN_FILE, toTables(results));
}

/**
 * Writes `bench/limited.md`.
 *
 * @param folder - where databases were
 * @param minutes - how long was watched
 * @returns the Markdown
 */
export const writeLimited = (
  fills: LimitedFills[],
  folder: string,
  minutes: number,
): Promise<string> =>
  writeMarkdown(LIMITED_FILE, toLimitedMarkdown(fills, folder, minutes));

async function writeMarkdown(file: string, text: string): Promise<string> {
  const markdown = await formatMarkdown(file, text);
  await writeFile(file, markdown);
  return markdown;
}

async function formatMarkdown(file: string, text: string): Promise<string> {
  const style = await resolveConfig(file);
  return format(text, { ...style, parser: 'markdown' });
}

function idleChart({ sizes }: Results): string {
  const stock = sizes.flatMap(size => size.stock?.idle?.requests ?? []);
  const series: Series[] = [
    {
      name: 'this module',
      kind: 'ours',
      values: sizes.flatMap(({ ours }) => ours.idle?.requests ?? []),
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
