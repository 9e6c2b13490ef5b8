/** One change, and what it took until the catalog showed it. */
export type Trial = { ms: number; requests: number };

export type Trials = {
  /** Changes that were seen in the catalog. */
  seen: number;
  /** Changes that were made, one after the other. */
  made: number;
  /** For one change, on average of those that were seen. */
  requests: number;
  /** Of those that were seen. */
  medianMs: number;
  slowestMs: number;
};

/** @param trials - undefined for a change that was not seen in time */
export function summarizeTrials(trials: (Trial | undefined)[]): Trials {
  const seen = trials.filter(trial => trial !== undefined);
  const times = seen.map(({ ms }) => ms).sort((a, b) => a - b);
  return {
    made: trials.length,
    seen: seen.length,
    requests:
      seen.reduce((sum, { requests }) => sum + requests, 0) / seen.length,
    medianMs: times[Math.floor((times.length - 1) / 2)],
    slowestMs: times[times.length - 1],
  };
}

/** One of some names for each of a number of changes, from all over the list. */
export const spread = (names: string[], index: number, changes: number) =>
  names[Math.floor((index + 0.5) * (names.length / changes))];
