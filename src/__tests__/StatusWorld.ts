import { mockServices } from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  BasicPermission,
} from '@backstage/plugin-permission-common';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '..';
import { SimulatedAccount } from '../../dev/simulator/accounts';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { TestBackend } from '../../testing/backend';
import { configFor, withoutRereads } from '../../testing/configFor';
import { DatabaseServer } from '../../testing/databases';
import { componentFile } from '../../testing/entities';
import { ON_DEMAND } from '../../testing/schedule';
import { ProviderStatus } from '../ingestion/providerStatus';

export const STATUS = 'bitbucket/status';
export const APPROVE = 'bitbucket/removals/approve';
export const FORGET = 'bitbucket/forget';
export const ISO = expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/);

/** Those of repositories and of the components in them, in a row. */
export const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `c${100 + from + index}`);

/** A workspace with twenty repositories, five of them public, and one backend at a time on a database. */
export class StatusWorld {
  readonly account: SimulatedAccount;
  readonly simulator: Simulator;
  readonly #database: ReturnType<DatabaseServer['createDatabase']>;
  #backend?: TestBackend;

  private constructor(
    account: SimulatedAccount,
    simulator: Simulator,
    databases: DatabaseServer,
  ) {
    this.account = account;
    this.simulator = simulator;
    this.#database = databases.createDatabase();
  }

  static async create(databases: DatabaseServer): Promise<StatusWorld> {
    const acme = new SimulatedWorkspace({ slug: 'acme' });
    names(0, 20).forEach((slug, index) =>
      acme.addRepository({
        slug,
        isPrivate: index >= 5,
        files: { 'catalog-info.yaml': componentFile(slug) },
      }),
    );
    const account: SimulatedAccount = {
      name: 'token',
      kind: 'accessToken',
      token: 't0p-s3cret',
    };
    const workspaces = [acme];
    const simulator = await startSimulator({ workspaces, accounts: [account] });
    return new StatusWorld(account, simulator, databases);
  }

  async stop(): Promise<void> {
    await this.#backend?.stop();
    await this.simulator.stop();
  }

  async start(
    provider: JsonObject = {},
    features = [bitbucketCloud],
    backendPart?: JsonObject,
  ): Promise<TestBackend> {
    const config = configFor(
      this.simulator,
      { workspace: 'acme', ...ON_DEMAND, ...provider },
      { token: 't0p-s3cret' },
    );
    this.#backend = await TestBackend.start({
      database: this.#database,
      config: {
        ...withoutRereads(config),
        ...(backendPart && { backend: backendPart }),
      },
      features,
    });
    return this.#backend;
  }

  /** All twenty components are there, and then fifteen repositories are hidden. */
  async startAndHold(features = [bitbucketCloud]): Promise<TestBackend> {
    const catalog = await this.start({}, features);
    await catalog.hasComponents(names(0, 20));
    this.account.sees = repository => !repository.isPrivate;
    await catalog.walk();
    return catalog;
  }
}

/** The status of the only provider. */
export async function statusOf(catalog: TestBackend): Promise<ProviderStatus> {
  const answer = await catalog.get(STATUS);
  const status = (await answer.json()) as { providers: ProviderStatus[] };
  return status.providers[0];
}

/** The body of an answer that says what is wrong. */
export const messageOf = (message: string) =>
  expect.objectContaining({ error: expect.objectContaining({ message }) });

export function allowAllBut(...denied: BasicPermission[]) {
  const { factory } = mockServices.permissions.mock({
    authorize: async requests =>
      requests.map(({ permission }) => ({
        result: denied.some(({ name }) => name === permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      })),
    authorizeConditional: async requests =>
      requests.map(() => ({ result: AuthorizeResult.ALLOW })),
  });
  return factory;
}
