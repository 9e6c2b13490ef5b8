import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../bench/wait';
import { Random } from '../../../dev/simulator';
import { Plan, RESTART, Step } from '../plan';
import { differences, linesOf, truthOf } from '../truth';
import { Clock } from './Clock';
import { Existing } from './Existing';
import { Product } from './Product';
import { TriggeredBackend } from './TriggeredBackend';
import { PROVIDER_REMOVED, PROVIDER_RESTORED, Troubles } from './Troubles';

const LOOK_EVERY_MS = 100;
/** How long the catalog may take to process what it was given. */
const SETTLE_LIMIT_MS = 20_000;
const ROUND_LENGTH = { least: 12, more: 20 };
const HOUR_MS = 3_600_000;
const HOURS_OF_A_DAY = 24;
const DAYS_OF_A_MONTH = 31;

/** What came of a soak. */
export type Result = {
  steps: number;
  /** How many comparisons came after walks that read what was updated, and no full list. */
  incremental: number;
  comparisons: number;
  /** How often it took up to a day until a wrong response was corrected. */
  withinADay: number;
  /** How often it took up to a month. */
  withinAMonth: number;
  restarts: number;
  requests: number;
  /** How many wrong responses of each kind there were. */
  wrongResponses: Map<string, number>;
  /** The first ones end the soak. */
  differences: string[];
  /** What had happened since the catalog was last as it should be. */
  lastSteps: Step[];
  /** What the log ended with when a difference was found. */
  log: string;
};

/** Runs random steps in a small world, with a backend that walks on demand. */
export class IncrementalSoak {
  private readonly existing: Existing;
  private readonly random: Random;
  private lastSteps: Step[] = [];
  private log = '';
  private steps = 0;
  private incremental = 0;
  private comparisons = 0;
  private withinADay = 0;
  private withinAMonth = 0;

  constructor(
    private readonly product: Product,
    private readonly backend: TriggeredBackend,
    private readonly troubles: Troubles,
    private readonly plan: Plan,
    private readonly clock: Clock,
    seed: number,
  ) {
    this.random = new Random(seed + 1);
    this.existing = new Existing(backend);
  }

  /** @param steps - how many there are at most */
  async run(steps: number): Promise<Result> {
    let found = await this.rest();
    const endWatch = this.existing.watch();
    while (found.length === 0 && this.steps < steps) {
      await this.shake(steps);
      this.log = this.backend.tail;
      found = this.existing.missing;
      if (found.length === 0) {
        found = await this.rest();
      }
    }
    await endWatch();
    return {
      steps: this.steps,
      incremental: this.incremental,
      comparisons: this.comparisons,
      withinADay: this.withinADay,
      withinAMonth: this.withinAMonth,
      restarts: this.backend.restarts,
      requests: this.product.world.requests,
      wrongResponses: this.troubles.counts,
      differences: found,
      lastSteps: this.lastSteps,
      log: this.log,
    };
  }

  /** A round of steps, until something is missing that should not be. */
  private async shake(steps: number): Promise<void> {
    const { least, more } = ROUND_LENGTH;
    let left = Math.min(least + this.random.below(more), steps - this.steps);
    for (; left > 0 && this.existing.missing.length === 0; left -= 1) {
      const sent = this.troubles.sent.length;
      const step = this.plan.next();
      this.steps += 1;
      this.lastSteps.push(step);
      this.troubles.noteStep(step.kind);
      this.existing.keep(truthOf(this.product.world));
      if ([RESTART, PROVIDER_REMOVED, PROVIDER_RESTORED].includes(step.kind)) {
        await this.restart();
      }
      this.clock.pass(this.random.pick(this.product.stepMs));
      await this.walkOrWait();
      await this.existing.look();
      this.describeSent(step, sent);
    }
  }

  private describeSent(step: Step, from: number): void {
    const sent = this.troubles.sent.slice(from);
    step.what += sent
      .map(({ kind, url }) => `\n    sent: ${kind}, ${url}`)
      .join('');
  }

  private async restart(): Promise<void> {
    const walk = this.random.chance(0.5) ? this.walk(this.providers) : [];
    await this.backend.restart(this.product.config());
    await walk;
  }

