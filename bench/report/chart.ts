/** A line of the chart: a value for each place on the horizontal axis. */
export type Series = {
  name: string;
  values: number[];
  /** Determines colours and marks. */
  kind: 'ours' | 'stock';
};

type ChartOptions = {
  title: string;
  /** Below the horizontal axis, one for each value. */
  labels: string[];
  series: Series[];
  /** A value worth a line of its own. */
  limit: { value: number; name: string };
};

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 80;
const RIGHT = 136;
const TOP = 56;
const BOTTOM = 64;

/** Readable on white and on black; the colours of text follow the reader's scheme. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .grid { stroke: #1f2328; stroke-opacity: 0.15; }
  .limit { stroke: #1f2328; stroke-opacity: 0.6; stroke-dasharray: 6 4; }
  .ours { color: #1f883d; }
  .stock { color: #bc4c00; }
  path { fill: none; stroke: currentColor; stroke-width: 2; }
  circle { fill: currentColor; }
  text.ours, text.stock { fill: currentColor; font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .grid, .limit { stroke: #e6edf3; }
    .ours { color: #3fb950; }
    .stock { color: #f0883e; }
  }`;

/** A line chart with a logarithmic vertical axis, as SVG. */
export function toChart(options: ChartOptions): string {
  const { title, labels, series, limit } = options;
  const largest = Math.max(limit.value, ...series.flatMap(s => s.values));
  const decades = Math.ceil(Math.log10(largest * 1.2));
  const x = (index: number) =>
    Math.round(LEFT + ((index + 0.5) / labels.length) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => {
    const share = Math.log10(Math.max(value, 1)) / decades;
    return Math.round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM));
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>${STYLE}
</style>
<text class="title" x="16" y="28">${title}</text>
${grid(decades, y)}
${limitLine(limit, y)}
${labels
  .map((label, index) => text(x(index), HEIGHT - BOTTOM + 24, label, 'middle'))
  .join('\n')}
${text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, 'repositories', 'middle')}
${series.map(one => line(one, x, y)).join('\n')}
</svg>
`;
}

type Place = (value: number) => number;

function grid(decades: number, y: Place): string {
  const powers = Array.from({ length: decades + 1 }, (_, power) => 10 ** power);
  return powers
    .map(
      value =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>\n${text(LEFT - 8, y(value) + 4, format(value), 'end')}`,
    )
    .join('\n');
}

const limitLine = ({ value, name }: ChartOptions['limit'], y: Place) =>
  `<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
${text(WIDTH - RIGHT + 6, y(value) + 4, name, 'start')}`;

function line({ name, kind, values }: Series, x: Place, y: Place): string {
  const points = values.map((value, index) => ({
    value,
    left: x(index),
    top: y(value),
  }));
  const last = points[points.length - 1];
  const path = points.map(({ left, top }) => `${left} ${top}`).join(' L ');
  return [
    `<path class="${kind}" d="M ${path}"/>`,
    ...points.map(
      ({ left, top, value }) =>
        `<circle class="${kind}" cx="${left}" cy="${top}" r="4"/>\n${text(left, top - 10, format(value), 'middle')}`,
    ),
    text(last.left + 12, last.top + 18, name, 'start', kind),
  ].join('\n');
}

function text(
  left: number,
  top: number,
  content: string,
  anchor: string,
  style = 'label',
): string {
  return `<text class="${style}" x="${left}" y="${top}" text-anchor="${anchor}">${content}</text>`;
}

const format = (value: number) => Math.round(value).toLocaleString('en');
