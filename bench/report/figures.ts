import {
  Baseline,
  Fill,
  Memory,
  PULL_REQUESTS,
  PullRequestTrials,
  Rest,
  Restart,
  Trials,
} from '../phases';
import { STITCH_EVERY_MS } from '../changedFiles';
import { Measurement } from '../measure';
import { LATE_MS, SizeResults } from '../run';
import { formatKiB, formatMiB, formatNumber } from './format';

/** A line of the tables. */
export type Figure = {
  name: string;
  /** As the table shows it. */
  show: (results: Measurement) => string;
  /** What two modules are compared by; undefined where there is nothing to compare. */
  value?: (results: Measurement) => number | undefined;
};

/**
 * All lines about one size, in their order.
 *
 * @param empty - a catalog with nothing in it
 */
export function figuresFor(
  { size, baseline }: SizeResults,
  empty: Baseline | undefined,
): Figure[] {
  return [
    ...fillFigures,
    ...changeFigures,
    ...pushFigures,
    ...pullRequestFigures,
    ...restartFigures,
    {
      name: 'idle hour: requests',
      show: ({ idle }) => (idle ? formatNumber(idle.requests) : '–'),
      value: ({ idle }) => idle?.requests,
    },
    {
      name: '… with webhooks',
      show: ({ idleWithWebhooks }) =>
        idleWithWebhooks ? formatNumber(idleWithWebhooks.requests) : '–',
      value: ({ idleWithWebhooks, idle }) =>
        (idleWithWebhooks ?? idle)?.requests,
    },
    restFigure('at rest: CPU seconds a minute', rest => rest.byDefault),
    restFigure(
      '… with a processing interval of 30 minutes',
      rest => rest.withLongInterval,
    ),
    ...memoryFigures('peak memory', ({ peakBytes }) => peakBytes, baseline),
    ...memoryFigures(
      'memory held at rest',
      ({ heldBytes }) => heldBytes,
      baseline,
    ),
    ...(empty ? growthFigures(size, empty) : []),
  ];
}

/** Of a catalog with nothing in it and the same with so many repositories. */
function growthFigures(size: number, empty: Baseline): Figure[] {
  const growth = (results: Measurement) =>
    (results.databaseBytes - empty.databaseBytes) / size;
  return [
    {
      name: 'growth of the database for each repository',
      show: results => formatKiB(growth(results)),
      value: growth,
    },
    {
      name: '… of which tables of this module',
      show: results =>
        results.ownBytes > 0 ? formatKiB(results.ownBytes / size) : '–',
    },
  ];
}

function restFigure(name: string, get: (rest: Rest) => number): Figure {
  return {
    name,
    show: ({ rest }) => (rest ? formatNumber(get(rest)) : '–'),
    value: ({ rest }) => rest && get(rest),
  };
}

function memoryFigures(
  name: string,
  get: (memory: Memory) => number,
  baseline: Baseline | undefined,
): Figure[] {
  return [
    {
      name,
      show: ({ memory }) => (memory ? formatMiB(get(memory)) : '–'),
      value: ({ memory }) => memory && get(memory),
    },
    {
      name: '… above the same catalog without a module',
      show: ({ memory }) =>
        memory && baseline
          ? formatMiB(get(memory) - get(baseline.memory))
          : '–',
    },
  ];
}

/** What a fill took; or how far it came, where it did not end. */
const fillFigure = (
  name: string,
  get: (fill: Fill) => number,
  fillOf: (results: Measurement) => Fill | undefined = ({ fill }) => fill,
): Figure => ({
  name,
  show: results => {
    const fill = fillOf(results);
    if (!fill) {
      return '–';
    }
    return fill.complete ? formatNumber(get(fill)) : incomplete(fill);
  },
  value: results => {
    const fill = fillOf(results);
    return fill?.complete ? get(fill) : undefined;
  },
});

const incomplete = (fill: Fill) =>
  `not complete after ${formatNumber(fill.seconds)} s: ${formatNumber(fill.components)} of ${formatNumber(fill.expected)} components, ${formatNumber(fill.requests)} requests`;

