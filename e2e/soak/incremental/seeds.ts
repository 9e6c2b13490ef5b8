import { setMaxListeners } from 'node:events';
import { SoakOptions } from '../options';
import { reportFailure } from '../report';
import { Print } from '../Soak';
import { Result } from './IncrementalSoak';
import { runSeed } from './run';

/** So many at once, since each of them waits for its catalog most of the time. */
const AT_ONCE = 4;

/**
 * Soaks one seed after the other, some of them side by side.
 *
 * @returns the exit code of a process
 */
export async function soakSeeds(
  options: SoakOptions,
  print: Print,
): Promise<number> {
  const { seed, seeds, minutes } = options;
  const end = performance.now() + minutes * 60_000;
  const goesOn = (next: number) =>
    seeds === undefined ? performance.now() < end : next < seed + seeds;
  // Every backend listens for the end of the process.
  setMaxListeners(0, process as unknown as EventTarget);
  print(`Seeds from ${seed} on`);
  const results: Result[] = [];
  let next = seed;
  const work = async () => {
    while (goesOn(next)) {
      const current = next;
      next += 1;
      results.push(await soakSeed(current, options, print));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  print(summary(results));
  return results.every(({ differences }) => differences.length === 0) ? 0 : 1;
}

async function soakSeed(
  seed: number,
  options: SoakOptions,
  print: Print,
): Promise<Result> {
  const { steps, repositories, dataCenter, without } = options;
  const command = [
    `npm run soak -- --${dataCenter ? 'data-center' : 'incremental'} --seed ${seed} --seeds 1`,
    `--steps ${steps} --repositories ${repositories}`,
    ...(without.length > 0 ? [`--without "${without}"`] : []),
  ].join(' ');
  const result = await runSeed({
    seed,
    steps,
    repositories,
    dataCenter,
    without,
  }).catch(error => {
    throw new Error(`${error.stack}\nThe same again: ${command}`);
  });
  const { differences, log } = result;
  print(
    differences.length > 0
      ? `seed ${seed}: FAILED\n${log}\n${reportFailure(result, command)}`
      : `seed ${seed}: ${result.steps} steps, no differences`,
  );
  return result;
}

function summary(results: Result[]): string {
  const sum = (count: (result: Result) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const kinds = new Map<string, number>();
  for (const { wrongResponses } of results) {
    for (const [kind, count] of wrongResponses) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    }
  }
  const failed = results.filter(one => one.differences.length > 0).length;
  return [
    '',
    'Wrong responses:',
    ...[...kinds]
      .sort(([, a], [, b]) => b - a)
      .map(([kind, count]) => `  ${String(count).padStart(4)}  ${kind}`),
    '',
    [
      `${results.length} seeds`,
      `${sum(one => one.steps)} steps`,
      `${sum(one => one.requests)} requests`,
      `${sum(one => one.restarts)} restarts`,
      `${sum(one => one.comparisons)} comparisons`,
      `${sum(one => one.incremental)} of them after incremental walks alone`,
      `${sum(one => one.withinADay)} corrected within a day`,
      `${sum(one => one.withinAMonth)} within a month`,
      `${failed} seeds with differences`,
    ].join(', '),
    '',
  ].join('\n');
}
