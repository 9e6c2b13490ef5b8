import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import { SimulatedAccount } from '../dev/simulator/accounts';
import { Simulator, startSimulator } from '../dev/simulator/simulator';
import { HookEvent } from '../dev/simulator/world/hooks';
import { SimulatedPullRequest } from '../dev/simulator/world/pullRequest';
import { Report } from '../dev/simulator/world/reports';
import { SimulatedWorkspace } from '../dev/simulator/world/workspace';
import bitbucketCloud from '../src';
import { TestBackend } from './backend';
import { Database } from './backendConfig';
import { configFor } from './configFor';
import { componentFile } from './entities';
import { ON_DEMAND } from './schedule';
import { until } from './until';

const SECRET = 'a-secret-for-tests';

const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:updated',
  'pullrequest:created',
  'pullrequest:updated',
  'pullrequest:push',
  'pullrequest:fulfilled',
  'pullrequest:rejected',
];

/** The owner of what {@link componentFile} defines. */
const GROUP = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team-a
spec:
  type: team
  children: []
`;

/** What the tests know of a run from the page's JSON. */
export type RunJson = {
  outcome: string;
  head: string;
  requests: number;
  [key: string]: unknown;
};

type Options = {
  database?: Database;
  /** Settings of the provider. */
  pullRequests?: JsonObject;
  /** Other settings of it. */
  provider?: JsonObject;
  /** Other sections of the configuration. */
  config?: JsonObject;
  files?: Record<string, string>;
  isPrivate?: boolean;
  /** The components in the files. Default: `shop` alone. */
  components?: string[];
};

/**
 * A backend that checks the pull requests of `acme/shop`, and a simulator whose webhook
 * delivers to it.
 */
export class PullRequestWorld {
  readonly acme = new SimulatedWorkspace({ slug: 'acme' });
  /** The credential of the backend. Its scopes may be changed on the way. */
  readonly account: SimulatedAccount = {
    kind: 'apiToken',
    name: 'bot',
    username: 'bot@example.com',
    token: 'a-token-for-tests',
    scopes: ['read:repository:bitbucket', 'read:pullrequest:bitbucket'],
  };
  simulator!: Simulator;
  /** The first one. */
  backend!: TestBackend;
  readonly #backends: TestBackend[] = [];
  #options: Options = {};

  static async start(options: Options = {}): Promise<PullRequestWorld> {
    const world = new PullRequestWorld();
    const { acme } = world;
    acme.addRepository({
      slug: 'shop',
      isPrivate: options.isPrivate ?? false,
      files: {
        'catalog-info.yaml': componentFile('shop'),
        ...options.files,
      },
    });
    acme.addRepository({
      slug: 'teams',
      files: { 'catalog-info.yaml': GROUP },
    });
    world.simulator = await startSimulator({
      workspaces: [acme],
      accounts: [world.account],
    });
    world.#options = options;
    world.backend = await world.#startBackend(options);
    return world;
  }

  async #startBackend(options: Options = {}): Promise<TestBackend> {
    const { username, token } = { username: '', token: '', ...this.account };
    const config = configFor(
      this.simulator,
      {
        workspace: 'acme',
        ...ON_DEMAND,
        ...options.provider,
        pullRequests: options.pullRequests ?? {},
      },
      { username, token },
    );
    const backend = await TestBackend.start({
      database: options.database,
      config: {
        ...config,
        catalog: {
          ...config.catalog,
          rules: [
            { allow: ['Component', 'Group', 'Location', 'API', 'System'] },
          ],
          processingInterval: { hours: 1 },
        },
        events: {
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
        ...options.config,
      },
      features: [bitbucketCloud, eventsPlugin],
    });
    this.#backends.push(backend);
    await backend.walked();
    await backend.hasComponents(options.components ?? ['shop']);
    this.acme.hooks.add({
      url: `${backend.baseUrl}/api/events/http/bitbucketCloud`,
      events: EVENTS,
      secret: SECRET,
    });
    this.simulator.requests.clear();
    return backend;
  }

  /** Another backend with the same database, to which the same is delivered. */
  async startReplica(): Promise<void> {
    await this.#startBackend(this.#options);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#backends.map(backend => backend.stop()));
    await this.simulator?.stop();
  }

  /** Commits to a branch, and opens a pull request from there to `main`. */
  open(
    files: Record<string, string | null>,
    options: { branch?: string; draft?: boolean; title?: string } = {},
  ): SimulatedPullRequest {
    const { branch = 'feature/x', ...rest } = options;
    this.acme.push('shop', files, { branch });
    return this.acme.pullRequests.open('shop', { source: branch, ...rest });
  }

  /** The reports on the head of a pull request. */
  reports({ source }: SimulatedPullRequest): Report[] {
    return source.repository.reports.of(source.commit);
  }

  /** Waits for a report on the head of a pull request, with all its annotations. */
  async reported(
    pullRequest: SimulatedPullRequest,
    result?: 'PASSED' | 'FAILED',
  ): Promise<Report> {
    await until(
      async () => {
        const [report] = this.reports(pullRequest);
        const isRight =
          result === undefined || report?.content.result === result;
        return report !== undefined && isRight && (await this.hasEnded());
      },
      async () =>
        `a report ${result}. Runs: ${await this.outcomes()}. Logged: ${this.backend.messages('debug', 'info', 'warn', 'error').slice(-8).join('; ')}`,
    );
    return this.reports(pullRequest)[0];
  }

  /** Waits until runs have had exactly these outcomes. */
  async hasOutcomes(outcomes: Record<string, number>): Promise<void> {
    await until(
      async () =>
        JSON.stringify(await this.outcomes()) === JSON.stringify(outcomes),
      async () =>
        `runs ${JSON.stringify(outcomes)}. There are ${JSON.stringify(await this.outcomes())}. Logged: ${this.backend.messages('debug', 'info', 'warn', 'error').slice(-8).join('; ')}`,
    );
  }

  async outcomes(): Promise<Record<string, number>> {
    const answer = await this.backend.get('bitbucket/status');
    const { hosts } = (await answer.json()) as {
      hosts: { pullRequests: { runs: Record<string, number> } }[];
    };
    const [{ pullRequests }] = hosts;
    return Object.fromEntries(
      Object.entries(pullRequests.runs).sort(([a], [b]) => a.localeCompare(b)),
    );
  }

  async hasEnded(): Promise<boolean> {
    return !('running' in (await this.outcomes()));
  }
}
