import {
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import {
  addRepository,
  pushLifecycle,
  slugsOf,
  writtenIn,
} from './repositories';

/** A Bitbucket with the workspace acme, whose repositories have a catalog file each. */
export class Bitbucket {
  /** The slugs of all repositories that ever were, each with a component of that name. */
  readonly everWritten: Set<string>;
  #changes = 0;

  private constructor(
    readonly acme: SimulatedWorkspace,
    /** All that there are. */
    readonly workspaces: SimulatedWorkspace[],
    /** The only one that is let in. */
    readonly account: SimulatedAccount,
    private running: Simulator,
  ) {
    this.everWritten = new Set(this.slugs);
  }

  static async start(
    account: SimulatedAccount,
    repositories: number,
  ): Promise<Bitbucket> {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    for (let count = 0; count < repositories; count += 1) {
      addRepository(acme, `first${count}`, { hasBranch: count % 2 === 1 });
    }
    const workspaces = [acme];
    const accounts = [account];
    const simulator = await startSimulator({ workspaces, accounts });
    return new Bitbucket(acme, workspaces, account, simulator);
  }

  get simulator(): Simulator {
    return this.running;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  /** Is out of reach meanwhile, and has the same address after that. */
  async isDown(meanwhile: () => Promise<void>): Promise<void> {
    const { workspaces, account } = this;
    const port = Number(new URL(this.running.origin).port);
    await this.running.stop();
    await meanwhile();
    const accounts = [account];
    this.running = await startSimulator({ port, workspaces, accounts });
  }

  /** The slugs of the repositories, those first that were added first. */
  get slugs(): string[] {
    return slugsOf(this.acme);
  }

  /** A repository comes and another goes; the oldest stays. */
  change(): void {
    this.acme.removeRepository(this.slugs[1]);
    this.addOne();
  }

  /** @returns the slug of the new repository */
  addOne({ hasBranch = this.#changes % 2 === 0 } = {}): string {
    this.#changes += 1;
    const slug = `added${this.#changes}`;
    addRepository(this.acme, slug, { hasBranch });
    this.everWritten.add(slug);
    return slug;
  }

  /** Changes the catalog file of some repositories, or of all. */
  push(slugs: string[] = this.slugs): void {
    this.#changes += 1;
    for (const slug of slugs) {
      pushLifecycle(this.acme, slug, `changed${this.#changes}`);
    }
  }

  /** The name and lifecycle of each component that the account can see. */
  get written(): string[] {
    const { sees = () => true } = this.account;
    return this.acme.repositories.filter(sees).flatMap(writtenIn);
  }
}