  private get providers(): string[] {
    return this.product.providers();
  }

  private async walkOrWait(): Promise<void> {
    const { random } = this;
    const chance = random.next();
    const providers = random.shuffled(this.providers);
    if (chance < 0.45) {
      for (const provider of providers) {
        await this.walk([provider]);
      }
      this.troubles.noteWalks();
    } else if (chance < 0.6) {
      await this.walk(providers);
      this.troubles.noteWalks();
    } else if (chance < 0.75) {
      await this.walk([random.pick(providers)]);
    } else if (chance < 0.85) {
      await sleep(random.below(600));
    }
  }

  private async walk(providers: string[]): Promise<void> {
    await Promise.all(providers.map(one => this.backend.walk(one)));
  }

  /**
   * Ends what goes wrong, and expects the catalog to be as the workspace after two
   * walks. Where a response was wrong, an entity may be added within a day, and
   * what is there may be corrected within a month.
   */
  private async rest(): Promise<string[]> {
    await this.troubles.end(this.random);
    const { needsFullList } = this.troubles;
    if (needsFullList) {
      this.clock.pass(this.product.noticedAfterMs);
    }
    await this.walkTwice();
    for (const task of this.product.tasks) {
      await this.backend.trigger(task);
    }
    let found = await this.compare();
    this.log = this.backend.tail;
    if (found.length > 0 && this.mayBeWrong) {
      this.withinADay += 1;
      await this.pass(HOURS_OF_A_DAY, HOUR_MS);
      found = await this.compare();
    }
    if (found.length > 0 && this.mayBeWrong && !found.some(isAbsence)) {
      this.withinAMonth += 1;
      await this.pass(DAYS_OF_A_MONTH, HOURS_OF_A_DAY * HOUR_MS);
      found = await this.compare();
    }
    if (found.length === 0) {
      this.incremental += needsFullList ? 0 : 1;
      await this.existing.renew();
      found = this.existing.missing;
    }
    if (found.length === 0) {
      this.lastSteps = [];
      this.product.world.rest();
      this.troubles.begin();
    }
    return found;
  }

  /** Whether a wrong response may still be believed. */
  private get mayBeWrong(): boolean {
    const { existing, troubles } = this;
    return troubles.mayMislead && existing.missing.length === 0;
  }

  /** Lets time pass, and walks at the end of each part of it. */
  private async pass(times: number, ms: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      this.clock.pass(ms);
      await this.walk(this.providers);
    }
  }

  private async walkTwice(): Promise<void> {
    for (let walk = 0; walk < 2; walk += 1) {
      for (const provider of this.random.shuffled(this.providers)) {
        await this.walk([provider]);
      }
    }
  }

  /** Waits until the catalog is as the workspace, and says what is not so in the end. */
  private async compare(): Promise<string[]> {
    const expected = [...truthOf(this.product.world).values()].flat();
    let found: string[] = [];
    let shown: string[] = [];
    await until(
      async () => {
        shown = linesOf(await this.backend.shown());
        found = differences(expected, shown);
        if (found.some(one => one.startsWith(TOO_MUCH))) {
          await this.backend.removeOrphans();
        }
        return found.length === 0 || this.existing.missing.length > 0;
      },
      { limitMs: SETTLE_LIMIT_MS, everyMs: LOOK_EVERY_MS },
    );
    this.comparisons += 1;
    const { missing } = this.existing;
    return missing.length > 0 ? missing : markAbsences(found);
  }
}

const TOO_MUCH = 'too much: ';
const ABSENT = 'absent: ';

/** Distinguishes components that are missing from those that differ. */
function markAbsences(found: string[]): string[] {
  const there = new Set(
    found.filter(one => one.startsWith(TOO_MUCH)).map(componentIn),
  );
  return found.map(one =>
    one.startsWith(TOO_MUCH) || there.has(componentIn(one))
      ? one
      : one.replace('missing: Component', `${ABSENT}Component`),
  );
}

const isAbsence = (difference: string) => difference.startsWith(ABSENT);

const componentIn = (line: string) => /: Component (\S+)/.exec(line)?.[1];
