import { Random } from '../../dev/simulator';
import { darken, strike } from './faults';
import { Operation, OPERATIONS } from './operations';
import { World } from './World';

/** What comes next. */
export type Step = {
  number: number;
  kind: string;
  /** What exactly was done to the world. */
  what: string;
  /** How the backend is to be restarted, if it is. */
  restart?: Restart;
  /** Milliseconds until the next step. */
  pauseMs: number;
};

export type Restart = {
  signal: 'SIGTERM' | 'SIGKILL';
  /** Whether the next step waits until the backend has started. */
  waits: boolean;
};

export const FAULT = 'fault';
export const RESTART = 'restart';

const TROUBLES: Operation[] = [
  { kind: FAULT, weight: 14, apply: strike },
  { kind: FAULT, weight: 1, apply: darken },
  { kind: 'end of all faults', weight: 5, apply: endFaults },
  { kind: RESTART, weight: 3, apply: () => '' },
];

function endFaults(world: World): string {
  world.endFaults();
  return '';
}

const LONGEST_PAUSE_MS = 1_000;

/** Everything random that happens, which follows from a seed alone. */
export class Plan {
  private readonly random: Random;
  private readonly deck: Operation[];
  private steps = 0;

  constructor(
    seed: number,
    private readonly world: World,
    operations = [...OPERATIONS, ...TROUBLES],
  ) {
    this.random = new Random(seed);
    this.deck = operations.flatMap(operation =>
      Array<Operation>(operation.weight).fill(operation),
    );
  }

  /** How many steps there are until the next rest. */
  roundLength(): number {
    return 15 + this.random.below(35);
  }

  /** Does the next thing to the world. */
  next(): Step {
    this.steps += 1;
    for (;;) {
      const { kind, apply } = this.random.pick(this.deck);
      const what = apply(this.world, this.random, this.steps);
      if (what !== undefined) {
        return this.describe(kind, what);
      }
    }
  }

  private describe(kind: string, what: string): Step {
    const { random } = this;
    const pauseMs = random.below(LONGEST_PAUSE_MS);
    const number = this.steps;
    if (kind !== RESTART) {
      return { number, kind, what, pauseMs };
    }
    const signal = random.pick(['SIGTERM', 'SIGKILL'] as const);
    const restart = { signal, waits: random.chance(0.7) };
    return { number, kind, what: signal, restart, pauseMs };
  }
}
