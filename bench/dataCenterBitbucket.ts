import {
  LoggedRequest,
  SimulatedPullRequest,
  SimulatedRepository,
} from '../dev/simulator';
import {
  DataCenterEndpoint,
  DataCenterSimulator,
  generateInstance,
  SimulatedInstance,
  startDataCenterSimulator,
} from '../dev/simulator/data-center';
import {
  BenchRequest,
  Bitbucket,
  CATALOG_FILE,
  Purpose,
  withDescription,
} from './bitbucket';
import { TOKEN } from './credentials';

/** An instance of Bitbucket Data Center with generated repositories, and its request log. */
export class DataCenterBitbucket implements Bitbucket {
  private constructor(
    private readonly simulator: DataCenterSimulator,
    private readonly instance: SimulatedInstance,
  ) {}

  /**
   * The same instance whenever the size is the same.
   *
   * @param answersAfterMs - how late each answer is, by default not at all
   */
  static async start(
    size: number,
    { answersAfterMs }: { answersAfterMs?: number } = {},
  ): Promise<DataCenterBitbucket> {
    const instance = generateInstance({ repositories: size });
    const simulator = await startDataCenterSimulator({
      instance,
      accounts: [
        {
          kind: 'userToken',
          name: 'bench',
          token: TOKEN,
          // So that webhooks can be installed.
          projectPermission: 'ADMIN',
          repositoryPermission: 'ADMIN',
        },
      ],
    });
    if (answersAfterMs) {
      simulator.faults.add({ kind: 'delay', milliseconds: answersAfterMs });
    }
    return new DataCenterBitbucket(simulator, instance);
  }

  get apiBaseUrl(): string {
    return `${this.simulator.baseUrl}/rest/api/1.0`;
  }

  get components(): string[] {
    return this.instance.repositories
      .filter(({ head }) => head?.tree.has(CATALOG_FILE))
      .map(({ slug }) => slug);
  }

  get teams(): string[] {
    return [];
  }

  get projects(): number {
    return this.instance.projects.length;
  }

  get requests(): number {
    return this.simulator.requests.entries.length;
  }

  describeComponent(slug: string, description: string): void {
    const { workspace, head } = this.repository(slug);
    const file = String(head?.tree.get(CATALOG_FILE)?.content);
    workspace.push(slug, {
      [CATALOG_FILE]: withDescription(file, description),
    });
  }

  pushBranch(): void {
    throw new Error('Pull requests are measured with Bitbucket Cloud');
  }

  openPullRequest(): SimulatedPullRequest {
    throw new Error('Pull requests are measured with Bitbucket Cloud');
  }

  reportOn(): undefined {
    return undefined;
  }

  deliverTo(url: string, secret: string): void {
    const { hooks, projects } = this.instance;
    hooks.all.forEach(hook => hooks.remove(hook));
    projects.forEach(project =>
      hooks.add(project, { url, secret, events: ['repo:refs_changed'] }),
    );
  }

  since(mark: number): BenchRequest[] {
    return this.simulator.requests.entries
      .slice(mark)
      .map(request => ({ ...request, purpose: purposeOf(request) }));
  }

  stop(): Promise<void> {
    return this.simulator.stop();
  }

  private repository(slug: string): SimulatedRepository {
    const found = this.instance.repositories.find(one => one.slug === slug);
    if (!found) {
      throw new Error(`There is no repository ${slug}`);
    }
    return found;
  }
}

function purposeOf({ endpoint }: LoggedRequest<DataCenterEndpoint>): Purpose {
  switch (endpoint) {
    case 'projects':
    case 'projectRepositories':
    case 'repositories':
    case 'mirrorRepositories':
      return 'listing';
    case 'branchesDefault':
    case 'defaultBranch':
      return 'head';
    case 'raw':
      return 'file';
    default:
      return 'repository';
  }
}
