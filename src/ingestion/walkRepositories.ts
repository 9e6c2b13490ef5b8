import { toError } from '@backstage/errors';
import pLimit from 'p-limit';
import { ProviderConfig } from '../config/types';
import { batches } from '../lib/batching';
import { CommitFiles } from '../mirror/CommitFiles';
import {
  RepositoryCall,
  RepositoryFailingError,
} from '../mirror/FailingRepositories';
import { FileIndex } from '../mirror/FileIndex';
import { RepositorySource } from '../mirror/RepositoryIndex';
import { concernOf } from '../mirror/failures';
import {
  atHead,
  branchesToTry,
  Head,
  needsMainBranch,
  openHead,
} from '../mirror/heads';
import { isNotFoundError } from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { selectionOf } from './filters';
import { planCatalogPaths } from './repositoryFiles';
import {
  findCatalogFiles,
  Finding,
  knownFindings,
  loadKnownBranches,
  openNewHeads,
  SkipReason,
  WalkTools,
} from './repositoryFiles';

/**
 * This many repositories in a row that cannot be reached are an outage. Fewer are a
 * problem of these repositories alone.
 */
const REPOSITORIES_IN_A_ROW = 3;

/**
 * Distinguishes an outage of Bitbucket from problems of single repositories, while
 * several are searched at once.
 *
 * A failure does not count if another repository could be read in the meantime: a
 * request that is retried several times ends after the others around it. Nor does it
 * count for a repository that keeps failing, or those that always fail would end every
 * walk.
 */
export class OutageWatch {
  #successes = 0;
  #inARow = 0;

  /**
   * The search of a repository begins.
   *
   * @param keepsFailing - whether the repository could not be read the last times
   * @returns a function to call when it fails as it would in an outage; returns whether
   * this is an outage
   */
  begin(keepsFailing: boolean): () => boolean {
    const successesBefore = this.#successes;
    return () => {
      if (!keepsFailing && this.#successes === successesBefore) {
        this.#inARow += 1;
      }
      return this.#inARow >= REPOSITORIES_IN_A_ROW;
    };
  }

  /** A repository could be read. */
  succeed(): void {
    this.#successes += 1;
    this.#inARow = 0;
  }
}

/** Repositories that are searched before their files are returned. */
const BATCH = 100;

/** Searches for each request under way, since results are written in the meantime. */
const SEARCHES_PER_REQUEST = 2;

/** How repositories are searched. */
type WalkOptions = {
  index: FileIndex;
  config: ProviderConfig;
  /** How many requests the client allows at once. */
  concurrency: number;
  context: RequestContext;
  /**
   * Returns repositories as they are now, which may be later than the walk began, and
   * requests one if the list left out its main branch. Default: repositories are taken
   * as they are passed in.
   */
  source?: RepositorySource;
  /**
   * Uuids of repositories in which nothing is new, but whose heads are due: they are
   * requested with the purpose `recheck`. Default: none.
   */
  dueHeads?: ReadonlySet<string>;
};

/**
 * Finds the catalog files at the head of each repository. The repositories that were
 * updated last come first, those that keep failing last. What the mirror has costs
 * nothing; otherwise each costs what `findCatalogFiles` and `openHead` request.
 *
 * @throws the first fault that is not about a single repository, after returning what
 * was found until then; nothing more is requested
 */
export async function* walkRepositories(
  repositories: Repository[],
  { index, config, concurrency, context, source, dueHeads }: WalkOptions,
): AsyncGenerator<Finding[]> {
  const paths = planCatalogPaths(config.catalogPaths);
  const tools = { index, config, paths, context, source, dueHeads };
  const outage = new OutageWatch();
  const failing = await index.failing.all();
  const keepsFailing = ({ uuid }: Repository) =>
    (failing.get(uuid)?.attempts ?? 0) > 1;
  const inOrder = [...repositories].sort(
    (a, b) =>
      Number(keepsFailing(a)) - Number(keepsFailing(b)) || byUpdate(a, b),
  );
  for (const listed of batches(inOrder, BATCH)) {
    const batch = await reload(listed, config, source);
    const branches = await loadKnownBranches(tools, batch);
    const known = knownFindings(tools, batch, branches);
    for (const repository of known.keys()) {
      const calls = callsFor(tools, repository);
      await index.failing.headIsKnown(repository, calls);
    }
    const unknown = batch.filter(repository => !known.has(repository));
    const heads = await openNewHeads(tools, unknown, branches);
    const { findings, fault } = await settle(
      unknown,
      concurrency * SEARCHES_PER_REQUEST,
      async repository => {
        const isOutage = outage.begin(keepsFailing(repository));
        const finding = await searchRepository(
          tools,
          repository,
          heads.get(repository),
          isOutage,
        );
        if (finding.cause === undefined) {
          outage.succeed();
          const calls = callsFor(tools, repository);
          await index.failing.recovered(repository, calls);
        }
        return finding;
      },
    );
    yield [...known.values(), ...findings];
    await settleHeads(tools, [...known.values(), ...findings]);
    if (fault) {
      throw fault;
    }
    context.signal?.throwIfAborted();
  }
}

