import { LoggerService } from '@backstage/backend-plugin-api';
import { ProviderConfig, PullRequestsConfig } from '../config/types';
import { Metrics } from '../metrics/Metrics';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { PullRequestApi } from '../scm/pullRequests';
import { CheckServices } from './checks/checkRequest';
import { PullRequestStore } from './PullRequestStore';
import { RunHistory } from './RunHistory';
import { RunStore } from './RunStore';
import { StoredRun } from './StoredRun';
import { Repository } from '../scm/types';

/** The runs that are under way in this process. */
export class RunningRuns {
  readonly #running = new Map<string, AbortController>();

  /** @param work - given a signal that {@link RunningRuns.abort} aborts, too */
  async during<T>(
    id: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      return await work(AbortSignal.any([signal, controller.signal]));
    } finally {
      if (this.#running.get(id) === controller) {
        this.#running.delete(id);
      }
    }
  }

  abort(ids: readonly string[]): void {
    ids.forEach(id => this.#running.get(id)?.abort());
  }
}

/** What a run needs, apart from what it checks. */
export type RunTools = {
  index: WorkspaceIndex;
  api: PullRequestApi;
  runs: RunStore;
  history: RunHistory;
  running: RunningRuns;
  pullRequests: PullRequestStore;
  /** All of them, since any may read a file that is touched. */
  providers: readonly ProviderConfig[];
  catalog: CheckServices['catalog'];
  credentials: CheckServices['credentials'];
  /** Tells this Backstage from others that report on the same commit. */
  instance: string;
  /** The address of the page of a pull request; undefined where there is none that is public. */
  linkOf(pageId: string, config: PullRequestsConfig): string | undefined;
  metrics: Pick<Metrics, 'runEnded' | 'postRefused'>;
  logger: LoggerService;
  /** What was warned of that the credential may not do. */
  warned: Set<string>;
  now(): number;
};

/** A run to be made. */
export type RunRequest = {
  run: StoredRun;
  /** That the pull request is to be merged into. */
  repository: Repository;
  config: PullRequestsConfig;
  signal: AbortSignal;
};
