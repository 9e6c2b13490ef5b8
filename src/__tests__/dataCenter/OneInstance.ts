import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import { freePort } from '../../../dev/freePort';
import {
  DataCenterAccount,
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import {
  componentFile,
  configForDataCenter,
  DatabaseServer,
  TestBackend,
  withoutRereads,
} from '../../../testing';
import bitbucketDataCenter from '../../dataCenter';

export const FILE = 'catalog-info.yaml';
export const TOKEN = 'not-to-be-shown';
export const SECRET = 'of-the-webhook';

export const ADMINISTRATOR = {
  kind: 'userToken',
  name: 'catalog',
  token: TOKEN,
  projectPermission: 'ADMIN',
  repositoryPermission: 'ADMIN',
} as const satisfies DataCenterAccount;

/** The files of a repository with one component. */
export const file = (name: string) => ({ [FILE]: componentFile(name) });

/** Adds a repository `mono` with a file in each of several folders, one on the branch `more` alone. */
export function addMono(instance: SimulatedInstance, project: string): void {
  instance.addRepository(project, {
    slug: 'mono',
    files: {
      [`a/${FILE}`]: componentFile('in-a'),
      [`b c/${FILE}`]: componentFile('in-b-c'),
    },
  });
  const more = { [`d/${FILE}`]: componentFile('in-d') };
  instance.project(project).push('mono', more, { branch: 'more' });
}

/** One backend and one instance of Bitbucket Data Center, with a context path. */
export class OneInstance {
  private constructor(
    readonly instance: SimulatedInstance,
    readonly simulator: DataCenterSimulator,
    readonly backend: TestBackend,
    /** Where the backend receives deliveries, which {@link SECRET} signs. */
    readonly deliveriesUrl: string,
  ) {}

  /**
   * @param options.providers - gives a provider, or a map of providers by id. Default: none
   * @param options.entry - of `integrations.bitbucketServer`, with the token of
   * {@link ADMINISTRATOR}. Default: requests are anonymous
   * @param options.catalog - more of the section `catalog`
   */
  static async start(
    databases: DatabaseServer,
    instance: SimulatedInstance,
    {
      providers,
      entry,
      catalog = {},
    }: {
      providers?: (host: string, deliveriesUrl: string) => JsonObject;
      entry?: JsonObject;
      catalog?: JsonObject;
    },
  ): Promise<OneInstance> {
    const simulator = await startDataCenterSimulator({
      instance,
      contextPath: '/bitbucket',
      accounts: entry ? [ADMINISTRATOR] : undefined,
    });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/api/events/http/bitbucketServer`;
    const config = configForDataCenter(
      simulator,
      host => providers?.(host, url) ?? {},
      entry && { token: TOKEN, ...entry },
    );
    const backend = await TestBackend.start({
      port,
      product: 'bitbucketServer',
      database: databases.createDatabase(),
      features: [bitbucketDataCenter, eventsPlugin],
      config: withoutRereads({
        integrations: config.integrations,
        catalog: { ...(providers && config.catalog), ...catalog },
        events: {
          useEventBus: 'never',
          modules: { bitbucketServer: { webhookSecret: SECRET } },
        },
      }),
    });
    return new OneInstance(instance, simulator, backend, url);
  }

  /** Fails if a secret was logged. */
  async stop(): Promise<void> {
    const logged = JSON.stringify(this.backend.logs);
    expect([TOKEN, SECRET].filter(text => logged.includes(text))).toEqual([]);
    await this.backend.stop();
    await this.simulator.stop();
  }

  get host(): string {
    return new URL(this.simulator.baseUrl).host;
  }

  /** The web address of a repository. */
  page(project: string, slug: string): string {
    return `${this.simulator.baseUrl}/projects/${project}/repos/${slug}`;
  }
}
