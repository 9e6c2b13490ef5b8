import type {
  MetricsService,
  MetricsServiceCounter,
  MetricsServiceHistogram,
  MetricsServiceObservableCounter,
  MetricsServiceObservableGauge,
} from '@backstage/backend-plugin-api/alpha';

/** How a walk ended. One that rested may send nothing for now, and the next one goes on. */
export type WalkResult = 'finished' | 'rested' | 'failed';

/**
 * What came of a read. It failed if that cannot be told; a file is unreadable if
 * it is there and yet not to be read, until someone mends the file or the URL.
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
  /** Of these, how many are kept by a hold; absent where there is none. */
  held?: { locations: number };
  /** Of its workspace's webhook, in ISO 8601. */
  deliveries?: { lastAt?: string; silentSince?: string };
};

const WALK_RESULTS: WalkResult[] = ['finished', 'rested', 'failed'];
const PURPOSES = ['walk', 'read', 'interactive', 'delivery', 'recheck'];

/** A walk of what has changed takes a fraction of a second, a first one minutes. */
const WALK_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800];

/**
 * What this module tells whoever monitors the backend. docs/observability.md has
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

  constructor(service: MetricsService) {
    this.#requests = service.createCounter(
      'catalog.bitbucket_cloud.requests.count',
      { unit: '{request}', description: 'Requests sent to Bitbucket Cloud' },
    );
    this.#withheld = service.createCounter(
      'catalog.bitbucket_cloud.requests.withheld.count',
      {
        unit: '{request}',
        description: 'Requests not sent, since the budget did not cover them',
      },
    );
    this.#reads = service.createCounter('catalog.bitbucket_cloud.reads.count', {
      unit: '{read}',
      description: 'Reads of bitbucket.org URLs',
    });
    this.#walks = service.createCounter('catalog.bitbucket_cloud.walks.count', {
      unit: '{walk}',
      description: 'Walks that ended',
    });
    this.#walkDuration = service.createHistogram(
      'catalog.bitbucket_cloud.walk.duration',
      {
        unit: 's',
        description: 'Time that walks took',
        advice: { explicitBucketBoundaries: WALK_SECONDS },
      },
    );
    this.#budgetLimit = service.createObservableGauge(
      'catalog.bitbucket_cloud.budget.limit',
      {
        unit: '{request}',
        description: 'Requests that may be sent within a rolling hour',
      },
    );
    this.#budgetFree = service.createObservableGauge(
      'catalog.bitbucket_cloud.budget.free',
      {
        unit: '{request}',
        description: 'Of the budget, what may still be sent now',
      },
    );
    this.#budgetFreeForWalks = service.createObservableGauge(
      'catalog.bitbucket_cloud.budget.free_for_walks',
      {
        unit: '{request}',
        description: 'Of the budget, what walks may still send now',
      },
    );
    this.#locations = service.createObservableGauge(
      'catalog.bitbucket_cloud.locations',
      {
        unit: '{location}',
        description: 'Locations that the catalog has of a provider',
      },
    );
    this.#held = service.createObservableGauge(
      'catalog.bitbucket_cloud.removals.held',
      {
        unit: '{location}',
        description: 'Locations of a provider whose removal is held back',
      },
    );
    this.#deliveries = service.createObservableCounter(
      'catalog.bitbucket_cloud.deliveries.count',
      { unit: '{delivery}', description: 'Deliveries of webhooks' },
    );
    this.#lastDelivery = service.createObservableGauge(
      'catalog.bitbucket_cloud.deliveries.last_time',
      {
        unit: 's',
        description: 'Unix time of the last delivery, 0 before the first',
      },
    );
    this.#silent = service.createObservableGauge(
      'catalog.bitbucket_cloud.deliveries.silent',
      {
        unit: '{provider}',
        description: 'Whether walks find what no delivery tells of',
      },
    );
  }

  /**
   * @param status - of the answer, or `failed` when none arrived whole and in time
   */
  requestSent(request: { costClass: string; status: string }): void {
    const { costClass, status } = request;
    this.#requests.add(1, { class: costClass, status });
  }

  requestWithheld(request: { costClass: string; purpose: string }): void {
    const { costClass, purpose } = request;
    this.#withheld.add(1, { class: costClass, purpose });
  }

  /** @param source - `network` if the read sent a request of its own */
  readEnded(read: { source: 'index' | 'network'; result: ReadResult }): void {
    this.#reads.add(1, read);
  }

  /** @param walk - `provider` is the provider's id in the configuration */
  walkEnded(walk: {
    provider: string;
    result: WalkResult;
    seconds: number;
  }): void {
    const { seconds, ...attributes } = walk;
    this.#walks.add(1, attributes);
    this.#walkDuration.record(seconds, attributes);
  }

  /** Asks for the budget whenever metrics are collected. */
  observeBudget(read: () => BudgetState[]): void {
    for (const { costClass } of read()) {
      for (const purpose of PURPOSES) {
        this.#withheld.add(0, { class: costClass, purpose });
      }
    }
    const observe = (
      gauge: MetricsServiceObservableGauge,
      amount: (state: BudgetState) => number,
    ) =>
      gauge.addCallback(result =>
        read().forEach(state =>
          result.observe(amount(state), { class: state.costClass }),
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
    WALK_RESULTS.forEach(result => this.#walks.add(0, { provider, result }));
    const observe = (
      gauge: MetricsServiceObservableGauge,
      amount: (state: ProviderState) => number,
    ) =>
      gauge.addCallback(async result =>
        result.observe(amount(await read()), { provider }),
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
        result.observe(count, { outcome }),
      ),
    );
  }
}
