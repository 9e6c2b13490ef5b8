import { Intervals } from '../backend';
import { Purpose } from '../bitbucket';

/** A walk that an hour has few of, so that it was measured apart. */
export type ScarceWalk = { what: string; requests: number; perHour: number };

export type IdleCost = {
  /** In an hour at default settings. */
  requests: number;
  /** How that figure comes about, a line for each term. */
  arithmetic: string[];
};

/**
 * The cost of an hour at default settings, from a shorter time with shorter
 * intervals. What walks ask for grows with the number of walks, and reading
 * files with the number of re-reads by the catalog.
 */
export function scaleToHour(measured: {
  counts: Record<Purpose, number>;
  windowSeconds: number;
  intervals: Intervals;
  defaults: Intervals;
  scarce: ScarceWalk;
}): IdleCost {
  const { counts, windowSeconds, intervals, defaults, scarce } = measured;
  const { file, ...byWalks } = counts;
  const walks = Object.values(byWalks).reduce((sum, count) => sum + count, 0);
  const terms = [
    scaled(
      walks,
      'requests of walks',
      windowSeconds,
      intervals.walk,
      defaults.walk,
    ),
    scaled(
      file,
      'files read',
      windowSeconds,
      intervals.processing,
      defaults.processing,
    ),
    // What fell into the window has been counted.
    ...(counts.listing + counts.search > 0 ? [] : [scarceTerm(scarce)]),
  ];
  return {
    requests: terms.reduce((sum, { requests }) => sum + requests, 0),
    arithmetic: terms.map(({ text }) => text),
  };
}

type Term = { requests: number; text: string };

function scaled(
  count: number,
  what: string,
  windowSeconds: number,
  interval: number,
  normal: number,
): Term {
  const requests = (((count * 3600) / windowSeconds) * interval) / normal;
  return {
    requests,
    text: `${count} ${what} in ${windowSeconds} s, with intervals of ${interval} s instead of ${normal} s: ${count} × 3600/${windowSeconds} × ${interval}/${normal} = ${round(requests)}`,
  };
}

function scarceTerm({ what, requests, perHour }: ScarceWalk): Term {
  const total = requests * perHour;
  return {
    requests: total,
    text: `${what} of ${requests} requests (counted in the first fill), ${round(perHour)} times an hour = ${round(total)}`,
  };
}

const round = (value: number) => Math.round(value * 100) / 100;
