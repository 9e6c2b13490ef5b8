import { LimitedFills } from '../limited';
import { Fill } from '../phases';
import { describeCommand } from './command';
import { formatNumber, markdownTable } from './format';
import { describeMachine } from './machine';

/** The moments that are reported, in minutes. */
const LOOKS = [1, 30, 60, 65, 90, 120, 150, 180];

/**
 * How far first fills came, as a page of Markdown.
 *
 * @param folder - where databases were
 * @param minutes - how long was watched
 */
export function toLimitedMarkdown(
  fills: LimitedFills[],
  folder: string,
  minutes: number,
): string {
  return `# First fills at 1,000 requests an hour

Written by \`${describeCommand()}\`.

${describeMachine(folder)}

${fills.map(fill => section(fill, minutes)).join('\n\n')}

## How the figures were got

- The workspace, the backends and their databases are as in [results.md](results.md); the simulator allows 1,000 requests
  in any hour and refuses more by 429. Both modules have default settings, and a simulator and a limit each.
- Both are watched at the same time, until every component is to be seen or, at most, for ${formatNumber(minutes)} min.
- Requests are all that were sent in that time, those that were refused among them.
`;
}

function section({ size, ours, stock }: LimitedFills, minutes: number): string {
  const modules = [
    { name: 'this module', fill: ours },
    { name: 'stock module', fill: stock },
  ];
  const looks = LOOKS.filter(look => look < minutes);
  const head = [
    'components',
    ...looks.map(look => `${look} min`),
    'at the end',
    'complete',
    'requests',
    'refused (429)',
  ];
  const rows = modules.map(({ name, fill }) => [
    name,
    ...looks.map(look => formatNumber(componentsAfter(look, fill))),
    formatNumber(fill.components),
    `${fill.complete ? 'after' : 'not after'} ${formatNumber(fill.seconds / 60)} min`,
    formatNumber(fill.requests),
    formatNumber(fill.refused),
  ]);
  return `## ${formatNumber(size)} repositories, ${formatNumber(ours.expected)} components\n\n${markdownTable(head, rows)}`;
}

/** @param minutes - after the start */
const componentsAfter = (minutes: number, { growth }: Fill) =>
  growth.filter(({ seconds }) => seconds <= minutes * 60).at(-1)?.components ??
  0;
