import { ProviderConfig } from '../config/types';
import { createPathGlob, isGlob, mergeGlobs, PathGlob } from '../lib/globs';
import { CommitFiles } from '../mirror/CommitFiles';
import { FileIndex } from '../mirror/FileIndex';
import { RepositorySource } from '../mirror/RepositoryIndex';
import { branchesToTry, Head, knownHead, openHead } from '../mirror/heads';
import { IndexedFile, CachedFiles } from '../mirror/rows';
import { Repository, RequestContext } from '../scm/types';

/** The requests that find the catalog files of one repository. */
export type CatalogPaths = {
  /** Exact paths without a leading slash; each costs one request. */
  files: string[];
  /** One per folder; each costs one listing. */
  globs: PathGlob[];
};

/**
 * Turns the `catalogPath` patterns of a provider into as few requests as find
 * all of their files.
 *
 * `/catalog-info.yaml` lies at the root, `catalog-info.yaml` in any folder; `*`
 * matches within a segment and `**` across segments.
 */
export function planCatalogPaths(patterns: string[]): CatalogPaths {
  const anchored = [...new Set(patterns.map(anchor))];
  const globsByFolder = new Map<string, PathGlob[]>();
  for (const glob of anchored.filter(isGlob).map(createPathGlob)) {
    const sameFolder = globsByFolder.get(glob.folder) ?? [];
    globsByFolder.set(glob.folder, [...sameFolder, glob]);
  }
  const globs = [...globsByFolder.values()].map(mergeGlobs);
  const files = anchored
    .filter(path => !isGlob(path))
    .filter(path => !globs.some(glob => glob.matches(path)));
  return { files, globs };
}

function anchor(pattern: string): string {
  return pattern.startsWith('/') ? pattern.slice(1) : `**/${pattern}`;
}

/** What a walk looks into repositories with. */
export type WalkTools = {
  index: FileIndex;
  config: ProviderConfig;
  paths: CatalogPaths;
  context: RequestContext;
  /** Asks for a repository by itself, among others. */
  source?: RepositorySource;
  /** Uuids of the repositories whose heads are to be requested again. */
  dueHeads?: ReadonlySet<string>;
};

/** A catalog file at the head of a branch. */
export type FoundFile = {
  /** Relative to the root of the repository, without a leading slash. */
  path: string;
  /** SHA-256 of its content, where that is known. */
  hash?: string;
};

/**
 * Why nothing was read from a repository: it has no commits, it lacks the
 * branch, it went away after it was listed, or Bitbucket's responses about it are
 * errors.
 */
export type SkipReason = 'empty' | 'no branch' | 'vanished' | 'failing';

/** A repository that nothing was read from. */
export type Skipped = {
  repository: Repository;
  reason: SkipReason;
  /** What Bitbucket answered, where that is the reason. */
  cause?: Error;
};

/** A repository in which catalog files were searched. */
export type Searched = {
  repository: Repository;
  branch: string;
  /** The head that was searched; a full hash. */
  commit?: string;
  /** Sorted by path. */
  files: FoundFile[];
  reason?: undefined;
  cause?: undefined;
};

/** The result of searching a repository. */
export type Finding = Searched | Skipped;

/**
 * The catalog files of a repository at a head. Costs one request for each path
 * without wildcards, and for each glob what `findFiles` does; nothing for what
 * the mirror has.
 *
 * @throws NotFoundError when the commit or the repository is no longer there
 */
export async function findCatalogFiles(
  head: CommitFiles,
  paths: CatalogPaths,
  context: RequestContext,
): Promise<FoundFile[]> {
  const [named, found] = await Promise.all([
    Promise.all(
      paths.files.map(async path => ({
        path,
        file: await head.stat(path, context),
      })),
    ),
    Promise.all(paths.globs.map(glob => head.find(glob, context))),
  ]);
  const files = paths.globs.length > 0 ? await head.known() : new Map();
  named.forEach(({ path, file }) => files.set(path, file));
  return toFoundFiles([...paths.files, ...found.flat()], files);
}

/** The catalog files that the mirror has, without a request; undefined if it does not have all of them. */
function knownCatalogFiles(
  { files, globResults }: CachedFiles,
  paths: CatalogPaths,
): FoundFile[] | undefined {
  const isKnown =
    paths.files.every(path => files.has(path)) &&
    paths.globs.every(({ pattern }) => globResults.has(pattern));
  const found = paths.globs.map(
    ({ pattern }) => globResults.get(pattern) ?? [],
  );
  return isKnown
    ? toFoundFiles([...paths.files, ...found.flat()], files)
    : undefined;
}

function toFoundFiles(
  candidates: string[],
  known: Map<string, IndexedFile>,
): FoundFile[] {
  return [...new Set(candidates)]
    .filter(path => known.get(path)?.exists !== false)
    .sort()
    .map(path => ({ path, hash: known.get(path)?.hash }));
}

/** What is known of a branch of a repository. */
type KnownBranches = (
  repository: Repository,
  branch: string,
) => CachedFiles | undefined;

/** What the mirror has of the branches that are to be read. */
export async function loadKnownBranches(
  { index, config }: WalkTools,
  repositories: Repository[],
): Promise<KnownBranches> {
  const names = repositories.flatMap(repository =>
    branchesToTry(repository, config).map(ref => ({
      fullName: repository.fullName,
      ref,
    })),
  );
  const known = new Map<string, CachedFiles>();
  (await index.known(names)).forEach((files, { fullName, ref }) =>
    known.set(`${fullName} ${ref}`, files),
  );
  return ({ fullName }, branch) => known.get(`${fullName} ${branch}`);
}

/** What the mirror has of repositories, without a request. */
export function knownFindings(
  { config, paths }: WalkTools,
  repositories: Repository[],
  known: KnownBranches,
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
        findings.set(repository, {
          repository,
          branch: head.branch,
          commit: head.files.ref.commit,
          files,
        });
      }
    }
  }
  return findings;
}

/**
 * Opens the heads that came with the list of repositories, and that nothing is
 * known of, all at once: that takes no request, and few statements.
 */
export async function openNewHeads(
  { index, config, context }: WalkTools,
  repositories: Repository[],
  known: KnownBranches,
): Promise<Map<Repository, Head<CommitFiles>>> {
  const isNew = (repository: Repository) =>
    Boolean(repository.mainBranch?.hash) &&
    branchesToTry(repository, config).every(
      branch =>
        branch === repository.mainBranch?.name && !known(repository, branch),
    );
  const heads = new Map<Repository, Head<CommitFiles>>();
  await Promise.all(
    repositories.filter(isNew).map(async repository => {
      const head = await openHead(index, repository, config, context);
      heads.set(repository, head);
    }),
  );
  return heads;
}
