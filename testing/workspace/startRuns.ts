import { Knex } from 'knex';
import { SimulatedAccount } from '../../dev/simulator/accounts';
import { LoggedRequest } from '../../dev/simulator/requestLog';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedPullRequest } from '../../dev/simulator/world/pullRequest';
import { Report } from '../../dev/simulator/world/reports';
import { Files } from '../../dev/simulator/world/tree';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { pullRequestsSchema } from '../../src/config/pullRequests';
import { PullRequestsConfig } from '../../src/config/types';
import { WorkspaceIndex } from '../../src/mirror/WorkspaceIndex';
import { PullRequestRuns } from '../../src/pull-requests/PullRequestRuns';
import { PullRequestStore } from '../../src/pull-requests/PullRequestStore';
import { RunHistory } from '../../src/pull-requests/RunHistory';
import { RunStore } from '../../src/pull-requests/RunStore';
import { PullRequestEvent } from '../../src/scm/changes';
import { RequestMeter } from '../../src/scm/types';
import { clientOf } from '../bitbucket/clientOf';
import { FakeTiming, fakeTiming } from '../bitbucket/fakeTiming';
import { RecordingLogger, recordingLogger } from '../bitbucket/recordingLogger';
import { createCatalogTables } from '../catalog-tables';
import { providerConfig } from '../discovery/providerConfig';
import { componentFile } from '../entities';
import { until } from '../until';
import { createIndex } from './createIndex';
import { memoryDatabase } from './memoryDatabase';
import {
  MissedPullRequests,
  SilentSince,
} from '../../src/pull-requests/MissedPullRequests';
import { RequestedChecks } from '../../src/pull-requests/RequestedChecks';
import { RunningRuns, RunTools } from '../../src/pull-requests/RunTools';

type Changes = Record<string, string | null>;

const CREDENTIAL = {
  kind: 'apiToken',
  username: 'bot@example.com',
  token: 'a-token-for-tests',
} as const;

export type RunsOptions = {
  pullRequests?: Record<string, unknown>;
  files?: Files;
  catalogPaths?: string[];
  pullRequestsPerHour?: number;
};

/**
 * Runs over `acme/shop`, with a clock of their own and no waits for deliveries. The
 * catalog is a stand-in: it refuses an entity whose name has a space, and has every
 * entity that is referred to.
 */
export class RunsWorld {
  readonly acme = new SimulatedWorkspace({ slug: 'acme' });
  readonly timing: FakeTiming = fakeTiming();
  readonly logger: RecordingLogger = recordingLogger();
  /** The credential. Its scopes may be changed on the way. */
  readonly account: SimulatedAccount = {
    ...CREDENTIAL,
    name: 'bot',
    scopes: ['read:repository:bitbucket', 'read:pullrequest:bitbucket'],
  };
  simulator!: Simulator;
  /** The first replica. */
  runs!: PullRequestRuns;
  /** Whether the catalog accepts an entity of a name. */
  catalogAccepts = (name: string) => !name.includes(' ');
  /** Called with the name of every entity that the catalog validates. */
  onValidate?: (name: string) => Promise<void> | void;
  open!: () => Promise<Knex>;
  #config!: PullRequestsConfig;
  #pullRequestsPerHour?: number;
  #catalogPaths?: string[];

  static async start(options: RunsOptions = {}): Promise<RunsWorld> {
    const world = new RunsWorld();
    await world.#start(options);
    return world;
  }

