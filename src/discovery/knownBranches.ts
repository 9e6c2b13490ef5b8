import { Repository } from '../bitbucket';
import {
  branchesToTry,
  CommitFiles,
  Head,
  KnownFiles,
  knownHead,
  openHead,
} from '../workspace';
import { knownCatalogFiles } from './repositoryFiles';
import { Finding, WalkTools } from './types';

/** What is known of a branch of a repository. */
export type KnownBranches = (
  repository: Repository,
  branch: string,
) => KnownFiles | undefined;

/** What the index knows of the branches that are to be read. */
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
  const known = new Map<string, KnownFiles>();
  (await index.known(names)).forEach((files, { fullName, ref }) =>
    known.set(`${fullName} ${ref}`, files),
  );
  return ({ fullName }, branch) => known.get(`${fullName} ${branch}`);
}

/** What the index tells of repositories without a request. */
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
