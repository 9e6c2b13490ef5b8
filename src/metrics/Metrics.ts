import type {
  MetricsService,
  MetricsServiceCounter,
  MetricsServiceHistogram,
  MetricsServiceObservableCounter,
  MetricsServiceObservableGauge,
} from '@backstage/backend-plugin-api/alpha';

/** How a walk ended. One that is paused may send nothing for now; the next one continues. */
export type WalkResult = 'finished' | 'paused' | 'failed';

/**
 * What came of a read. It failed if there was no result; a file is unreadable if
 * it exists but cannot be read until someone fixes the file or the URL.
 */
export type ReadResult =
  'found' | 'not_modified' | 'not_found' | 'unreadable' | 'failed';

/** Where a budget stands, for one kind of requests that Bitbucket counts apart. */
type BudgetState = {
  costClass: string;
  limit: number;
  free: number;
  freeForWalks: number;
};

/** How an entity provider is doing. */
type ProviderState = {
  /** How many Locations the catalog has of it. */
  locations: number;
  /** How many of these are kept only because their removal is held. */
  held?: { locations: number };
  /** Of its workspace's webhook, in ISO 8601. */
  deliveries?: { lastAt?: string; silentSince?: string };
};

const WALK_RESULTS: WalkResult[] = ['finished', 'paused', 'failed'];
const PURPOSES = [
  'walk',
  'read',
  'interactive',
  'delivery',
  'pull-request',
  'recheck',
];

/** What may become of a run that checks a pull request. */
const RUN_RESULTS = [
  'passed',
  'failed',
  'irrelevant',
  'superseded',
  'closed',
  'waiting',
  'abandoned',
];

/** From an event to the report. */
const RUN_SECONDS = [1, 2, 3, 5, 10, 30, 60, 300, 1800];

/** A walk of what has changed takes a fraction of a second, a first one minutes. */
const WALK_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800];

/**
 * The numbers of this module for the backend's monitoring. docs/observability.md has
 * a line for each metric. Counts that alerts watch begin at 0, since an alert sees
 * no increase in what it has never heard of.
 */
export class Metrics {
  readonly #requests: MetricsServiceCounter;
  readonly #withheld: MetricsServiceCounter;
  readonly #reads: MetricsServiceCounter;
  readonly #walks: MetricsServiceCounter;
  readonly #walkDuration: MetricsServiceHistogram;
  readonly #budgetLimit: MetricsServiceObservableGauge;
  readonly #budgetFree: MetricsServiceObservableGauge;
  readonly #budgetFreeForWalks: MetricsServiceObservableGauge;
  readonly #locations: MetricsServiceObservableGauge;
  readonly #held: MetricsServiceObservableGauge;
  readonly #deliveries: MetricsServiceObservableCounter;
  readonly #lastDelivery: MetricsServiceObservableGauge;
  readonly #silent: MetricsServiceObservableGauge;
  readonly #runs: MetricsServiceCounter;
  readonly #runDuration: MetricsServiceHistogram;
  readonly #refusedPosts: MetricsServiceCounter;

  readonly #host: string;

