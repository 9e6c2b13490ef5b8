import { Entity } from '@backstage/catalog-model';
import { JsonObject } from '@backstage/types';
import { LogLine } from './logs';
import { until } from './until';

/** Logged whenever an event is published or subscribed to, since there is no events backend. */
const NO_EVENTS_BACKEND = /^Event (publish|subscribe) request failed/;

/** Logged for an entity that was removed while the catalog was processing or stitching it. */
const REMOVED_MEANWHILE =
  /Conflicting write of processing result|Failed to stitch .*foreign key constraint/is;

/**
 * A busy backend may close a connection at the moment when it is to be used again.
 * Compressing the answers takes longer than sending them.
 */
const HEADERS = { connection: 'close', 'accept-encoding': 'identity' };

/** A running backend with the catalog in it, as seen through its API and its log. */
export abstract class ObservedBackend {
  protected constructor(
    readonly baseUrl: string,
    /** Every line so far. */
    readonly logs: LogLine[],
    /** Begins the names of the entity providers, as in the configuration. */
    private readonly product:
      'bitbucketCloud' | 'bitbucketServer' = 'bitbucketCloud',
  ) {}

  /** The entities of a kind, sorted by name. */
  async entities(kind: string): Promise<Entity[]> {
    const answer = await this.get(`entities?filter=kind=${kind}`);
    const entities = (await answer.json()) as Entity[];
    return entities.sort((a, b) =>
      a.metadata.name.localeCompare(b.metadata.name),
    );
  }

  /** The names of the entities of a kind, sorted. */
  async names(kind = 'component'): Promise<string[]> {
    const entities = await this.entities(kind);
    return entities.map(entity => entity.metadata.name);
  }

  /** The names of the components, as soon as a catalog whose database had a fault answers. */
  async namesAgain(): Promise<string[]> {
    let names: string[] = [];
    let reason: unknown;
    await until(
      async () => {
        try {
          names = await this.names();
          return true;
        } catch (error) {
          reason = error;
          return false;
        }
      },
      async () => `the catalog to answer: ${reason}`,
    );
    return names;
  }

  /** The targets of the Locations that are in the catalog, sorted. */
  async targets(): Promise<string[]> {
    const locations = await this.entities('location');
    return locations.map(({ spec }) => String(spec?.target)).sort();
  }

  /** Waits until the catalog holds exactly these components. */
  async hasComponents(names: string[]): Promise<void> {
    const expected = [...names].sort().join();
    await until(
      async () => (await this.names()).sort().join() === expected,
      async () =>
        `the components ${expected}; there are ${(await this.names()).join()}. Logged: ${this.messages().join('; ')}`,
    );
  }

  /** Runs a walk of a provider and waits for its end, good or bad. */
  async walk(providerId = 'default'): Promise<void> {
    const previous = await this.walked(providerId);
    await this.beginWalk(providerId);
    await this.walked(providerId, previous);
  }

  /** Lets the next walk of a provider begin now. */
  async beginWalk(providerId = 'default'): Promise<void> {
    await this.beginTask(this.#walkOf(providerId));
  }

  /** Lets a scheduled task begin now. */
  async beginTask(id: string): Promise<void> {
    await this.post(`.backstage/scheduler/v1/tasks/${id}/trigger`);
  }

  #walkOf(providerId: string): string {
    return `${this.product}-provider:${providerId}:refresh`;
  }

  /**
   * Waits until no walk of a provider is under way and one has ended.
   *
   * @param previous - a walk that ended before, which does not count
   * @returns when the walk ended
   */
  async walked(providerId = 'default', previous?: string): Promise<string> {
    const id = this.#walkOf(providerId);
    let ended: string | undefined;
    await until(async () => {
      const answer = await this.get('.backstage/scheduler/v1/tasks');
      const { tasks } = (await answer.json()) as { tasks: Task[] };
      const state = tasks.find(task => task.taskId === id)?.taskState;
      ended = state?.status === 'idle' ? state.lastRunEndedAt : undefined;
      return ended !== undefined && ended !== previous;
    }, `the walk of provider ${providerId} to end`);
    return String(ended);
  }

  /** The messages logged at a level or above: warnings and errors by default. */
  messages(...levels: string[]): string[] {
    const wanted = levels.length > 0 ? levels : ['warn', 'error'];
    return this.logs
      .filter(({ level }) => wanted.includes(level))
      .filter(({ text }) => !REMOVED_MEANWHILE.test(text))
      .map(({ message }) => message)
      .filter(message => !NO_EVENTS_BACKEND.test(message));
  }

  async get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.baseUrl}/api/catalog/${path}`, {
      ...init,
      headers: { ...init.headers, ...HEADERS },
    });
  }

  async post(path: string, body?: JsonObject): Promise<Response> {
    return this.get(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
  }
}

type Task = {
  taskId: string;
  taskState: { status: string; lastRunEndedAt?: string } | null;
};
