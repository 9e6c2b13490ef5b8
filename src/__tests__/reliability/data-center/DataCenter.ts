import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import { SimulatedRepository } from '../../../../dev/simulator';
import {
  DataCenterAccount,
  DataCenterSimulator,
  Quirks,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../../dev/simulator/data-center';
import bitbucketDataCenter from '../../../dataCenter';
import {
  configForDataCenter,
  Database,
  DatabaseServer,
  dataCenterClientWithTiming,
  ON_DEMAND,
  TestBackend,
  withoutRereads,
} from '../../../../testing';
import { FakeTiming } from '../../../../testing/bitbucket';
import { AnyBitbucket, PROVIDER } from '../AnyBitbucket';
import { WalkWorld, WorldOptions } from '../WalkWorld';

const TOKEN = 'let-me-in';
const SECRET = 'of-the-webhook';

/** Bitbucket Data Center with the project ACME. */
export class DataCenter extends AnyBitbucket {
  readonly list = { endpoint: 'repositories' } as const;

  private constructor(
    readonly instance: SimulatedInstance,
    /** The only one that is let in. */
    readonly account: DataCenterAccount & { kind: 'userToken' },
    private readonly quirks: Partial<Quirks>,
    /** Further settings of the provider. */
    private readonly provider: JsonObject,
    private running: DataCenterSimulator,
  ) {
    super(instance.project('ACME'));
  }

  static async start(
    repositories: number,
    {
      quirks = {},
      provider = {},
    }: { quirks?: Partial<Quirks>; provider?: JsonObject } = {},
  ): Promise<DataCenter> {
    const account = { kind: 'userToken', name: 'catalog' } as const;
    const accounts = [{ ...account, token: TOKEN }];
    const instance = new SimulatedInstance();
    instance.addProject('ACME');
    const simulator = await startDataCenterSimulator({
      ...{ instance, accounts, quirks },
      contextPath: '/bitbucket',
    });
    const bitbucket = new DataCenter(
      instance,
      accounts[0],
      quirks,
      provider,
      simulator,
    );
    bitbucket.addFirst(repositories);
    return bitbucket;
  }

  get simulator(): DataCenterSimulator {
    return this.running;
  }

  get workspace(): string {
    return new URL(this.running.baseUrl).host;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  async isDown(meanwhile: () => Promise<void>): Promise<void> {
    const port = Number(new URL(this.running.origin).port);
    await this.running.stop();
    await meanwhile();
    await this.startAgain(port);
  }

  /** Stands still for a moment, and comes back with what the instance has by now. */
  private async startAgain(port: number): Promise<void> {
    const { instance, account, quirks } = this;
    this.running = await startDataCenterSimulator({
      ...{ instance, port, quirks, accounts: [account] },
      contextPath: '/bitbucket',
    });
  }

  startBackend(timing: FakeTiming, database: Database): Promise<TestBackend> {
    const provider = { ...PROVIDER, ...ON_DEMAND, ...this.provider };
    return TestBackend.start({
      database,
      product: 'bitbucketServer',
      // The catalog reads what a walk refreshes, and nothing else.
      config: withoutRereads({
        ...configForDataCenter(
          this.simulator,
          host => ({ host, ...provider }),
          { token: TOKEN },
        ),
        events: {
          useEventBus: 'never',
          modules: { bitbucketServer: { webhookSecret: SECRET } },
        },
      }),
      features: [
        bitbucketDataCenter,
        dataCenterClientWithTiming(timing),
        eventsPlugin,
      ],
    });
  }

  /** Has pushes delivered to a backend, as a webhook that was created manually. */
  deliverTo({ baseUrl }: TestBackend): void {
    const { hooks } = this.instance;
    hooks.add(this.instance.project('ACME'), {
      url: `${baseUrl}/api/events/http/bitbucketServer`,
      events: ['repo:refs_changed', 'repo:modified'],
      secret: SECRET,
    });
  }

  /** What is requested of a repository comes after the list. */
  afterTheList(slug: string, happens: () => void): void {
    this.simulator.faults.add({
      path: new RegExp(`/repos/${slug}/`),
      times: 1,
      kind: 'meanwhile',
      happens,
    });
  }

  protected sees(repository: SimulatedRepository): boolean {
    return this.account.sees?.(repository) ?? true;
  }
}

/** A backend that walks an instance, whose pushes are delivered to it. */
export async function startDeliveredWorld(
  databases: DatabaseServer,
  options: WorldOptions = {},
): Promise<WalkWorld<DataCenter>> {
  const world = await startDataCenterWorld(databases, options);
  world.bitbucket.deliverTo(world.backend);
  return world;
}

/** A backend that walks an instance. */
export async function startDataCenterWorld(
  databases: DatabaseServer,
  {
    repositories = 3,
    quirks,
    provider,
    ...options
  }: WorldOptions & { quirks?: Partial<Quirks>; provider?: JsonObject } = {},
): Promise<WalkWorld<DataCenter>> {
  const bitbucket = await DataCenter.start(repositories, { quirks, provider });
  return WalkWorld.around(bitbucket, databases, options);
}
