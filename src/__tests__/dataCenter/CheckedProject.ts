import { SimulatedInstance } from '../../../dev/simulator/data-center';
import { SimulatedPullRequest } from '../../../dev/simulator/world';
import {
  componentFile,
  DatabaseServer,
  ON_DEMAND,
  until,
} from '../../../testing';
import { FILE, file, OneInstance } from './OneInstance';

export const VALID = { [FILE]: componentFile('api', 'deprecated') };
export const BROKEN = file('not a name');

const GROUP = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team-a
spec:
  type: team
  children: []
`;

type Files = Record<string, string | null>;

/**
 * One backend and one project, with a pull request for each of some branches, one that is
 * a draft and one from a fork.
 */
export class CheckedProject {
  readonly #opened = new Map<string, SimulatedPullRequest>();

  private constructor(private readonly world: OneInstance) {}

  /** @param branches - what the pull request of each changes */
  static async start(
    databases: DatabaseServer,
    branches: Record<string, Files>,
  ): Promise<CheckedProject> {
    const instance = new SimulatedInstance();
    instance.addProject('PAY');
    instance.addRepository('PAY', {
      slug: 'api',
      files: { ...file('api'), 'README.md': 'Read me.' },
    });
    instance.addRepository('PAY', { slug: 'teams', files: { [FILE]: GROUP } });
    const world = await OneInstance.start(databases, instance, {
      providers: (host, url) => ({
        host,
        ...ON_DEMAND,
        webhooks: { url },
        pullRequests: { comment: true, drafts: false, forks: true },
      }),
      entry: {},
    });
    await world.backend.hasComponents(['api']);
    await world.backend.beginTask(`bitbucketServer-webhooks:${world.host}`);
    await until(
      async () => instance.hooks.all.length === 1,
      'the webhook of the project',
    );
    const project = new CheckedProject(world);
    for (const [branch, files] of Object.entries(branches)) {
      project.open(branch, files);
    }
    project.open('draft', BROKEN, { draft: true });
    project.#openFromFork();
    return project;
  }

  async stop(): Promise<void> {
    await this.world.stop();
  }

  get instance() {
    return this.world.instance;
  }

  get simulator() {
    return this.world.simulator;
  }

  get backend() {
    return this.world.backend;
  }

  get #project() {
    return this.instance.project('PAY');
  }

  /** @param files - what the branch changes; nothing where it was pushed before */
  open(branch: string, files: Files, options: { draft?: boolean } = {}): void {
    if (Object.keys(files).length > 0) {
      this.push(branch, files);
    }
    this.#opened.set(
      branch,
      this.#project.pullRequests.open('api', { source: branch, ...options }),
    );
  }

  push(branch: string, files: Files): void {
    this.#project.push('api', files, { branch });
  }

  #openFromFork(): void {
    const fork = this.#project.forkRepository(
      this.instance.repository('PAY', 'api'),
      { slug: 'fork' },
    );
    this.#project.push('fork', VALID, { branch: 'fork' });
    this.#opened.set(
      'fork',
      this.#project.pullRequests.open('api', {
        sourceRepository: fork,
        source: 'fork',
      }),
    );
  }

  /** How many checks there were, by outcome. */
  async outcomes(): Promise<Record<string, number>> {
    const answer = await this.backend.get('bitbucket/status');
    const { hosts } = (await answer.json()) as {
      hosts: { pullRequests: { runs: Record<string, number> } }[];
    };
    return Object.fromEntries(
      Object.entries(hosts[0].pullRequests.runs).sort(([a], [b]) =>
        a.localeCompare(b),
      ),
    );
  }

  async hasOutcomes(wanted: Record<string, number>): Promise<void> {
    const shown = async () => JSON.stringify(await this.outcomes());
    const logged = () =>
      this.backend
        .messages('debug', 'info', 'warn', 'error')
        .slice(-8)
        .join('; ');
    await until(
      async () => (await shown()) === JSON.stringify(wanted),
      async () =>
        `runs ${JSON.stringify(wanted)}. There are ${await shown()}. Logged: ${logged()}`,
    );
  }

  pullRequest(branch: string): SimulatedPullRequest {
    return this.#opened.get(branch)!;
  }

  reportOf(branch: string) {
    const { repository, commit } = this.pullRequest(branch).source;
    return this.instance.insights.of(repository, commit)[0];
  }

  buildsOf(branch: string) {
    const { repository, commit } = this.pullRequest(branch).source;
    return this.instance.builds
      .of(repository, commit)
      .map(({ state }) => state);
  }

  commentsOf(branch: string) {
    return this.pullRequest(branch).comments.filter(({ deleted }) => !deleted);
  }

  /** The requests that are about a pull request, by its number or by its head. */
  requestsOf(branch: string): string[] {
    const { id, source } = this.pullRequest(branch);
    return this.simulator.requests.entries
      .filter(
        ({ path, query }) =>
          new RegExp(`/pull-requests/${id}(?:/|$)`).test(path) ||
          `${path} ${JSON.stringify(query)}`.includes(source.commit.hash),
      )
      .map(({ method, endpoint }) => `${method} ${endpoint}`);
  }

  /** Checks it again, since no link to this machine is posted. */
  async pageOf(branch: string): Promise<string> {
    const { id } = this.pullRequest(branch);
    const answer = await this.backend.post('bitbucket/pull-requests/check', {
      repository: `${this.world.host}/PAY/api`,
      id,
    });
    expect(answer.status).toBe(202);
    const { page } = (await answer.json()) as { page: string };
    await until(
      async () => !('running' in (await this.outcomes())),
      'the run to end',
    );
    return `${this.backend.baseUrl}${page}`;
  }
}
