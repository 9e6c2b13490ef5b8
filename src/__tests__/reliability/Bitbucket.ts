import {
  SimulatedAccount,
  SimulatedRepository,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import bitbucketCloud from '../..';
import {
  clientWithTiming,
  Database,
  ON_DEMAND,
  TestBackend,
} from '../../../testing';
import { FakeTiming } from '../../../testing/bitbucket';
import { AnyBitbucket, PAGELEN, PROVIDER } from './AnyBitbucket';

const CONSUMER = { clientId: 'key', clientSecret: 'secret' };

/** Bitbucket Cloud with the workspace acme. */
export class Bitbucket extends AnyBitbucket {
  readonly workspace = 'acme';
  readonly list = {
    endpoint: 'repositories',
    path: /[?&]sort=created_on/,
  } as const;

  private constructor(
    acme: SimulatedWorkspace,
    /** All that there are. */
    readonly workspaces: SimulatedWorkspace[],
    /** The only one that is let in. */
    readonly account: SimulatedAccount,
    private running: Simulator,
  ) {
    super(acme);
  }

  static async start(repositories: number): Promise<Bitbucket> {
    const account: SimulatedAccount = {
      kind: 'oauth',
      name: 'consumer',
      ...CONSUMER,
    };
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    const workspaces = [acme];
    const accounts = [account];
    const simulator = await startSimulator({ workspaces, accounts });
    const bitbucket = new Bitbucket(acme, workspaces, account, simulator);
    bitbucket.addFirst(repositories);
    return bitbucket;
  }

  get simulator(): Simulator {
    return this.running;
  }

  stop(): Promise<void> {
    return this.running.stop();
  }

  async isDown(meanwhile: () => Promise<void>): Promise<void> {
    const { workspaces, account } = this;
    const port = Number(new URL(this.running.origin).port);
    await this.running.stop();
    await meanwhile();
    const accounts = [account];
    this.running = await startSimulator({ port, workspaces, accounts });
  }

  /** @param apiBaseUrl - another address than that of the simulator */
  startBackend(
    timing: FakeTiming,
    database: Database,
    apiBaseUrl: string = this.simulator.apiBaseUrl,
  ): Promise<TestBackend> {
    return TestBackend.start({
      database,
      config: {
        integrations: {
          bitbucketCloud: [
            { apiBaseUrl, requestsPerHour: 100_000, ...CONSUMER },
          ],
        },
        catalog: {
          // The catalog reads what a walk refreshes, and nothing else: a read that is
          // due by chance would meet the fault before the walk does.
          processingInterval: { hours: 24 },
          providers: {
            bitbucketCloud: { workspace: 'acme', ...PROVIDER, ...ON_DEMAND },
          },
        },
      },
      features: [bitbucketCloud, clientWithTiming(timing)],
    });
  }

  afterTheList(slug: string, happens: () => void): void {
    const { faults } = this.simulator;
    const lastPage = new RegExp(
      `[?&]page=${Math.ceil(this.slugs.length / PAGELEN)}`,
    );
    const once = { times: 1, kind: 'meanwhile' } as const;
    faults.add({
      ...{ ...once, path: lastPage },
      happens: () => faults.add({ ...once, path: `/acme/${slug}/`, happens }),
    });
  }

  protected sees(repository: SimulatedRepository): boolean {
    return this.account.sees?.(repository) ?? true;
  }
}
