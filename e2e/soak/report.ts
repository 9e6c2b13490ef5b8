import { Result } from './Soak';
import { FAULT } from './plan';

const MOST_DIFFERENCES = 50;

/** What a soak says at its end. */
export function report(result: Result): string {
  const { steps, differences } = result;
  const kinds = [...steps].sort(([, a], [, b]) => b - a);
  const width = Math.max(...kinds.map(([kind]) => kind.length), 0);
  return [
    '',
    ...kinds.map(([kind, count]) => `  ${kind.padEnd(width)}  ${count}`),
    '',
    [
      `${result.walks} walks`,
      `${result.requests} requests`,
      `${steps.get(FAULT) ?? 0} faults`,
      `${result.restarts} restarts`,
      `${result.comparisons} comparisons`,
      `${differences.length} differences`,
    ].join(', '),
    ...(result.forgottenStitches > 0
      ? [
          `${result.forgottenStitches} entities that the catalog had processed and not stitched as it was killed, stitched again`,
        ]
      : []),
    '',
  ].join('\n');
}

/** How to find out what went wrong. */
export function reportFailure(
  { differences, lastSteps }: Pick<Result, 'differences' | 'lastSteps'>,
  command: string,
): string {
  const more = differences.length - MOST_DIFFERENCES;
  return [
    `Since the catalog was last as it should be:`,
    ...lastSteps.map(
      ({ number, kind, what }) => `  step ${number}: ${kind} ${what}`,
    ),
    `Differences at step ${lastSteps.at(-1)?.number ?? 0}:`,
    ...differences.slice(0, MOST_DIFFERENCES).map(line => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    `The same again: ${command}`,
    '',
  ].join('\n');
}
