import { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { isRateLimitedError, RequestContext, RequestMeter } from '../bitbucket';
import { ProviderConfig } from '../config';
import { isIncluded } from '../discovery';
import { Heard, Hint } from '../events';
import { branchesToTry, IndexedRepository, WorkspaceIndex } from '../workspace';
import { ProviderWalk } from './ProviderWalk';
import { SoonOnce } from './SoonOnce';
import { summarizeLook } from './walkSummary';

const LOOKS: Heard = { looks: true };

/**
 * Looks at the repositories of a provider of which something is told, between its
 * walks. Whatever is told, only what Bitbucket shows counts; what cannot be
 * looked into now, the next walk does.
 */
export class RepositoryHints {
  readonly #config: ProviderConfig;
  readonly #index: WorkspaceIndex;
  readonly #logger: LoggerService;
  readonly #createWalk: (context: RequestContext) => Promise<ProviderWalk>;
  readonly #soon = new SoonOnce(uuid => this.#look(uuid));
  readonly #signal: AbortSignal;

  constructor(options: {
    config: ProviderConfig;
    index: WorkspaceIndex;
    logger: LoggerService;
    createWalk: (context: RequestContext) => Promise<ProviderWalk>;
    /** Aborted when the backend ends. */
    signal: AbortSignal;
  }) {
    this.#config = options.config;
    this.#index = options.index;
    this.#logger = options.logger;
    this.#createWalk = options.createWalk;
    this.#signal = options.signal;
  }

  /** Costs nothing by itself. */
  async hear(hint: Hint): Promise<Heard> {
    const { workspace, filters } = this.#config;
    const scope = { workspace, query: filters.query };
    const [known] = await this.#index.repositories.byUuid(scope, [hint.uuid]);
    const reason = known
      ? this.#reasonToPass(hint, known)
      : this.#reasonToPassUnknown(hint);
    if (reason !== undefined) {
      return { looks: false, reason };
    }
    this.#soon.add(hint.uuid);
    return LOOKS;
  }

  /** Forgets what is still to be looked at. */
  stop(): void {
    this.#soon.stop();
  }

  #reasonToPass(
    { fullName, branches }: Hint,
    repository: IndexedRepository,
  ): string | undefined {
    const tracked = branchesToTry(repository, this.#config);
    // An empty repository gets its first branch.
    if (!branches || tracked.length === 0) {
      return undefined;
    }
    if (!isIncluded(repository, this.#config.filters)) {
      return `${fullName}: left out by the filters`;
    }
    const pushed = branches.filter(({ name }) => tracked.includes(name));
    if (pushed.length === 0) {
      return `${fullName}: no branch that is read was pushed to`;
    }
    const { mainBranch } = repository;
    const isKnown = pushed.every(
      ({ name, head }) =>
        head !== undefined &&
        name === mainBranch?.name &&
        head === mainBranch.hash,
    );
    return isKnown ? `${fullName}: the pushed commit is known` : undefined;
  }

  #reasonToPassUnknown(hint: Hint): string | undefined {
    const { workspace, filters } = this.#config;
    const names = [hint.workspace, hint.workspaceUuid];
    if (!names.includes(workspace.toLowerCase())) {
      return `${hint.fullName}: not in workspace ${workspace}`;
    }
    return filters.query === undefined
      ? undefined
      : `${hint.fullName}: the next walk finds out whether filters.query lets it in`;
  }

  /** Never rejects. */
  async #look(uuid: string): Promise<void> {
    const startedAt = Date.now();
    const meter = new RequestMeter();
    const signal = this.#signal;
    try {
      const walk = await this.#createWalk({ meter, signal, purpose: 'read' });
      await walk.look(uuid);
      const seconds = (Date.now() - startedAt) / 1000;
      const isNews = walk.added + walk.changed + walk.removed > 0;
      this.#logger[isNews ? 'info' : 'debug'](
        summarizeLook(uuid, walk, { requests: meter.requests, seconds }),
      );
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      const { message } = toError(error);
      this.#logger[isRateLimitedError(error) ? 'debug' : 'warn'](
        `Repository ${uuid} cannot be looked at after a delivery, which the next walk makes up for: ${message}`,
      );
    }
  }
}
