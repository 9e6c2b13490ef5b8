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
  branchesToTry,
  CommitFiles,
  FileIndex,
  Head,
  KnownFiles,
  knownHead,
  openHead,
} from '../workspace';
import { CatalogPaths, planCatalogPaths } from './catalogPaths';
import { findCatalogFiles, knownCatalogFiles } from './repositoryFiles';
import { Finding, SkipReason } from './types';

/** Repositories that are looked into before their files are handed over. */
const BATCH = 100;

/**
 * Finds the catalog files at the head of each repository, those first that were
 * updated last. What the index knows costs nothing; otherwise each costs what
 * `findCatalogFiles` and `openHead` ask.
 *
 * @param concurrency - how many are looked into at once
 * @param reload - gives repositories as they are known by now, which may be later
 * than the walk began
 * @throws the first fault that is not about a single repository, after it has
 * delivered what was found until then; nothing more is asked
 */
export async function* walkRepositories(
  index: FileIndex,
  repositories: Repository[],
  config: ProviderConfig,
  concurrency: number,
  context: RequestContext,
  reload: (batch: Repository[]) => Promise<Repository[]> = async same => same,
): AsyncGenerator<Finding[]> {
  const paths = planCatalogPaths(config.catalogPaths);
  const latestFirst = [...repositories].sort(byUpdate);
  for (const listed of batches(latestFirst, BATCH)) {
    const batch = await reload(listed);
    const branches = await knownBranches(index, batch, config);
    const known = knownFindings(branches, batch, config, paths);
    const unknown = batch.filter(repository => !known.has(repository));
    const heads = await openNewHeads(index, branches, unknown, config, context);
    const { findings, fault } = await settle(unknown, concurrency, repository =>
      lookInto(
        index,
        repository,
        heads.get(repository),
        config,
        paths,
        context,
      ),
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

/** What is known of a branch of a repository. */
type KnownBranches = (
  repository: Repository,
  branch: string,
) => KnownFiles | undefined;

async function knownBranches(
  index: FileIndex,
  repositories: Repository[],
  config: ProviderConfig,
): Promise<KnownBranches> {
  const names = repositories.flatMap(repository =>
    branchesToTry(repository, config).map(ref => ({
      fullName: repository.fullName,
      ref,
    })),
  );
  const known = new Map<string, KnownFiles>();
  (await index.known(names)).forEach((files, { fullName, ref }) =>
    known.set(`${fullName} ${ref}`, files),
  );
  return ({ fullName }, branch) => known.get(`${fullName} ${branch}`);
}

/** What the index tells of repositories without a request. */
function knownFindings(
  known: KnownBranches,
  repositories: Repository[],
  config: ProviderConfig,
  paths: CatalogPaths,
): Map<Repository, Finding> {
  const findings = new Map<Repository, Finding>();
  for (const repository of repositories) {
    const head = knownHead(
      branch => known(repository, branch),
      repository,
      config,
    );
    if (head?.reason) {
      findings.set(repository, { repository, reason: head.reason });
    } else if (head) {
      const files = knownCatalogFiles(head.files, paths);
      if (files) {
        findings.set(repository, { repository, branch: head.branch, files });
      }
    }
  }
  return findings;
}

/**
 * Opens the heads that came with the list of repositories, and that nothing is
 * known of, all at once: that takes no request, and few statements.
 */
async function openNewHeads(
  index: FileIndex,
  known: KnownBranches,
  repositories: Repository[],
  config: ProviderConfig,
  context: RequestContext,
): Promise<Map<Repository, Head<CommitFiles>>> {
  const isNew = (repository: Repository) =>
    repository.mainBranch?.hash !== undefined &&
    branchesToTry(repository, config).every(
      branch =>
        branch === repository.mainBranch?.name && !known(repository, branch),
    );
  return new Map(
    await Promise.all(
      repositories
        .filter(isNew)
        .map(
          async repository =>
            [
              repository,
              await openHead(index, repository, config, context),
            ] as const,
        ),
    ),
  );
}

async function lookInto(
  index: FileIndex,
  repository: Repository,
  opened: Head<CommitFiles> | undefined,
  config: ProviderConfig,
  paths: CatalogPaths,
  context: RequestContext,
): Promise<Finding> {
  try {
    return await atHead(async options => {
      const head =
        opened && !options.anew
          ? opened
          : await openHead(index, repository, config, context, options);
      if (head.reason) {
        return { repository, reason: head.reason };
      }
      const files = await findCatalogFiles(head.files, paths, context);
      return { repository, branch: head.branch, files };
    });
  } catch (error) {
    const reason = reasonToSkip(error);
    if (reason) {
      return { repository, reason, cause: toError(error) };
    }
    throw error;
  }
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