/** Settles the heads that are done. What fails is tried again by the next walk. */
async function settleHeads(
  { config, source, dueHeads }: WalkTools,
  findings: Finding[],
): Promise<void> {
  const uuids = findings
    .map(({ repository }) => repository.uuid)
    .filter(uuid => dueHeads?.has(uuid));
  if (uuids.length > 0) {
    await source?.heads.settled(selectionOf(config), uuids);
  }
}

/** Repositories as they are now. One read for the whole batch. */
async function reload(
  batch: Repository[],
  config: ProviderConfig,
  source: RepositorySource | undefined,
): Promise<Repository[]> {
  const uuids = batch.map(({ uuid }) => uuid);
  return source?.byUuid(selectionOf(config), uuids) ?? batch;
}

function byUpdate(a: Repository, b: Repository): number {
  return Date.parse(b.updatedOn ?? '') - Date.parse(a.updatedOn ?? '') || 0;
}

/**
 * @param opened - the head, if it has been opened already
 * @param isOutage - whether a failure that may be one is one
 */
async function searchRepository(
  { index, config, paths, context, source, dueHeads }: WalkTools,
  repository: Repository,
  opened: Head<CommitFiles> | undefined,
  isOutage: () => boolean,
): Promise<Finding> {
  const forHead: RequestContext = dueHeads?.has(repository.uuid)
    ? { ...context, purpose: 'recheck' }
    : context;
  try {
    const asked = needsMainBranch(repository, config)
      ? withMainBranch(
          await index.failing.ask(
            repository,
            MAIN_BRANCH,
            async () =>
              source?.askMainBranch(selectionOf(config), repository, forHead) ??
              repository,
          ),
        )
      : repository;
    return await atHead(async options => {
      const head =
        opened && !options.refetch
          ? opened
          : await openHead(index, asked, config, forHead, options);
      if (head.reason) {
        return { repository: asked, reason: head.reason };
      }
      const files = await findCatalogFiles(head.files, paths, context);
      const { commit } = head.files;
      return { repository: asked, branch: head.branch, commit, files };
    });
  } catch (error) {
    if (!isAboutRepository(error, isOutage)) {
      throw error;
    }
    return { repository, reason: reasonToSkip(error), cause: toError(error) };
  }
}

const MAIN_BRANCH = { kind: 'repository', of: 'main branch' } as const;

/** What may be asked of a repository to find its catalog files. */
function callsFor(
  { config, paths: { files, globs } }: WalkTools,
  repository: Repository,
): RepositoryCall[] {
  const branches = branchesToTry(repository, config);
  const patterns = globs.map(({ pattern }) => pattern);
  return [
    MAIN_BRANCH,
    ...branches.map(of => ({ kind: 'refs' as const, of })),
    ...branches.map(of => ({ kind: 'changes' as const, of })),
    ...[...files, ...patterns].map(of => ({ kind: 'files' as const, of })),
  ];
}

/** A repository that lacks a main branch even when it is requested by itself is empty. */
function withMainBranch(repository: Repository): Repository {
  const { mainBranch = null } = repository;
  return { ...repository, mainBranch };
}

function isAboutRepository(error: unknown, isOutage: () => boolean): boolean {
  if (error instanceof RepositoryFailingError) {
    return true;
  }
  const concern = concernOf(error);
  return concern === 'repository' || (concern === 'either' && !isOutage());
}

function reasonToSkip(error: unknown): SkipReason {
  return isNotFoundError(error) && error.missing === 'repository'
    ? 'vanished'
    : 'failing';
}

/** Searches several at once. After the first fault, it waits for those under way and begins no more. */
async function settle(
  repositories: Repository[],
  concurrency: number,
  search: (repository: Repository) => Promise<Finding>,
): Promise<{ findings: Finding[]; fault?: Error }> {
  const limit = pLimit(concurrency);
  const findings: Finding[] = [];
  let fault: Error | undefined;
  await Promise.all(
    repositories.map(repository =>
      limit(async () => {
        if (fault) {
          return;
        }
        try {
          findings.push(await search(repository));
        } catch (error) {
          fault ??= toError(error);
        }
      }),
    ),
  );
  return { findings, fault };
}
