import { FaultKind, Simulator, startSimulator } from '../../../dev/simulator';
import { FakeTiming, fakeTiming } from '../../../testing/bitbucket';
import { Database, DatabaseServer, TestBackend, until } from '../../../testing';
import { AnyBitbucket } from './AnyBitbucket';
import { Bitbucket } from './Bitbucket';
import { Place, Places } from './places';
import { startSelfSigned } from './selfSigned';

/** After three hours every OAuth token has ended, and every pause. */
const LATER = 3 * 3_600_000;

/** How a world is made. */
export type WorldOptions = {
  repositories?: number;
  /** How long an answer may take, of which there are two. */
  attemptTimeoutMs?: number;
  /** Whether each fault strikes at one place of those it could. */
  isSample?: boolean;
};

/** A world of either product. */
export type AnyWalkWorld = WalkWorld<AnyBitbucket>;

/**
 * A backend that walks a workspace. Its clock stands still but for waits, and
 * each walk is hours after the last one.
 */
export class WalkWorld<B extends AnyBitbucket = Bitbucket> {
  /** When the last walk began, in milliseconds since the epoch. */
  walkedAt = 0;
  #samples = 0;

  private constructor(
    readonly bitbucket: B,
    /** Another host, which nothing may be sent to. */
    readonly elsewhere: Simulator,
    readonly timing: FakeTiming,
    private readonly database: Database,
    private running: TestBackend,
    private readonly isSample: boolean,
  ) {}

  /** Bitbucket Cloud. */
  static async start(
    databases: DatabaseServer,
    { repositories = 3, ...options }: WorldOptions = {},
  ): Promise<WalkWorld> {
    return WalkWorld.around(
      await Bitbucket.start(repositories),
      databases,
      options,
    );
  }

  static async around<B extends AnyBitbucket>(
    bitbucket: B,
    databases: DatabaseServer,
    {
      attemptTimeoutMs = 30_000,
      isSample = false,
    }: Omit<WorldOptions, 'repositories'> = {},
  ): Promise<WalkWorld<B>> {
    const elsewhere = await startSimulator({ workspaces: [] });
    const timing = fakeTiming({ attemptTimeoutMs, maxAttempts: 2 });
    const database = databases.createDatabase();
    const backend = await bitbucket.startBackend(timing, database);
    return new WalkWorld(
      bitbucket,
      elsewhere,
      timing,
      database,
      backend,
      isSample,
    );
  }

  get backend(): TestBackend {
    return this.running;
  }

  /** Those where a fault strikes: all of them, or in a sample another one each time. */
  placesOf({ places }: Places): Place[] {
    return this.someOf(places);
  }

  /** The same, for a list of anything. */
  someOf<T>(all: T[]): T[] {
    if (!this.isSample) {
      return all;
    }
    this.#samples += 1;
    return [all[this.#samples % all.length]];
  }

  isReady(): Promise<void> {
    return this.hasTheTruth();
  }

  async stop(): Promise<void> {
    await this.backend.stop();
    await this.bitbucket.stop();
    await this.elsewhere.stop();
  }

  /**
   * Starts the backend again on its database.
   *
   * @param start - where it is not as before
   */
  async restart(
    start: (timing: FakeTiming, database: Database) => Promise<TestBackend> = (
      timing,
      database,
    ) => this.bitbucket.startBackend(timing, database),
  ): Promise<void> {
    await this.backend.stop();
    this.timing.advance(LATER);
    this.running = await start(this.timing, this.database);
    await this.backend.walked();
  }

  /** Starts a server that comes between, with a self-signed certificate. */
  async startSelfSigned(): ReturnType<typeof startSelfSigned> {
    return startSelfSigned();
  }

  /** Runs a walk and gives the line that it ends with, good or bad. */
  async walk(): Promise<string> {
    this.backend.logs.length = 0;
    this.timing.advance(LATER);
    this.walkedAt = this.timing.now();
    await this.backend.walk();
    return this.lastLine();
  }

  /** The line that the only walk since the log was cleared ended with. */
  lastLine(): string {
    const lines = this.backend
      .messages('info', 'error')
      .filter(message => /^(The walk of|Walked) /.test(message));
    expect(lines).toHaveLength(1);
    return lines[0];
  }

  /**
   * Runs a walk that a fault strikes, which loses nothing and invents nothing.
   *
   * @param change - what happens in the workspace before
   */
  async struckWalk(
    { target, needs }: Place,
    kind: FaultKind,
    change: () => void,
  ): Promise<string> {
    const { faults } = this.bitbucket.simulator;
    const clearFault = faults.add({ ...target, ...kind });
    const forget = needs && faults.add(needs);
    try {
      return await this.keepsAll(() => {
        change();
        return this.walk();
      });
    } finally {
      clearFault();
      forget?.();
    }
  }

  /**
   * Runs a walk during which each repository is pushed to, and something more
   * happens to one of them between the list and the reads.
   */
  async walkMeanwhile(slug: string, change: () => void): Promise<string> {
    const { simulator, list } = this.bitbucket;
    // Only walks read the full list, so that the catalog's readers are not ahead.
    simulator.faults.add({
      ...list,
      times: 1,
      kind: 'meanwhile',
      happens: () => this.bitbucket.push(),
    });
    this.bitbucket.afterTheList(slug, change);
    const line = await this.walk();
    simulator.faults.clear();
    return line;
  }

  /** Fails if a component is lost meanwhile, or one is added that is in no file. */
  async keepsAll<T>(meanwhile: () => Promise<T>): Promise<T> {
    const before = await this.#namesOfOwned();
    const result = await meanwhile();
    const after = await this.#namesOfOwned();
    expect(after).toEqual(expect.arrayContaining(before));
    expect([...this.bitbucket.everWritten]).toEqual(
      expect.arrayContaining(after),
    );
    return result;
  }

  /**
   * The names of the components that a Location provides. What was removed while
   * the catalog was processing it shows up as an orphan for a moment.
   */
  async #namesOfOwned(): Promise<string[]> {
    const components = await this.backend.entities('component');
    return components
      .filter(({ metadata }) => !metadata.annotations?.['backstage.io/orphan'])
      .map(({ metadata }) => metadata.name);
  }

  /** Runs a walk that sees every repository, and does what is to be done and no more. */
  async catchesUp(toDo: string): Promise<void> {
    await this.walk();
    this.hasCaughtUp(toDo);
  }

  /** Fails unless the last walk did that. */
  hasCaughtUp(toDo: string): void {
    const { length } = this.bitbucket.slugs;
    // Files that an earlier walk could not read may have changed.
    const line = this.lastLine().replace(/ \d+ changed,/, '');
    expect(line).toContain(
      ` ${this.bitbucket.workspace}: ${length} repositories, 0 skipped, ${length} catalog files, ${toDo}, `,
    );
  }

  /** Waits until the catalog has what is written in the repositories that the credential sees. */
  async hasTheTruth(): Promise<void> {
    const expected = [...this.bitbucket.written].sort().join();
    const actual = async () =>
      (await this.backend.entities('component'))
        .map(({ metadata, spec }) => `${metadata.name} ${spec?.lifecycle}`)
        .sort()
        .join();
    await until(
      async () => (await actual()) === expected,
      async () => `${expected}; there is ${await actual()}`,
    );
  }
}