  /** @param host - whose numbers these are, such as `bitbucket.org` */
  constructor(service: MetricsService, host: string) {
    this.#host = host;
    this.#requests = service.createCounter('catalog.bitbucket.requests.count', {
      unit: '{request}',
      description: 'Requests sent to Bitbucket',
    });
    this.#withheld = service.createCounter(
      'catalog.bitbucket.requests.withheld.count',
      {
        unit: '{request}',
        description: 'Requests not sent, since the budget did not cover them',
      },
    );
    this.#reads = service.createCounter('catalog.bitbucket.reads.count', {
      unit: '{read}',
      description: 'Reads of URLs of the host',
    });
    this.#walks = service.createCounter('catalog.bitbucket.walks.count', {
      unit: '{walk}',
      description: 'Walks that ended',
    });
    this.#walkDuration = service.createHistogram(
      'catalog.bitbucket.walk.duration',
      {
        unit: 's',
        description: 'Time that walks took',
        advice: { explicitBucketBoundaries: WALK_SECONDS },
      },
    );
    this.#budgetLimit = service.createObservableGauge(
      'catalog.bitbucket.budget.limit',
      {
        unit: '{request}',
        description: 'Requests that may be sent within a rolling hour',
      },
    );
    this.#budgetFree = service.createObservableGauge(
      'catalog.bitbucket.budget.free',
      {
        unit: '{request}',
        description: 'Requests that may still be sent now',
      },
    );
    this.#budgetFreeForWalks = service.createObservableGauge(
      'catalog.bitbucket.budget.free_for_walks',
      {
        unit: '{request}',
        description: 'Requests that walks may still send now',
      },
    );
    this.#locations = service.createObservableGauge(
      'catalog.bitbucket.locations',
      {
        unit: '{location}',
        description: 'Locations of a provider in the catalog',
      },
    );
    this.#held = service.createObservableGauge(
      'catalog.bitbucket.removals.held',
      {
        unit: '{location}',
        description: 'Locations of a provider whose removal is held',
      },
    );
    this.#deliveries = service.createObservableCounter(
      'catalog.bitbucket.deliveries.count',
      { unit: '{delivery}', description: 'Deliveries of webhooks' },
    );
    this.#lastDelivery = service.createObservableGauge(
      'catalog.bitbucket.deliveries.last_time',
      {
        unit: 's',
        description: 'Unix time of the last delivery, 0 before the first',
      },
    );
    this.#silent = service.createObservableGauge(
      'catalog.bitbucket.deliveries.silent',
      {
        unit: '{provider}',
        description:
          'Whether walks find changes that no delivery has announced',
      },
    );
    this.#runs = service.createCounter(
      'catalog.bitbucket.pull_requests.runs.count',
      { unit: '{run}', description: 'Checks of pull requests that ended' },
    );
    this.#runDuration = service.createHistogram(
      'catalog.bitbucket.pull_requests.duration',
      {
        unit: 's',
        description: 'Time from an event of a pull request to its result',
        advice: { explicitBucketBoundaries: RUN_SECONDS },
      },
    );
    this.#refusedPosts = service.createCounter(
      'catalog.bitbucket.pull_requests.refused.count',
      {
        unit: '{post}',
        description: 'Results that the credential may not post',
      },
    );
  }

  /**
   * @param status - of the answer, or `failed` when none arrived whole and in time
   */
  requestSent(request: { costClass: string; status: string }): void {
    const { costClass, status } = request;
    this.#requests.add(1, this.#of({ class: costClass, status }));
  }

  requestWithheld(request: { costClass: string; purpose: string }): void {
    const { costClass, purpose } = request;
    this.#withheld.add(1, this.#of({ class: costClass, purpose }));
  }

  /** @param source - `network` if the read sent a request of its own */
  readEnded(read: { source: 'mirror' | 'network'; result: ReadResult }): void {
    this.#reads.add(1, this.#of(read));
  }

  /** @param walk - `provider` is the provider's id in the configuration */
  walkEnded(walk: {
    provider: string;
    result: WalkResult;
    seconds: number;
  }): void {
    const { seconds, ...rest } = walk;
    const attributes = this.#of(rest);
    this.#walks.add(1, attributes);
    this.#walkDuration.record(seconds, attributes);
  }

  /**
   * @param run - `seconds` is the time since the event; absent where the run has no
   * verdict
   */
  runEnded(run: { result: string; seconds?: number }): void {
    const { result, seconds } = run;
    this.#runs.add(1, this.#of({ result }));
    if (seconds !== undefined) {
      this.#runDuration.record(seconds, this.#of({ result }));
    }
  }

  /** @param post - `report`, `annotations`, `status` or `comment` */
  postRefused(post: { what: string }): void {
    this.#refusedPosts.add(1, this.#of(post));
  }

  /** Lets the counts of runs begin at 0 where pull requests are checked. */
  observeRuns(): void {
    RUN_RESULTS.forEach(result => this.#runs.add(0, this.#of({ result })));
    this.#refusedPosts.add(0, this.#of({ what: 'report' }));
  }

  /** Asks for the budget whenever metrics are collected. */
  observeBudget(read: () => BudgetState[]): void {
    for (const { costClass } of read()) {
      for (const purpose of PURPOSES) {
        this.#withheld.add(0, this.#of({ class: costClass, purpose }));
      }
    }
    const observe = (
      gauge: MetricsServiceObservableGauge,
      amount: (state: BudgetState) => number,
    ) =>
      gauge.addCallback(result =>
        read().forEach(state =>
          result.observe(amount(state), this.#of({ class: state.costClass })),
        ),
      );
    observe(this.#budgetLimit, ({ limit }) => limit);
    observe(this.#budgetFree, ({ free }) => free);
    observe(this.#budgetFreeForWalks, ({ freeForWalks }) => freeForWalks);
  }

  /**
   * Asks how a provider is doing whenever metrics are collected, so that each
   * replica tells what is true, whichever of them ran the last walk.
   *
   * @param provider - its id in the configuration
   */
  observeProvider(provider: string, read: () => Promise<ProviderState>): void {
    WALK_RESULTS.forEach(result =>
      this.#walks.add(0, this.#of({ provider, result })),
    );
    const observe = (
      gauge: MetricsServiceObservableGauge,
      amount: (state: ProviderState) => number,
    ) =>
      gauge.addCallback(async result =>
        result.observe(amount(await read()), this.#of({ provider })),
      );
    observe(this.#locations, ({ locations }) => locations);
    observe(this.#held, ({ held }) => held?.locations ?? 0);
    observe(this.#lastDelivery, ({ deliveries }) =>
      deliveries?.lastAt ? Date.parse(deliveries.lastAt) / 1_000 : 0,
    );
    observe(this.#silent, ({ deliveries }) =>
      deliveries?.silentSince ? 1 : 0,
    );
  }

  /**
   * Asks for the deliveries of webhooks whenever metrics are collected.
   *
   * @param read - gives how many there were by outcome, in this process
   */
  observeDeliveries(read: () => Record<string, number>): void {
    this.#deliveries.addCallback(result =>
      Object.entries(read()).forEach(([outcome, count]) =>
        result.observe(count, this.#of({ outcome })),
      ),
    );
  }

  /** Observes refused deliveries whose sender is unknown, so that they have no `host`. */
  observeRefusedDeliveries(read: () => number): void {
    this.#deliveries.addCallback(result =>
      result.observe(read(), { outcome: 'refused' }),
    );
  }

  #of<T extends object>(attributes: T): T & { host: string } {
    return { host: this.#host, ...attributes };
  }
}
