import {
  Simulator,
  SimulatorOptions,
  startSimulator,
} from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { ProviderConfig } from '../../src/config/types';
import { Timing } from '../../src/http/retry';
import { Finding } from '../../src/ingestion/repositoryFiles';
import { walkRepositories } from '../../src/ingestion/walkRepositories';
import { WorkspaceIndex } from '../../src/mirror/WorkspaceIndex';
import { Repository } from '../../src/scm/types';
import { clientOf } from '../bitbucket/clientOf';
import { createIndex } from '../workspace/createIndex';
import { providerConfig } from './providerConfig';

/** Walks over workspace `acme`, which share an index. */
export type Walks = {
  acme: SimulatedWorkspace;
  simulator: Simulator;
  index: WorkspaceIndex;
  /** All repositories as they are now. */
  list(): Promise<Repository[]>;
  /**
   * Walks over these repositories, or all as they are now. The requests that
   * are counted then are those of the walk.
   */
  walk(
    settings?: Partial<ProviderConfig>,
    options?: { repositories?: Repository[]; signal?: AbortSignal },
  ): Promise<Finding[]>;
};

const running: Simulator[] = [];

/**
 * Lives until the end of the test.
 *
 * @param world - a workspace, or the slugs of repositories with a catalog file
 */
export async function startWalks(
  world: SimulatedWorkspace | string[],
  options: Omit<SimulatorOptions, 'workspaces'> & {
    timing?: Partial<Timing>;
  } = {},
): Promise<Walks> {
  const { timing, ...rest } = options;
  const acme = Array.isArray(world) ? workspaceOf(...world) : world;
  const simulator = await startSimulator({ workspaces: [acme], ...rest });
  running.push(simulator);
  const index = createIndex(clientOf(simulator, { timing }), {
    now: timing?.now,
  });

  async function list(): Promise<Repository[]> {
    const repositories = [];
    for await (const page of clientOf(simulator).listRepositories('acme')) {
      repositories.push(...page);
    }
    return repositories;
  }

  return {
    acme,
    simulator,
    index,
    list,
    async walk(settings, { repositories, signal } = {}) {
      const listed = repositories ?? (await list());
      simulator.requests.clear();
      const findings = [];
      const config = providerConfig(settings);
      const walk = walkRepositories(listed, {
        index: index.files,
        config,
        concurrency: 8,
        context: { signal },
      });
      for await (const batch of walk) {
        findings.push(...batch);
      }
      return findings;
    },
  };
}

/** A workspace whose repositories have a catalog file each. */
export function workspaceOf(...slugs: string[]): SimulatedWorkspace {
  const workspace = new SimulatedWorkspace({ slug: 'acme' });
  for (const slug of slugs) {
    const files = { 'catalog-info.yaml': `name: ${slug}\n` };
    workspace.addRepository({ slug, files });
  }
  return workspace;
}

/** The files that were found, as `slug/path`, sorted. */
export const filesOf = (findings: Finding[]): string[] =>
  findings
    .flatMap(finding =>
      finding.reason
        ? []
        : finding.files.map(({ path }) => `${finding.repository.slug}/${path}`),
    )
    .sort();

/** The repositories that were skipped, as `slug: reason`, sorted. */
export const skipsOf = (findings: Finding[]): string[] =>
  findings
    .flatMap(({ repository, reason }) =>
      reason ? `${repository.slug}: ${reason}` : [],
    )
    .sort();

afterEach(async () => {
  await Promise.all(running.splice(0).map(simulator => simulator.stop()));
});
