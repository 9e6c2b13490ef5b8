import {
  BackendFeature,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { metricsServiceRef } from '@backstage/backend-plugin-api/alpha';
import { JsonObject } from '@backstage/types';
import { metrics } from '@opentelemetry/api';
import {
  SimulatedAccount,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import bitbucketCloud from '..';
import { fakeTiming } from '../../testing/bitbucket';
import {
  clientWithTiming,
  componentFile,
  configFor,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';
import { PrometheusEndpoint } from '../../testing/prometheus';

const REPOSITORIES = 20;
const TOKEN = 'canaryInTheCoalMine';
const CONSUMER = {
  clientId: 'canaryInTheCoalMineId',
  clientSecret: 'canaryInTheCoalMineSecret',
};

/** Waits are over at once. */
const timing = fakeTiming();

describe('metrics', () => {
  let acme: SimulatedWorkspace;
  let account: SimulatedAccount;
  let simulator: Simulator;
  let endpoint: PrometheusEndpoint;
  let backend: TestBackend;
  let names: string[];

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    names = Array.from(
      { length: REPOSITORIES },
      (_, index) => `c${100 + index}`,
    );
    names.forEach((slug, index) =>
      acme.addRepository({
        slug,
        isPrivate: index >= 5,
        files: {
          'catalog-info.yaml': componentFile(slug),
          'more.yaml': componentFile(`more-${slug}`),
        },
      }),
    );
    account = { name: 'token', kind: 'accessToken', token: TOKEN };
    const consumer = { name: 'consumer', kind: 'oauth', ...CONSUMER } as const;
    simulator = await startSimulator({
      workspaces: [acme],
      accounts: [account, consumer],
      now: timing.now,
    });
    endpoint = await PrometheusEndpoint.start();
  });

  afterEach(async () => {
    await backend.stop();
    await endpoint.stop();
    await simulator.stop();
  });

  async function start(
    options: {
      entry?: JsonObject;
      locations?: string[];
      features?: BackendFeature[];
    } = {},
  ): Promise<void> {
    const { entry = { token: TOKEN }, locations = [], features = [] } = options;
    const provider = { workspace: 'acme', ...ON_DEMAND };
    const config = configFor(simulator, provider, entry);
    backend = await TestBackend.start({
      config: {
        ...config,
        catalog: {
          ...config.catalog,
          locations: locations.map(target => ({ type: 'url', target })),
        },
      },
      features: [bitbucketCloud, clientWithTiming(timing), ...features],
    });
    await backend.walked();
  }

  /** The full list is read each time, if its last reading was earlier. */
  async function walk(): Promise<void> {
    timing.advance(1);
    await backend.walk();
  }

  /** Waits for what the catalog does in its own time. */
  const expectValue = (
    name: string,
    labels: Record<string, string>,
    value: number,
  ) =>
    until(
      async () => (await endpoint.value(name, labels)) === value,
      async () =>
        `${name} of ${JSON.stringify(labels)} to be ${value}; it is ${await endpoint.value(name, labels)}`,
    );

  const fileUrl = (path: string) =>
    `https://bitbucket.org/acme/c100/src/main/${path}`;

  it('count the requests, and show what is left of the budget', async () => {
    await start();
    await backend.hasComponents(names);
    const sent = simulator.requests.count();
    const repositories = { class: 'repositories' };
    await expectValue(
      'requests_count_total',
      { ...repositories, status: '200' },
      sent,
    );
    await expectValue('budget_limit', repositories, 100_000);
    await expectValue('budget_free', repositories, 100_000 - sent);
    await expectValue('budget_free_for_walks', repositories, 80_000 - sent);
    await expectValue('budget_limit', { class: 'archives' }, 5_000);
    await expectValue('requests_withheld_count_total', {}, 0);
  });

  it('count the walks, and what the catalog has', async () => {
    await start();
    await backend.hasComponents(names);
    await walk();
    const provider = { provider: 'default' };
    await expectValue(
      'walks_count_total',
      { ...provider, result: 'finished' },
      2,
    );
    await expectValue(
      'walks_count_total',
      { ...provider, result: 'failed' },
      0,
    );
    await expectValue(
      'walk_duration_count',
      { ...provider, result: 'finished' },
      2,
    );
    await expectValue('locations', provider, REPOSITORIES);
    await expectValue('removals_held', provider, 0);
  });

  it('show whether reads were answered from the mirror or took a request', async () => {
    acme.push('c100', { 'huge.yaml': '#'.repeat(2 * 1024 * 1024) });
    const paths = ['more.yaml', 'missing.yaml', 'huge.yaml'];
    await start({ locations: paths.map(fileUrl) });
    await backend.hasComponents([...names, 'more-c100']);
    const reads = 'reads_count_total';
    for (const result of ['found', 'unreadable']) {
      await expectValue(reads, { source: 'network', result }, 1);
    }
    // Before a read fails by what is cached, Bitbucket is asked once more.
    await until(
      async () =>
        ((await endpoint.value(reads, {
          source: 'network',
          result: 'not_found',
        })) ?? 0) >= 1,
      'a read that found nothing',
    );
    const again = async (result: string) =>
      (await endpoint.value(reads, { source: 'mirror', result })) ?? 0;
    await until(
      async () =>
        (await again('not_modified')) > REPOSITORIES &&
        (await again('not_found')) > 0 &&
        (await again('unreadable')) > 0,
      'the catalog to read everything again',
    );
  });

  it('count each failed attempt separately', async () => {
    await start();
    const walkInto = async (status: number) => {
      const clearFault = simulator.faults.add({
        endpoint: 'repositories',
        kind: 'status',
        status,
      });
      await walk();
      clearFault();
    };
    const answered = (status: number) => simulator.requests.count({ status });
    await walkInto(401);
    await expectValue('requests_count_total', { status: '401' }, answered(401));
    await expectValue('walks_count_total', { result: 'failed' }, 1);
    await walkInto(500);
    expect(answered(500)).toBeGreaterThan(1);
    await expectValue('requests_count_total', { status: '500' }, answered(500));
    await expectValue('walks_count_total', { result: 'failed' }, 2);
  });

  it('count requests without an answer', async () => {
    await start();
    simulator.faults.add({
      endpoint: 'repositories',
      kind: 'dropSocket',
      when: 'beforeHeaders',
    });
    await walk();
    const dropped = simulator.requests.entries.filter(
      ({ status }) => status === undefined,
    );
    expect(dropped).not.toEqual([]);
    await expectValue(
      'requests_count_total',
      { status: 'failed' },
      dropped.length,
    );
  });

  it('count removals that are held back, until the repositories are visible again', async () => {
    await start();
    await backend.hasComponents(names);
    account.sees = repository => !repository.isPrivate;
    await walk();
    await expectValue(
      'removals_held',
      { provider: 'default' },
      REPOSITORIES - 5,
    );
    await expectValue('locations', { provider: 'default' }, REPOSITORIES);
    account.sees = undefined;
    await walk();
    await expectValue('removals_held', { provider: 'default' }, 0);
  });

  it('show when the requests of the hour are used up', async () => {
    await start({ entry: { token: TOKEN, requestsPerHour: 10 } });
    await expectValue('walks_count_total', { result: 'paused' }, 1);
    await expectValue('budget_free_for_walks', { class: 'repositories' }, 0);
    const withheld = 'requests_withheld_count_total';
    await until(
      async () =>
        ((await endpoint.value(withheld, { purpose: 'walk' })) ?? 0) > 0,
      'requests that were withheld',
    );
  });

  it('count requests that belong to no budget', async () => {
    await start({ entry: CONSUMER });
    await expectValue(
      'requests_count_total',
      { class: 'uncounted', status: '200' },
      1,
    );
  });

  it.each([{ token: TOKEN }, CONSUMER])('hold no secret', async entry => {
    await start({ entry });
    simulator.faults.add({
      endpoint: 'repositories',
      kind: 'status',
      status: 401,
    });
    await walk();
    await expectValue('walks_count_total', { result: 'failed' }, 1);
    expect(await endpoint.text()).not.toMatch(/canary/i);
  });

  it('go through the metrics service of the backend', async () => {
    const service = createServiceFactory({
      service: metricsServiceRef,
      deps: {},
      factory: () => metrics.getMeter('of-the-backend'),
    });
    await start({ features: [service] });
    const scopes = (await endpoint.samples()).map(
      ({ labels }) => labels.otel_scope_name,
    );
    expect(new Set(scopes)).toEqual(new Set(['of-the-backend']));
  });
});
