import {
  Fault,
  FaultKind,
  FaultTarget,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import bitbucketCloud from '../..';
import {
  clientWithTiming,
  DatabaseServer,
  TestBackend,
  until,
} from '../../../testing';
import { Timing } from '../../http/retry';
import { AnyEndpoint } from './AnyBitbucket';
import { addRepository, pushLifecycle } from './repositories';
import { patternOf } from './row';

/** A fault that strikes the catalog's reads of a location. */
export type Read = {
  kind: FaultKind;
  /** What the reader requests: the list of recent updates, or the file. */
  at: 'list' | 'file';
  says: string;
  /** What becomes of the location. */
  shows: 'the error' | 'what is known';
  /** Whether it would strike the reads of other locations too. */
  isAlone?: boolean;
};

/** With half an hour a second, what is known is too old for the next reading, and no pause is long. */
const SPEED = 1_800;

/** Of either product, with a repository for each read that has a location. */
type ReaderSite = {
  simulator: {
    faults: { add(fault: Fault<AnyEndpoint>): () => void };
    stop(): Promise<void>;
  };
  /** The repository of each read, and the component in it. */
  slugs: ReadonlyMap<Read, string>;
  targetOf(slug: string): string;
  /** What is in the URL of each request to a repository. */
  pathOf(slug: string): string;
  placeOf(read: Read, slug: string): FaultTarget<AnyEndpoint>;
  /** Changes the lifecycle of the component. */
  push(slug: string, lifecycle: string): void;
};

/** The clock of a backend, and its patience. */
export function fastTiming(): Partial<Timing> {
  const startedAt = Date.now();
  return {
    attemptTimeoutMs: 1_000,
    maxAttempts: 2,
    baseDelayMs: 1,
    maxRetryAfterMs: 0,
    now: () => startedAt + SPEED * (Date.now() - startedAt),
  };
}

/**
 * A backend without a provider, where the reads of each location go to Bitbucket. The
 * clock runs fast.
 */
export class ReaderWorld {
  readonly #underWay = new Map<Read, Promise<void>>();

  constructor(
    private readonly site: ReaderSite,
    readonly backend: TestBackend,
  ) {}

  /** Of Bitbucket Cloud, with a workspace for each read. */
  static async start(
    databases: DatabaseServer,
    reads: Read[],
  ): Promise<ReaderWorld> {
    const workspaces = new Map(
      reads.map((read, index) => [read, createWorkspace(`read${index}`)]),
    );
    const all = [...workspaces.values()];
    const simulator = await startSimulator({ workspaces: all });
    const backend = await startBackend(simulator, all, databases);
    const slugs = [...workspaces].map(([read, { slug }]) => [read, slug]);
    return new ReaderWorld(
      {
        simulator,
        slugs: new Map(slugs as [Read, string][]),
        targetOf: targetIn,
        pathOf: slug => `/repositories/${slug}`,
        placeOf,
        push(slug, lifecycle) {
          const workspace = all.find(one => one.slug === slug)!;
          pushLifecycle(workspace, slug, lifecycle);
        },
      },
      backend,
    );
  }

  /** Waits for the catalog, and lets the faults strike and end, all at once but for those that go alone. */
  async isReady(): Promise<void> {
    await this.backend.hasComponents([...this.site.slugs.values()]);
    for (const read of this.site.slugs.keys()) {
      if (!read.isAlone) {
        const outcome = this.#strike(read);
        // A failure is reported to the caller that awaits the outcome.
        outcome.catch(() => {});
        this.#underWay.set(read, outcome);
      }
    }
  }

  async stop(): Promise<void> {
    await this.backend.stop();
    await this.site.simulator.stop();
  }

  /** Fails unless the fault has struck, cost nothing and left no trace. */
  async expectOutcome(read: Read): Promise<void> {
    await (this.#underWay.get(read) ?? this.#strike(read));
  }

  async #strike(read: Read): Promise<void> {
    const slug = this.site.slugs.get(read)!;
    const clearFault = this.site.simulator.faults.add({
      ...this.site.placeOf(read, slug),
      ...read.kind,
    });
    this.site.push(slug, 'changed');
    await until(
      () => this.#isStruck(read, slug),
      `the read of ${slug} to be struck`,
    );
    expect(await this.#lifecycleOf(slug)).toBe('production');
    clearFault();
    await until(
      async () => (await this.#lifecycleOf(slug)) === 'changed',
      `the change of ${slug}`,
    );
    await until(
      async () => (await this.#errorsOf(slug)).length === 0,
      `the error of ${slug} to go`,
    );
  }

  /** Whether the location shows the error, or else the log the cause alone. */
  async #isStruck({ says, shows }: Read, slug: string): Promise<boolean> {
    const cause = patternOf(says);
    const isCause = (text: string) =>
      text.includes(this.site.pathOf(slug)) && cause.test(text);
    const errors = await this.#errorsOf(slug);
    if (shows === 'the error') {
      return errors.some(isCause);
    }
    expect(errors).toEqual([]);
    // Read more than once.
    return this.backend.messages('debug', 'warn').filter(isCause).length > 1;
  }

  async #lifecycleOf(slug: string): Promise<unknown> {
    const components = await this.backend.entities('component');
    return components.find(({ metadata }) => metadata.name === slug)?.spec
      ?.lifecycle;
  }

  async #errorsOf(slug: string): Promise<string[]> {
    const locations = await this.backend.entities('location');
    const location = locations.find(
      ({ spec }) => spec?.target === this.site.targetOf(slug),
    );
    const { status } = Object(location) as {
      status?: { items?: { error?: { message: string } }[] };
    };
    return (status?.items ?? []).flatMap(({ error }) => error?.message ?? []);
  }
}

/** Where the list is struck, so is the repository by itself, which is asked for where the list is too old. */
function placeOf({ at }: Read, workspace: string): FaultTarget<AnyEndpoint> {
  return at === 'list'
    ? { path: new RegExp(`/repositories/${workspace}(/${workspace})?\\?`) }
    : { endpoint: 'src', path: `/repositories/${workspace}/` };
}

const targetIn = (workspace: string) =>
  `https://bitbucket.org/${workspace}/${workspace}/src/main/catalog-info.yaml`;

/** A workspace with one repository of the same name. */
function createWorkspace(slug: string): SimulatedWorkspace {
  const workspace = new SimulatedWorkspace({ slug });
  addRepository(workspace, slug);
  return workspace;
}

function startBackend(
  { apiBaseUrl }: Simulator,
  workspaces: SimulatedWorkspace[],
  databases: DatabaseServer,
): Promise<TestBackend> {
  const entry = { apiBaseUrl, token: 'let-me-in', requestsPerHour: 100_000 };
  return TestBackend.start({
    database: databases.createDatabase(),
    config: {
      integrations: { bitbucketCloud: [entry] },
      catalog: {
        locations: workspaces.map(({ slug }) => ({
          type: 'url',
          target: targetIn(slug),
        })),
      },
    },
    features: [bitbucketCloud, clientWithTiming(fastTiming())],
  });
}
