import eventsPlugin from '@backstage/plugin-events-backend';
import { JsonObject } from '@backstage/types';
import { freePort } from '../../../dev/freePort';
import {
  SimulatedAccount,
  SimulatedHook,
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../../dev/simulator';
import bitbucketCloud from '../..';
import {
  componentFile,
  configFor,
  Database,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../../testing';

export const SECRET = 'canary-in-the-coal-mine';

export const file = (lifecycle?: string) => ({
  'catalog-info.yaml': componentFile('shop', lifecycle),
});

type Status = {
  hosts: { deliveries: Record<string, number> }[];
  providers: {
    id: string;
    webhook?: { url: string; state: string; message?: string };
  }[];
};

/** A workspace, and the backends that install its webhook. */
export class InstallationWorld {
  readonly acme = new SimulatedWorkspace({ slug: 'acme' });
  readonly account: SimulatedAccount = {
    kind: 'accessToken',
    name: 'robot',
    token: 't0ken',
  };
  readonly backends: TestBackend[] = [];
  url = '';
  private port = 0;
  private running?: Simulator;

  constructor(private readonly database: Database) {}

  get simulator(): Simulator {
    if (!this.running) {
      throw new Error('The world is not open');
    }
    return this.running;
  }

  async open(): Promise<void> {
    this.acme.addRepository({ slug: 'shop', files: file() });
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}/api/events/http/bitbucketCloud`;
    this.running = await startSimulator({
      workspaces: [this.acme],
      accounts: [this.account],
    });
  }

  async close(): Promise<void> {
    await this.stop();
    await this.simulator.stop();
  }

  /** A provider with a webhook. */
  provider(): JsonObject {
    const webhooks = { url: this.url };
    return { workspace: 'acme', ...ON_DEMAND, webhooks };
  }

  /** Starts a backend, and waits until it has checked its webhook. */
  async start(
    options: {
      providers?: JsonObject;
      webhookSecret?: string | string[];
      port?: number;
    } = {},
  ): Promise<TestBackend> {
    const { webhookSecret = SECRET, port = this.port } = options;
    const providers = options.providers ?? this.provider();
    const backend = await TestBackend.start({
      port,
      database: this.database,
      config: {
        ...configFor(this.simulator, providers, { token: 't0ken' }),
        events: {
          // Deliveries take no way through the database, which a backend that stops waits for.
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret } },
        },
      },
      features: [bitbucketCloud, eventsPlugin],
    });
    this.backends.push(backend);
    await until(
      async () =>
        (await this.status(backend)).providers.every(
          ({ webhook }) => webhook?.state !== 'unchecked',
        ),
      'the webhook to be checked',
    );
    return backend;
  }

  async stop(): Promise<void> {
    await Promise.all(this.backends.splice(0).map(backend => backend.stop()));
  }

  async status(backend: TestBackend): Promise<Status> {
    const answer = await backend.get('bitbucket/status');
    return (await answer.json()) as Status;
  }

  /** Methods of the requests about webhooks, and no more of them. */
  sent(): string[] {
    const methods = this.simulator.requests.entries
      .filter(({ endpoint }) => endpoint === 'hooks' || endpoint === 'hook')
      .map(({ method }) => method);
    this.simulator.requests.clear();
    return methods;
  }

  get hooks(): readonly SimulatedHook[] {
    return this.acme.hooks.all;
  }
}

/** What a backend said of its webhook. */
export const messages = (backend: TestBackend) =>
  backend
    .messages('info', 'warn', 'error')
    .filter(line => line.startsWith('Webhook '));
