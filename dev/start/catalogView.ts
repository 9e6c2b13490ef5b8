import { Product } from './source';

/** What the catalog holds and how its walks went, at one moment. */
export type CatalogState = {
  /** How many entities there are of each kind, by kind. */
  counts: Map<string, number>;
  /** Whether a walk has ended, well or not. */
  walked: boolean;
  /** Why the last walk failed. */
  walkError?: string;
};

type Facets = { facets: { kind: { value: string; count: number }[] } };
type Tasks = {
  tasks: {
    taskId: string;
    taskState: { lastRunEndedAt?: string; lastRunError?: string } | null;
  }[];
};
type Entities = { items: { metadata: { name: string } }[] };

/** Distinguishes the requests of a {@link CatalogView} from others. */
export const USER_AGENT = 'npm-start';

/** Looks at the catalog from outside, through the backend's own HTTP API. */
export class CatalogView {
  /** Root of the catalog's API, without a trailing slash. */
  readonly baseUrl: string;

  readonly #section: Product['section'];

  constructor(backendUrl: string, { section }: Pick<Product, 'section'>) {
    this.baseUrl = `${backendUrl}/api/catalog`;
    this.#section = section;
  }

  async state(): Promise<CatalogState> {
    const [{ facets }, { tasks }] = await Promise.all([
      this.#get<Facets>('/entity-facets?facet=kind'),
      this.#get<Tasks>('/.backstage/scheduler/v1/tasks'),
    ]);
    const walk = tasks.find(({ taskId }) =>
      taskId.startsWith(`${this.#section}-provider:`),
    )?.taskState;
    return {
      counts: new Map(facets.kind.map(({ value, count }) => [value, count])),
      walked: Boolean(walk?.lastRunEndedAt),
      walkError: walk?.lastRunError && readError(walk.lastRunError),
    };
  }

  /** The name of some component, as an example. */
  async someComponent(): Promise<string | undefined> {
    const { items } = await this.#get<Entities>(
      '/entities/by-query?filter=kind=component&orderField=metadata.name,asc&limit=1&fields=metadata.name',
    );
    return items[0]?.metadata.name;
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      headers: { 'user-agent': USER_AGENT },
    });
    if (!response.ok) {
      throw new Error(`GET ${response.url} answered ${response.status}`);
    }
    return (await response.json()) as T;
  }
}

/** The scheduler keeps the error of a task as JSON. */
function readError(json: string): string {
  const error = JSON.parse(json) as { message?: string };
  return error.message ?? json;
}