  async #start(options: RunsOptions): Promise<void> {
    this.#config = pullRequestsSchema.parse(options.pullRequests ?? {});
    this.#pullRequestsPerHour = options.pullRequestsPerHour;
    this.#catalogPaths = options.catalogPaths;
    // The mirror asks for what was updated since, so that there is one clock for all.
    this.acme.now = this.timing.now;
    this.acme.addRepository({
      slug: 'shop',
      files: options.files ?? { 'catalog-info.yaml': componentFile('shop') },
    });
    this.simulator = await startSimulator({
      workspaces: [this.acme],
      accounts: [this.account],
      now: this.timing.now,
    });
    this.open = memoryDatabase();
    await createCatalogTables(await this.open());
    this.runs = await this.replica();
    await this.#readMain();
    this.simulator.requests.clear();
  }

  /** Commits to the main branch, which the mirror notices and the catalog reads. */
  async pushToMain(files: Changes): Promise<void> {
    this.timing.advance(1_000);
    this.acme.push('shop', files);
    this.runs = await this.replica();
    await this.#readMain(Object.keys(files));
    this.requests();
  }

  /** The catalog has read the file before. */
  async #readMain(paths = ['catalog-info.yaml']): Promise<void> {
    const index = this.#createIndex();
    const context = { meter: new RequestMeter() };
    const repository = await index.repositories.find('acme/shop', context);
    const files = await index.files.open(repository, 'main', context, {
      branchOnly: true,
    });
    for (const path of paths) {
      await files!.stat(path, context);
    }
  }

  async stop(): Promise<void> {
    this.runs?.stop();
    await this.simulator?.stop();
  }

  /** The catalog has an entity of a file of the main branch, which may read another file. */
  async hasEntity(
    entityRef: string,
    { path, reads }: { path: string; reads?: string },
  ): Promise<void> {
    const urlOf = (of: string) =>
      `https://bitbucket.org/acme/shop/src/main/${of}`;
    const knex = await this.open();
    await knex('refresh_state').insert({
      entity_id: entityRef,
      entity_ref: entityRef,
      location_key: `url:${urlOf(path)}`,
      unprocessed_entity: '{}',
      errors: '[]',
    });
    if (reads !== undefined) {
      const key = `url:${urlOf(reads)}`;
      await knex('refresh_keys').insert({ entity_id: entityRef, key });
      await this.#createIndex().urls.noteAll([urlOf(reads)]);
    }
  }

  /** Another backend with the same database, as after a restart. */
  async replica(): Promise<PullRequestRuns> {
    return new PullRequestRuns(await this.#tools());
  }

  /** Checks a pull request of `acme/shop` on demand, and waits for the run to end. */
  async check(repository: string, id: number): Promise<void> {
    const checks = new RequestedChecks(await this.#tools(), this.runs);
    this.requests();
    await checks.check(repository, id);
  }

  async #tools(): Promise<RunTools> {
    const index = this.#createIndex();
    const context = { meter: new RequestMeter() };
    await index.repositories.refresh({ workspace: 'acme' }, context);
    const { now } = this.timing;
    return {
      index,
      api: index.host.pullRequests!,
      runs: new RunStore(this.open, 'bitbucket.org', now),
      history: new RunHistory(this.open, 'bitbucket.org'),
      running: new RunningRuns(),
      warned: new Set(),
      pullRequests: new PullRequestStore(this.open, 'bitbucket.org', now),
      providers: [
        providerConfig({
          pullRequests: this.#config,
          ...(this.#catalogPaths ? { catalogPaths: this.#catalogPaths } : {}),
        }),
      ],
      catalog: {
        validateEntity: async entity => {
          const { name } = entity.metadata;
          await this.onValidate?.(name);
          const message = `"metadata.name" is not valid; found "${name}"`;
          return this.catalogAccepts(name)
            ? { valid: true }
            : { valid: false, errors: [{ name: 'InputError', message }] };
        },
        getEntitiesByRefs: async ({ entityRefs }) => ({
          items: entityRefs.map(() => ({
            apiVersion: 'a/v1',
            kind: 'Group',
            metadata: { name: 'any' },
          })),
        }),
      },
      credentials: async () => ({
        $$type: '@backstage/BackstageCredentials',
        principal: {},
      }),
      instance: 'a Backstage',
      linkOf: pageId => `https://backstage.example.com/runs/${pageId}`,
      metrics: { runEnded: () => {}, postRefused: () => {} },
      logger: this.logger,
      now,
    };
  }

  /** Finds what was missed, after the mirror has noticed the pushes. */
  async missed(
    silentSince: SilentSince,
  ): Promise<() => AsyncIterable<PullRequestEvent>> {
    const index = this.#createIndex();
    const context = { meter: new RequestMeter() };
    await index.repositories.refresh({ workspace: 'acme' }, context);
    const api = index.host.pullRequests!;
    const missed = new MissedPullRequests({
      index,
      api,
      silentSince,
      logger: this.logger,
    });
    const config = providerConfig({ pullRequests: this.#config });
    return () => missed.find(config, context);
  }

  #createIndex(): WorkspaceIndex {
    const client = clientOf(this.simulator, {
      credential: CREDENTIAL,
      timing: this.timing,
      pullRequestsPerHour: this.#pullRequestsPerHour,
    });
    return createIndex(client, { now: this.timing.now, open: this.open });
  }

  /** Commits to a branch, and opens a pull request from there. */
  openPullRequest(
    files: Changes = { 'catalog-info.yaml': componentFile('not a name') },
    branch = 'feature/x',
  ): SimulatedPullRequest {
    this.push(files, branch);
    return this.acme.pullRequests.open('shop', { source: branch });
  }

  push(files: Changes, branch = 'feature/x'): void {
    this.timing.advance(1_000);
    this.acme.push('shop', files, { branch });
  }

  /** What a delivery about a pull request says at this moment. */
  eventOf(pullRequest: SimulatedPullRequest): PullRequestEvent {
    const { id, title, state, draft, source, destination, updatedOn } =
      pullRequest;
    const side = ({ repository, branch, commit }: typeof source) => ({
      branch,
      commit: commit.hash.slice(0, 12),
      repository: { uuid: repository.uuid, fullName: repository.fullName },
    });
    const states = {
      OPEN: 'open',
      MERGED: 'merged',
      DECLINED: 'declined',
      SUPERSEDED: 'declined',
    } as const;
    return {
      kind: 'pull-request',
      uuid: destination.repository.uuid,
      workspace: 'acme',
      fullName: destination.repository.fullName,
      pullRequest: {
        number: id,
        title,
        updatedAt: updatedOn,
        state: states[state],
        isDraft: draft,
        source: side(source),
        destination: side(destination),
      },
    };
  }

  /** Handles an event as the queue would, and waits until its run has ended. */
  async deliver(event: PullRequestEvent, runs = this.runs): Promise<void> {
    if ((await runs.skipReason(event)) === undefined) {
      const context = { meter: new RequestMeter() };
      const at = this.timing.now();
      await runs.handle({ about: 'pull-request', event, at, context });
    }
  }

  /** The requests since the last call, such as `PUT report`. */
  requests(): string[] {
    const { requests } = this.simulator;
    const taken = requests.entries.map(
      ({ method, endpoint }: LoggedRequest) => `${method} ${endpoint}`,
    );
    requests.clear();
    return taken;
  }

  /** What is on the head of a pull request. */
  reportOf({ source }: SimulatedPullRequest): Report | undefined {
    const reports = source.repository.reports.of(source.commit);
    expect(reports.length).toBeLessThanOrEqual(1);
    return reports[0];
  }

  /** The runs of a pull request, the newest first. */
  async record(pullRequest: SimulatedPullRequest) {
    const store = new PullRequestStore(
      this.open,
      'bitbucket.org',
      this.timing.now,
    );
    const { uuid } = pullRequest.destination.repository;
    const pageId = await store.pageOf({ uuid, number: pullRequest.id });
    return (await this.runs.record(pageId!))!;
  }

  async outcomes(pullRequest: SimulatedPullRequest): Promise<string[]> {
    const { runs } = await this.record(pullRequest);
    return runs.map(({ outcome }) => outcome);
  }

  /** Waits until no run of a pull request is under way. */
  async settled(pullRequest: SimulatedPullRequest): Promise<void> {
    await until(
      async () => !(await this.outcomes(pullRequest)).includes('running'),
      'the runs to end',
    );
  }

  /** What the task does that runs every minute. */
  async round(runs = this.runs): Promise<void> {
    await runs.resumeDue(new AbortController().signal);
  }
}
