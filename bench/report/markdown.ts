import { Results, SizeResults } from '../run';
import { describeCommand } from './command';
import { Figure, figuresFor } from './figures';
import { formatMiB, formatNumber, markdownTable } from './format';
import { HOW, HOW_DATA_CENTER } from './how';
import { describeMachine } from './machine';

/** Everything as a page of Markdown, with the chart that lies beside it. */
export function toMarkdown(results: Results): string {
  const { sizes, folder } = results;
  const sections = [
    ...sizes.map(size => sizeSection(size, results)),
    `## The idle hour\n\n${sizes.map(idleSection).join('\n\n')}`,
    baselineSection(results),
    `## How the figures were got\n\n${HOW}`,
  ];
  return `# Results of the bench

Written by \`${describeCommand()}\`.

${describeMachine(folder)}

![Requests to Bitbucket in an idle hour](results.svg)

${sections.join('\n\n')}
`;
}

/** The same for Bitbucket Data Center. */
export function toDataCenterMarkdown(results: Results): string {
  const { sizes, folder, product } = results;
  const sections = [
    ...sizes.map(size => sizeSection(size, results)),
    `## The idle hour\n\n${sizes.map(idleSection).join('\n\n')}`,
    baselineSection(results),
    `## How the figures were got\n\n${HOW_DATA_CENTER}`,
  ];
  return `# Results of the bench with Bitbucket Data Center

Written by \`${describeCommand()}\`.

${describeMachine(folder, product)}

${sections.join('\n\n')}
`;
}

/** The tables of a run of some phases. */
export function toTables(results: Results): string {
  const { sizes, folder, product } = results;
  const tables = sizes.map(size => sizeSection(size, results));
  return `${[describeMachine(folder, product), ...tables].join('\n\n')}\n`;
}

/** Whether a run has measured what a row shows. */
const isMeasured = ({ show }: Figure, { ours, stock }: SizeResults) =>
  [ours, stock].some(measured => measured && show(measured) !== '–');

function sizeSection(measured: SizeResults, { empty }: Results): string {
  const { size, ours, stock } = measured;
  const rows = figuresFor(measured, empty)
    .filter(figure => isMeasured(figure, measured))
    .map(figure => [
      figure.name,
      figure.show(ours),
      ...(stock ? [figure.show(stock), ratio(figure, measured)] : []),
    ]);
  const head = ['', 'this module'];
  const table = markdownTable(
    stock ? [...head, 'stock module', 'stock ÷ this'] : head,
    rows,
  );
  return `## ${formatNumber(size)} repositories, ${formatNumber(ours.fill.expected)} components\n\n${table}`;
}

function ratio({ value }: Figure, { ours, stock }: SizeResults): string {
  const mine = value?.(ours);
  const theirs = stock && value?.(stock);
  return mine === undefined || theirs === undefined
    ? '–'
    : formatNumber(theirs / mine);
}

function idleSection({ size, ours, stock }: SizeResults): string {
  const contestants = [
    { name: 'this module', idle: ours.idle },
    { name: 'this module, with webhooks', idle: ours.idleWithWebhooks },
    ...(stock ? [{ name: 'stock module', idle: stock.idle }] : []),
  ];
  return contestants
    .flatMap(({ name, idle }) =>
      idle
        ? [
            `${formatNumber(size)} repositories, ${name}: ${formatNumber(idle.requests)} requests`,
            idle.arithmetic.map(term => `- ${term}`).join('\n'),
          ]
        : [],
    )
    .join('\n\n');
}

/** What the catalog takes by itself, with as many components in it. */
function baselineSection({ sizes }: Results): string {
  const rows = sizes.flatMap(({ baseline, ours }) =>
    baseline
      ? [
          [
            formatNumber(ours.fill.expected),
            formatNumber(baseline.seconds),
            formatNumber(baseline.cpuSeconds),
            formatMiB(baseline.memory.peakBytes),
            formatMiB(baseline.memory.heldBytes),
          ],
        ]
      : [],
  );
  const head = [
    'components',
    'seconds',
    'CPU seconds',
    'peak memory',
    'memory held at rest',
  ];
  return `## The catalog without a module\n\n${markdownTable(head, rows)}`;
}
