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
 * So many repositories in a row that cannot be reached are an outage. Fewer are
 * those repositories' own trouble.
 */
const REPOSITORIES_IN_A_ROW = 3;

/**
 * Tells an outage of Bitbucket from the trouble of single repositories, while
 * several are looked into at once.
 *
 * A failure counts unless something else could be read while it was waited for:
 * one that is tried again several times ends after the others around it. Nor does
 * it count for a repository that keeps failing, or those that always fail would end
 * every walk.
 */
export class OutageWatch {
  #successes = 0;
  #inARow = 0;

  /**
   * A look begins.
   *
   * @param keepsFailing - whether the repository could not be read the last times
   * @returns to be called when it fails in a way that an outage would make it fail;
   * gives whether that is one
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

/** Repositories that are looked into before their files are handed over. */
const BATCH = 100;

/** How many are looked into for each request under way, since what came in is written meanwhile. */
const LOOKS_PER_REQUEST = 2;

/**
 * Finds the catalog files at the head of each repository, those first that were
 * updated last, and those last that keep failing. What the index knows costs nothing; otherwise each costs what
 * `findCatalogFiles` and `openHead` ask.
 *
 * @param concurrency - how many requests the client lets be under way at once
 * @param source - gives repositories as they are known by now, which may be later than
 * the walk began, and asks for one by itself where the list left out its main branch.
 * Without it, repositories are taken as they are passed in.
 * @param dueHeads - uuids of the repositories of which nothing is new but that their
 * heads are to be requested again: they are re-checked
 * @throws the first fault that is not about single repositories, after it has
 * delivered what was found until then; nothing more is asked
 */
export async function* walkRepositories(
  index: FileIndex,
  repositories: Repository[],
  config: ProviderConfig,
  concurrency: number,
  context: RequestContext,
  source?: RepositorySource,
  dueHeads?: ReadonlySet<string>,
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
      concurrency * LOOKS_PER_REQUEST,
      async repository => {
        const isOutage = outage.begin(keepsFailing(repository));
        const finding = await lookInto(
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

/** Notes those heads that need not be due for the next walk: it tries again what fails. */
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

/** Repositories as they are known by now. One read for the whole batch. */
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
async function lookInto(
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

/** A repository without a main branch, also when it is requested by itself, has no files to look for. */
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

/** Looks into some at once. After the first fault those under way are waited for, and no more are begun. */
async function settle(
  repositories: Repository[],
  concurrency: number,
  look: (repository: Repository) => Promise<Finding>,
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
          findings.push(await look(repository));
        } catch (error) {
          fault ??= toError(error);
        }
      }),
    ),
  );
  return { findings, fault };
}
