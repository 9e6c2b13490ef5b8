import {
  generateWorkspace,
  LoggedRequest,
  Simulator,
  SimulatorOptions,
  SimulatedWorkspace,
  startSimulator,
} from '../dev/simulator';

/** Slug of the workspace that everything is measured with. */
export const WORKSPACE = 'bench';

/** As of `integrations.bitbucketCloud`. */
export const CREDENTIALS = { username: 'bench@example.com', token: 'token' };

const CATALOG_FILE = 'catalog-info.yaml';

/** What a request is for. */
export type Purpose =
  /** A page of the whole list of repositories. */
  | 'listing'
  /** A page of the list of what was updated since. */
  | 'updates'
  /** Something about one repository: its branches, commits or folders. */
  | 'repository'
  /** The content of a file. */
  | 'file'
  /** What code search is asked for, and the projects that it is divided by. */
  | 'search';

/** Bitbucket Cloud with one generated workspace in it, and its request log. */
export class Bitbucket {
  private constructor(
    private readonly simulator: Simulator,
    private readonly workspace: SimulatedWorkspace,
  ) {}

  /**
   * The same workspace whenever the size is the same.
   *
   * @param answersAfterMs - how late each answer is, by default not at all
   */
  static async start(
    size: number,
    {
      answersAfterMs,
      ...options
    }: Pick<SimulatorOptions, 'rateLimit'> & { answersAfterMs?: number } = {},
  ): Promise<Bitbucket> {
    const workspace = generateWorkspace({
      slug: WORKSPACE,
      repositories: size,
    });
    const simulator = await startSimulator({
      ...options,
      workspaces: [workspace],
      accounts: [{ ...CREDENTIALS, kind: 'apiToken', name: 'bench' }],
      codeSearch: true,
    });
    if (answersAfterMs) {
      simulator.faults.add({ kind: 'delay', milliseconds: answersAfterMs });
    }
    return new Bitbucket(simulator, workspace);
  }

  get apiBaseUrl(): string {
    return this.simulator.apiBaseUrl;
  }

  /** Slugs of the repositories with a catalog file, each with a component of that name. */
  get components(): string[] {
    return this.workspace.repositories
      .filter(({ head }) => head?.tree.has(CATALOG_FILE))
      .map(({ slug }) => slug);
  }

  /** Pushes a new description of the component of a repository. */
  describeComponent(slug: string, description: string): void {
    const { head } = this.workspace.repository(slug);
    const before = String(head?.tree.get(CATALOG_FILE)?.content);
    this.workspace.push(slug, {
      [CATALOG_FILE]: before.replace(
        /^( *description:).*$/m,
        `$1 ${description}`,
      ),
    });
  }

  /** Delivers every push from now on to a webhook. */
  deliverTo(url: string, secret: string): void {
    this.workspace.hooks.add({ url, secret, events: ['repo:push'] });
  }

  /** How many requests there were so far. */
  get requests(): number {
    return this.simulator.requests.entries.length;
  }

  /** @param mark - {@link Bitbucket.requests} of an earlier time */
  since(mark: number): readonly LoggedRequest[] {
    return this.simulator.requests.entries.slice(mark);
  }

  stop(): Promise<void> {
    return this.simulator.stop();
  }
}

export function countPurposes(
  requests: readonly LoggedRequest[],
): Record<Purpose, number> {
  const counts = { listing: 0, updates: 0, repository: 0, file: 0, search: 0 };
  for (const request of requests) {
    counts[purposeOf(request)] += 1;
  }
  return counts;
}

function purposeOf({ endpoint, path, query }: LoggedRequest): Purpose {
  switch (endpoint) {
    case 'repositories':
      return query.q?.includes('updated_on') ? 'updates' : 'listing';
    case 'codeSearch':
    case 'projects':
      return 'search';
    case 'src':
      return path.endsWith('/') || query.format ? 'repository' : 'file';
    default:
      return 'repository';
  }
}
