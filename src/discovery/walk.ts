import { toError } from '@backstage/errors';
import pLimit from 'p-limit';
import {
  isForbiddenError,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';
import { ProviderConfig } from '../config';
import {
  atHead,
  batches,
  CommitFiles,
  FileIndex,
  Head,
  needsMainBranch,
  openHead,
} from '../workspace';
import { planCatalogPaths } from './catalogPaths';
import {
  knownFindings,
  loadKnownBranches,
  openNewHeads,
} from './knownBranches';
import { findCatalogFiles } from './repositoryFiles';
import { Finding, SkipReason, WalkTools } from './types';

/** Repositories that are looked into before their files are handed over. */
const BATCH = 100;

/** How many are looked into for each request under way, since what came in is written meanwhile. */
const LOOKS_PER_REQUEST = 2;

/**
 * Finds the catalog files at the head of each repository, those first that were
 * updated last. What the index knows costs nothing; otherwise each costs what
 * `findCatalogFiles` and `openHead` ask.
 *
 * @param concurrency - how many requests the client lets be under way at once
 * @param options.reload - gives repositories as they are known by now, which may be
 * later than the walk began
 * @param options.refetch - asks for a repository by itself, where the list left out
 * its main branch
 * @throws the first fault that is not about a single repository, after it has
 * delivered what was found until then; nothing more is asked
 */
export async function* walkRepositories(
  index: FileIndex,
  repositories: Repository[],
  config: ProviderConfig,
  concurrency: number,
  context: RequestContext,
  {
    reload = async same => same,
    refetch = async same => same,
  }: {
    reload?(batch: Repository[]): Promise<Repository[]>;
    refetch?(repository: Repository): Promise<Repository>;
  } = {},
): AsyncGenerator<Finding[]> {
  const paths = planCatalogPaths(config.catalogPaths);
  const tools: WalkTools = { index, config, paths, context, refetch };
  const latestFirst = [...repositories].sort(byUpdate);
  for (const listed of batches(latestFirst, BATCH)) {
    const batch = await reload(listed);
    const branches = await loadKnownBranches(tools, batch);
    const known = knownFindings(tools, batch, branches);
    const unknown = batch.filter(repository => !known.has(repository));
    const heads = await openNewHeads(tools, unknown, branches);
    const { findings, fault } = await settle(
      unknown,
      concurrency * LOOKS_PER_REQUEST,
      repository => lookInto(tools, repository, heads.get(repository)),
    );
    yield [...known.values(), ...findings];
    if (fault) {
      throw fault;
    }
    context.signal?.throwIfAborted();
  }
}

function byUpdate(a: Repository, b: Repository): number {
  return Date.parse(b.updatedOn ?? '') - Date.parse(a.updatedOn ?? '') || 0;
}

/** @param opened - the head, if it has been opened already */
async function lookInto(
  { index, config, paths, context, refetch }: WalkTools,
  repository: Repository,
  opened: Head<CommitFiles> | undefined,
): Promise<Finding> {
  try {
    const asked = needsMainBranch(repository, config)
      ? withMainBranch(await refetch(repository))
      : repository;
    return await atHead(async options => {
      const head =
        opened && !options.anew
          ? opened
          : await openHead(index, asked, config, context, options);
      if (head.reason) {
        return { repository: asked, reason: head.reason };
      }
      const files = await findCatalogFiles(head.files, paths, context);
      const { commit } = head.files;
      return { repository: asked, branch: head.branch, commit, files };
    });
  } catch (error) {
    const reason = reasonToSkip(error);
    if (reason) {
      return { repository, reason, cause: toError(error) };
    }
    throw error;
  }
}

/** A repository that comes without a main branch by itself too has none to look at. */
function withMainBranch(repository: Repository): Repository {
  const { mainBranch = null } = repository;
  return { ...repository, mainBranch };
}

/** A missing scope concerns every repository, so it fails the walk instead of skipping them all. */
function reasonToSkip(error: unknown): SkipReason | undefined {
  if (isNotFoundError(error)) {
    return error.missing === 'repository' ? 'vanished' : 'unreadable';
  }
  if (isForbiddenError(error) && error.required.length === 0) {
    return 'unreadable';
  }
  return undefined;
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
