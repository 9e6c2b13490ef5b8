import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../bench/wait';
import { ForgottenStitches } from './ForgottenStitches';
import { Plan, Step } from './plan';
import { RestartableBackend } from './RestartableBackend';
import { differences, Truth, truthOf } from './truth';
import { World } from './World';

/** How long a catalog may take to come to rest. */
const REST_LIMIT_MS = 300_000;
const LOOK_EVERY_MS = 2_000;

/** Reports what is going on. */
export type Print = (line: string) => void;

/** What came of a soak. */
export type Result = {
  /** How many there were of each kind. */
  steps: Map<string, number>;
  walks: number;
  restarts: number;
  requests: number;
  comparisons: number;
  /** Entities that a killed catalog had processed and would not have shown. */
  forgottenStitches: number;
  /** Between the catalog and the workspace; the first ones end the soak. */
  differences: string[];
  /** What had been done since the catalog was last as it should be. */
  lastSteps: Step[];
};

/** Shakes a world and the backend that is filled from it, and compares the two. */
export class Soak {
  private readonly steps = new Map<string, number>();
  private lastSteps: Step[] = [];
  private comparisons = 0;
  private forgottenStitches = 0;
  private stepNumber = 0;
  private settled: Truth = new Map();

  constructor(
    private readonly world: World,
    private readonly backend: RestartableBackend,
    private readonly stitches: ForgottenStitches,
    private readonly plan: Plan,
    private readonly print: Print,
  ) {}

  /** @throws Error when the backend does not start, does not walk, or ends by itself */
  async run(minutes: number): Promise<Result> {
    let found = await this.rest();
    const end = performance.now() + minutes * 60_000;
    while (found.length === 0 && performance.now() < end) {
      await this.shake();
      found = await this.lookForLosses();
      if (found.length === 0) {
        found = await this.rest();
      }
    }
    return {
      steps: this.steps,
      walks: this.backend.walks,
      restarts: this.backend.restarts,
      requests: this.world.requests,
      comparisons: this.comparisons,
      forgottenStitches: this.forgottenStitches,
      differences: found,
      lastSteps: this.lastSteps,
    };
  }

  /** A round of steps, one after the other. */
  private async shake(): Promise<void> {
    for (let left = this.plan.roundLength(); left > 0; left -= 1) {
      const step = this.plan.next();
      this.stepNumber = step.number;
      this.lastSteps.push(step);
      this.steps.set(step.kind, (this.steps.get(step.kind) ?? 0) + 1);
      if (step.restart) {
        await this.backend.restart(step.restart);
      }
      await sleep(step.pauseMs);
    }
  }

  /** During all faults, the catalog has everything that was not changed. */
  private async lookForLosses(): Promise<string[]> {
    await this.backend.started();
    const untouched = [...this.settled]
      .filter(([uuid]) => !this.world.touched.has(uuid))
      .flatMap(([, lines]) => lines);
    this.comparisons += 1;
    const shown = await this.backend.shows();
    return differences(untouched, shown).filter(isLoss);
  }

  /**
   * Ends all faults, waits until the whole list has been read and the catalog
   * is as it should be, and returns what is not so in the end.
   */
  private async rest(): Promise<string[]> {
    const begun = performance.now();
    this.world.endFaults();
    await this.backend.started();
    await this.walkTwice();
    this.settled = truthOf(this.world);
    const expected = [...this.settled.values()].flat();
    let found: string[] = [];
    await until(
      async () => {
        found = differences(expected, await this.backend.shows());
        if (found.length > 0) {
          this.forgottenStitches += await this.stitches.makeUp();
        }
        return found.length === 0;
      },
      { limitMs: REST_LIMIT_MS, everyMs: LOOK_EVERY_MS },
    );
    await this.backend.started();
    this.comparisons += 1;
    if (found.length === 0) {
      const seconds = Math.round((performance.now() - begun) / 1000);
      this.print(
        `step ${this.stepNumber}: ${expected.length / 2} components, all as in the workspace, after ${seconds} s of rest`,
      );
      this.lastSteps = [];
      this.world.rest();
    }
    return found;
  }

  /** The list that the first of them ends with may have begun before. */
  private async walkTwice(): Promise<void> {
    const enough = this.backend.wholeWalks + 2;
    const walked = await until(async () => this.backend.wholeWalks >= enough, {
      limitMs: REST_LIMIT_MS,
      everyMs: LOOK_EVERY_MS,
    });
    if (!walked) {
      throw new Error(`No walk comes to its end. ${this.backend.tail}`);
    }
  }
}

const isLoss = (difference: string) => difference.startsWith('missing: ');
