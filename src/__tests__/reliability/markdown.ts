import { Content } from '../../../testing/contents';
import { Group } from './row';

const COMMAND = 'npm run docs:reliability';

/**
 * Puts the tables of faults and of contents between their marks in a page.
 *
 * @throws Error when the page lacks the marks
 */
export function withTables(
  page: string,
  { faults, contents }: { faults: Group[]; contents: Content[] },
): string {
  return fill(
    fill(page, 'faults', ofFaults(faults)),
    'contents',
    ofContents(contents),
  );
}

function fill(page: string, name: string, markdown: string): string {
  const begin = `<!-- ${name}: written by ${COMMAND} -->`;
  const end = `<!-- end of ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(`docs/reliability.md lacks the lines ${begin} and ${end}`);
  }
  const before = page.slice(0, from + begin.length);
  return `${before}\n\n${markdown}\n\n${page.slice(to)}`;
}

function ofFaults(groups: Group[]): string {
  const head = ['fault', 'strikes', 'what happens', 'the log says'];
  return groups
    .map(({ title, rows }) => {
      const cells = rows.map(({ fault, strikes, happens, says }) => [
        fault,
        strikes,
        happens,
        `\`${says.trim()}\``,
      ]);
      return `### ${title}\n\n${toTable([head, ...cells])}`;
    })
    .join('\n\n');
}

function ofContents(contents: Content[]): string {
  const cells = contents.map(({ content, whatHappens }) => [
    content,
    whatHappens,
  ]);
  return toTable([['content', 'what happens'], ...cells]);
}

/** Padded, as the formatter wants it. */
function toTable([head, ...rows]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map(row => row[column].length)),
  );
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = widths.map(width => '-'.repeat(width));
  return [head, rule, ...rows].map(line).join('\n');
}
