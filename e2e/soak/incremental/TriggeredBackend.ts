import { createBackend } from '@backstage/backend-defaults';
import { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import eventsPlugin from '@backstage/plugin-events-backend';
import { backendConfig } from '../../../testing/backendConfig';
import { LogLine, recordLogs } from '../../../testing/logs';
import { KeptDatabases } from './KeptDatabases';
import { TriggeredTasks } from './TriggeredTasks';

const LINES_OF_LOG = 60;
const COMPONENTS = 'component:default/';
/** Requests that arrive, and what is said at the start. */
const NOISE = /^\[20|^Listening|^Plugin init|^Registered|^Database|^Performing/;

type BackendOptions = {
  port: number;
  /** What the tasks of the product are named after. */
  name: string;
  /** What is installed beside the catalog. */
  features: BackendFeature[];
};

/**
 * A backend in this process whose tasks run when they are triggered, and only
 * then. Its data outlives restarts.
 */
export class TriggeredBackend {
  readonly logs: LogLine[] = [];
  restarts = 0;
  private readonly databases = new KeptDatabases();
  private tasks = new TriggeredTasks();
  private end: () => Promise<void> = async () => {};

  private constructor(private readonly options: BackendOptions) {}

  static async start(
    config: JsonObject,
    options: BackendOptions,
  ): Promise<TriggeredBackend> {
    const backend = new TriggeredBackend(options);
    await backend.begin(config);
    return backend;
  }

  /** Ends the backend, and starts it with a configuration that may be another one. */
  async restart(config: JsonObject): Promise<void> {
    await this.end();
    this.restarts += 1;
    await this.begin(config);
  }

  async stop(): Promise<void> {
    await this.end();
    await this.databases.close();
  }

  /**
   * Runs a walk of a provider to its end.
   *
   * @returns why it failed, if it did
   */
  async walk(providerId: string): Promise<string | undefined> {
    return this.trigger(`${this.options.name}-provider:${providerId}:refresh`);
  }

  /** Removes entities that nothing refers to, as the catalog does twice a minute. */
  async removeOrphans(): Promise<void> {
    await this.trigger('catalog_orphan_cleanup');
  }

  /** The uids of the components that the catalog shows, by name. */
  async uids(): Promise<Map<string, string>> {
    const rows: { entity_id: string; entity_ref: string }[] =
      await this.databases
        .of('catalog')('final_entities')
        .whereNotNull('final_entity')
        .whereLike('entity_ref', `${COMPONENTS}%`)
        .select('entity_id', 'entity_ref');
    return new Map(
      rows.map(row => [row.entity_ref.slice(COMPONENTS.length), row.entity_id]),
    );
  }

  /** What the catalog shows. */
  async shown(): Promise<Entity[]> {
    const rows: { final_entity: string }[] = await this.databases
      .of('catalog')('final_entities')
      .whereNotNull('final_entity')
      .select('final_entity');
    return rows.map(row => JSON.parse(row.final_entity));
  }

  /** What the log ends with. */
  get tail(): string {
    const lines = this.logs
      .filter(({ level }) => level !== 'debug')
      .filter(({ message }) => !NOISE.test(message))
      .slice(-LINES_OF_LOG)
      .map(line => `  ${line.level}: ${providerOf(line)}${line.message}`);
    return `The log ends with\n${lines.join('\n')}`;
  }

  /**
   * Runs a task to its end.
   *
   * @returns why it failed, if it did
   */
  async trigger(taskId: string): Promise<string | undefined> {
    try {
      await this.tasks.run(taskId);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async begin(config: JsonObject): Promise<void> {
    const { port, features } = this.options;
    const { data } = await backendConfig(config, undefined, port);
    this.tasks = new TriggeredTasks();
    const backend = createBackend();
    backend.add(mockServices.rootConfig.factory({ data }));
    backend.add(recordLogs(this.logs));
    backend.add(this.databases.feature);
    backend.add(this.tasks.feature);
    backend.add(catalogPlugin);
    backend.add(eventsPlugin);
    features.forEach(feature => backend.add(feature));
    await backend.start();
    this.end = async () => {
      await backend.stop();
      await this.tasks.idle();
      await this.databases.idle();
    };
  }
}

function providerOf({ text }: LogLine): string {
  const [, id] = /target: 'bitbucketCloud-provider:(\w+)'/.exec(text) ?? [];
  return id ? `${id}: ` : '';
}
