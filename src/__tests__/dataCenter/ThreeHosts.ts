import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import {
  DataCenterSimulator,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../../../dev/simulator/data-center';
import { freePort } from '../../../dev/freePort';
import bitbucketCloud from '../..';
import bitbucketDataCenter from '../../dataCenter';
import {
  configFor,
  DatabaseServer,
  ON_DEMAND,
  TestBackend,
  until,
  withoutRereads,
} from '../../../testing';
import { PrometheusEndpoint } from '../../../testing/prometheus';
import { ADMINISTRATOR, file, SECRET } from './OneInstance';

const TOKENS = ['token-of-cloud', 'token-of-one', 'token-of-two'];

export type Status = {
  hosts: { id: string; deliveries: JsonObject; pullRequests?: JsonObject }[];
  providers: { id: string; host: string; webhook?: { state: string } }[];
};

/** The ids of all components after the first walks. */
const COMPONENTS = ['api-one', 'api-two', 'goes-one', 'goes-two', 'shop'];

/**
 * One backend with a workspace of Bitbucket Cloud and two instances of Data Center, which
 * have repositories of the same names.
 */
export class ThreeHosts {
  private constructor(
    readonly acme: SimulatedWorkspace,
    /** Both instances. */
    readonly instances: readonly [SimulatedInstance, SimulatedInstance],
    readonly cloud: Simulator,
    readonly simulators: readonly DataCenterSimulator[],
    readonly metrics: PrometheusEndpoint,
    readonly backend: TestBackend,
  ) {}

  static async start(databases: DatabaseServer): Promise<ThreeHosts> {
    const metrics = await PrometheusEndpoint.start();
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({ slug: 'shop', files: file('shop') });
    const instances = [instanceNamed('one'), instanceNamed('two')] as const;
    const cloud = await startSimulator({
      workspaces: [acme],
      accounts: [{ name: 'bot', kind: 'accessToken', token: TOKENS[0] }],
    });
    const simulators = await Promise.all(
      instances.map((instance, index) =>
        startDataCenterSimulator({
          instance,
          contextPath: index === 0 ? '/bitbucket' : '',
          accounts: [{ ...ADMINISTRATOR, token: TOKENS[1 + index] }],
        }),
      ),
    );
    const port = await freePort();
    const url = (topic: string) =>
      `http://127.0.0.1:${port}/api/events/http/${topic}`;
    acme.hooks.add({
      url: url('bitbucketCloud'),
      events: ['repo:push', 'repo:updated', 'pullrequest:created'],
      secret: SECRET,
    });
    const backend = await TestBackend.start({
      port,
      product: 'bitbucketServer',
      database: databases.createDatabase(),
      features: [bitbucketCloud, bitbucketDataCenter, eventsPlugin],
      config: configOf(cloud, simulators, url('bitbucketServer')),
    });
    const hosts = new ThreeHosts(
      acme,
      instances,
      cloud,
      simulators,
      metrics,
      backend,
    );
    await backend.hasComponents(COMPONENTS);
    await hosts.#installWebhooks();
    return hosts;
  }

  /** Fails if a secret was logged. */
  async stop(): Promise<void> {
    const logged = JSON.stringify(this.backend.logs);
    expect(TOKENS.concat(SECRET).filter(text => logged.includes(text))).toEqual(
      [],
    );
    await this.backend.stop();
    await this.cloud.stop();
    await Promise.all(this.simulators.map(simulator => simulator.stop()));
    await this.metrics.stop();
  }

  /** The hosts of the instances. */
  get names(): string[] {
    return this.simulators.map(({ baseUrl }) => new URL(baseUrl).host);
  }

  async #installWebhooks(): Promise<void> {
    for (const host of this.names) {
      await this.backend.beginTask(`bitbucketServer-webhooks:${host}`);
    }
    await until(
      async () =>
        this.instances.every(({ hooks }) => hooks.all.length === 1) &&
        (await this.status()).providers.filter(
          ({ webhook }) => webhook?.state === 'created',
        ).length === 2,
      'the webhooks of both instances',
    );
  }

  forgetRequests(): void {
    this.cloud.requests.clear();
    this.simulators.forEach(({ requests }) => requests.clear());
  }

  /** What was sent to each of the three. */
  requests(): number[] {
    return [this.cloud, ...this.simulators].map(({ requests }) =>
      requests.count(),
    );
  }

  async status(): Promise<Status> {
    const answer = await this.backend.get('bitbucket/status');
    return (await answer.json()) as Status;
  }

  async post(
    path: string,
    body: JsonObject,
  ): Promise<{ status: number; text: string }> {
    const answer = await this.backend.post(`bitbucket/${path}`, body);
    const text = await answer.text();
    return { status: answer.status, text };
  }
}

function instanceNamed(name: string): SimulatedInstance {
  const instance = new SimulatedInstance();
  instance.addProject('PAY');
  for (const slug of ['api', 'goes']) {
    instance.addRepository('PAY', { slug, files: file(`${slug}-${name}`) });
  }
  return instance;
}

function configOf(
  cloud: Simulator,
  simulators: DataCenterSimulator[],
  url: string,
) {
  const settings = { ...ON_DEMAND, pullRequests: {} };
  const ofCloud = configFor(
    cloud,
    { workspace: 'acme', ...settings },
    { token: TOKENS[0] },
  );
  const [one, two] = simulators.map(({ baseUrl }) => new URL(baseUrl).host);
  const webhooks = { url };
  return withoutRereads({
    integrations: {
      ...(ofCloud.integrations as JsonObject),
      bitbucketServer: simulators.map(({ baseUrl }, index) => ({
        host: new URL(baseUrl).host,
        apiBaseUrl: `${baseUrl}/rest/api/1.0`,
        token: TOKENS[1 + index],
      })),
    },
    catalog: {
      rules: [{ allow: ['Component', 'Location'] }],
      providers: {
        ...(ofCloud.catalog.providers as JsonObject),
        bitbucketServer: {
          default: { host: one, webhooks, ...settings },
          second: { host: two, webhooks, ...settings },
        },
      },
    },
    events: {
      useEventBus: 'never',
      modules: {
        bitbucketCloud: { webhookSecret: SECRET },
        bitbucketServer: { webhookSecret: SECRET },
      },
    },
  });
}