const fillFigures = [
  fillFigure('first fill: requests', ({ requests }) => requests),
  fillFigure('first fill: seconds', ({ seconds }) => seconds),
  fillFigure(
    `… with answers after ${LATE_MS} ms`,
    ({ seconds }) => seconds,
    ({ lateFill }) => lateFill,
  ),
  fillFigure('first fill: CPU seconds', ({ cpuSeconds }) => cpuSeconds),
];

const millisecondsOf = ({ medianMs, slowestMs }: Trials) =>
  `${formatNumber(medianMs)} (${formatNumber(slowestMs)})`;

const secondsOf = ({ medianMs, slowestMs }: Trials) =>
  `${formatNumber(medianMs / 1000)} (${formatNumber(slowestMs / 1000)})`;

const trialsFigure = <T extends Trials>(
  name: string,
  trialsOf: (results: Measurement) => T | undefined,
  show: (trials: T) => string,
  value?: (trials: T) => number,
): Figure => ({
  name,
  show: results => {
    const trials = trialsOf(results);
    if (!trials) {
      return '–';
    }
    const { seen, made } = trials;
    const missed = seen < made ? `, ${seen} of ${made} seen` : '';
    return seen > 0 ? `${show(trials)}${missed}` : 'not seen';
  },
  value: results => {
    const trials = trialsOf(results);
    return trials?.seen ? value?.(trials) : undefined;
  },
});

const changeFigures = [
  trialsFigure(
    'a changed file: requests',
    ({ changedFile }) => changedFile,
    ({ requests }) => formatNumber(requests),
    ({ requests }) => requests,
  ),
  trialsFigure(
    'a changed file: milliseconds (slowest)',
    ({ changedFile }) => changedFile,
    millisecondsOf,
    ({ medianMs }) => medianMs,
  ),
  trialsFigure(
    `… with a stitching interval of ${STITCH_EVERY_MS} ms`,
    ({ changedSooner }) => changedSooner,
    millisecondsOf,
  ),
];

const pushFigures = [
  trialsFigure(
    'a push, with a webhook: requests',
    ({ pushes }) => pushes,
    ({ requests }) => formatNumber(requests),
  ),
  trialsFigure(
    'a push, with a webhook: seconds (slowest)',
    ({ pushes }) => pushes,
    secondsOf,
  ),
  trialsFigure(
    '… on PostgreSQL: requests',
    ({ pushesOnPostgres }) => pushesOnPostgres,
    ({ requests }) => formatNumber(requests),
  ),
  trialsFigure(
    '… on PostgreSQL: seconds (slowest)',
    ({ pushesOnPostgres }) => pushesOnPostgres,
    secondsOf,
  ),
];

const pullRequestFigure = (
  what: string,
  show: (trials: PullRequestTrials) => string,
): Figure =>
  trialsFigure(
    `${PULL_REQUESTS} pull requests at once: ${what}`,
    ({ pullRequests }) => pullRequests,
    show,
  );

const pullRequestFigures = [
  pullRequestFigure('requests for each', ({ requests }) =>
    formatNumber(requests),
  ),
  pullRequestFigure('milliseconds (slowest)', millisecondsOf),
  pullRequestFigure('CPU seconds', ({ cpuSeconds }) =>
    formatNumber(cpuSeconds),
  ),
];

const restartFigure = (
  name: string,
  get: (restart: Restart) => number,
): Figure => ({
  name,
  show: ({ restart }) =>
    restart
      ? `${formatNumber(get(restart))}${restart.complete ? '' : ', not complete'}`
      : '–',
  value: ({ restart }) => (restart?.complete ? get(restart) : undefined),
});

const restartFigures = [
  restartFigure('restart: requests', ({ requests }) => requests),
  restartFigure('restart: seconds', ({ seconds }) => seconds),
  restartFigure('restart: CPU seconds', ({ cpuSeconds }) => cpuSeconds),
];
