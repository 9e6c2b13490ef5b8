import {
  generateWorkspace,
  LoggedRequest,
  SimulatedPullRequest,
  Simulator,
  SimulatorOptions,
  SimulatedWorkspace,
  startSimulator,
} from '../dev/simulator';
import {
  BenchRequest,
  Bitbucket,
  CATALOG_FILE,
  Purpose,
  withDescription,
} from './bitbucket';
import { CREDENTIALS, WORKSPACE } from './credentials';

/** Bitbucket Cloud with one generated workspace in it, and its request log. */
export class CloudBitbucket implements Bitbucket {
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
  ): Promise<CloudBitbucket> {
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
    return new CloudBitbucket(simulator, workspace);
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

  /** The owners of the components. */
  get teams(): string[] {
    const owners = this.components.map(
      slug => /^ *owner: (.*)$/m.exec(this.catalogFile(slug))?.[1] ?? [],
    );
    return [...new Set(owners.flat())];
  }

  /** Pushes a new description of the component of a repository. */
  describeComponent(slug: string, description: string): void {
    this.workspace.push(slug, {
      [CATALOG_FILE]: withDescription(this.catalogFile(slug), description),
    });
  }

  /**
   * Pushes a new description of the component to a branch of its own.
   *
   * @param branch.hasMistake - whether the component lacks something there
   */
  pushBranch(branch: {
    slug: string;
    name: string;
    hasMistake: boolean;
  }): void {
    const { slug, name, hasMistake } = branch;
    const file = withDescription(this.catalogFile(slug), `as of ${name}`);
    this.workspace.push(
      slug,
      {
        [CATALOG_FILE]: hasMistake
          ? file.replace(/^ *lifecycle:.*\n/m, '')
          : file,
      },
      { branch: name },
    );
  }

  /** @param branch - that is to be merged into the main branch */
  openPullRequest(slug: string, branch: string): SimulatedPullRequest {
    return this.workspace.pullRequests.open(slug, { source: branch });
  }

  /** What was reported on the head of a pull request, and when. */
  reportOn({
    source,
  }: SimulatedPullRequest): { at: number; result?: string } | undefined {
    const [report] = source.repository.reports.of(source.commit);
    return report && { at: report.createdOn, result: report.content.result };
  }

  /** Delivers what happens from now on to this webhook alone. */
  deliverTo(url: string, secret: string): void {
    const { hooks } = this.workspace;
    hooks.all.forEach(hook => hooks.remove(hook));
    hooks.add({ url, secret, events: ['repo:push', 'pullrequest:created'] });
  }

  get projects(): number {
    return this.workspace.projects.length;
  }

  /** How many requests there were so far. */
  get requests(): number {
    return this.simulator.requests.entries.length;
  }

  since(mark: number): BenchRequest[] {
    return this.simulator.requests.entries
      .slice(mark)
      .map(request => ({ ...request, purpose: purposeOf(request) }));
  }

  stop(): Promise<void> {
    return this.simulator.stop();
  }

  private catalogFile(slug: string): string {
    const { head } = this.workspace.repository(slug);
    return String(head?.tree.get(CATALOG_FILE)?.content);
  }
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
