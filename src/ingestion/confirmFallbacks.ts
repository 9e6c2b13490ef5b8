import { toError } from '@backstage/errors';
import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { ProviderConfig } from '../config/types';
import { RepositoryFailingError } from '../mirror/FailingRepositories';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { concernOf } from '../mirror/failures';
import { ScmHost } from '../scm/ScmHost';
import { RequestContext } from '../scm/types';
import { ScmUrls } from '../scm/urls';
import { confirmBranch } from './confirmAbsence';
import { selectionOf } from './filters';
import { locate } from './locations';
import { Finding, Searched, Skipped } from './repositoryFiles';
import { walkRepositories } from './walkRepositories';

/** What it takes to ask for the branch, or the repository, again. */
export type FallbackTools = {
  host: ScmHost;
  index: WorkspaceIndex;
  config: ProviderConfig;
  context: RequestContext;
};

/**
 * Whether the default branch was read since the configured one is missing, although
 * the catalog has files of another branch: all of them would move, and what they alone
 * define would go.
 */
export function isDoubtfulFallback(
  urls: Pick<ScmUrls, 'file' | 'refPlace'>,
  finding: Finding,
  configured: string | undefined,
  locations: readonly EmittedLocation[],
): finding is Searched {
  if (finding.reason || configured === undefined) {
    return false;
  }
  const { repository, branch } = finding;
  return (
    branch !== configured &&
    locations.some(
      ({ isInCatalog, place, fullName, path }) =>
        isInCatalog &&
        place !==
          locate(urls, { ...repository, fullName }, branch, { path }).place,
    )
  );
}

/**
 * Asks for the configured branch of a repository by another request where one response
 * that lacks it would move what the catalog has. One request for each such repository.
 *
 * @param locations - what the catalog has of each repository, by uuid
 * @returns the same findings, except where the branch is there after all, or that is not
 * known: then the repository is searched again, or keeps what it has
 * @throws the first fault that is not about single repositories
 */
export async function confirmFallbacks(
  tools: FallbackTools,
  findings: readonly Finding[],
  locations: ReadonlyMap<string, readonly EmittedLocation[]>,
): Promise<Finding[]> {
  const { branch } = tools.config;
  return Promise.all(
    findings.map(async finding => {
      const known = locations.get(finding.repository.uuid) ?? [];
      return isDoubtfulFallback(tools.host.urls, finding, branch, known)
        ? confirmFallback(tools, finding, branch!)
        : finding;
    }),
  );
}

async function confirmFallback(
  tools: FallbackTools,
  finding: Searched,
  branch: string,
): Promise<Finding> {
  const { host, index, context } = tools;
  const { repository } = finding;
  try {
    const verdict = await index.failing.ask(
      repository,
      { kind: 'refs', of: branch },
      () => confirmBranch({ host, context }, repository, branch),
    );
    if (verdict === 'gone') {
      return finding;
    }
    await forgetAbsent(tools, finding, branch);
    return (
      (await searchAgain(tools, finding, branch)) ??
      (await keepAll(
        tools,
        finding,
        branch,
        new Error(`The responses for branch ${branch} do not agree`),
      ))
    );
  } catch (error) {
    if (isAboutAll(error)) {
      throw error;
    }
    return keepAll(tools, finding, branch, toError(error));
  }
}

/** Undefined where the branch is missing once more. */
async function searchAgain(
  { index, config, context }: FallbackTools,
  { repository }: Searched,
  branch: string,
): Promise<Finding | undefined> {
  const walk = walkRepositories([repository], {
    index: index.files,
    config,
    concurrency: 1,
    context,
    source: index.repositories,
  });
  for await (const [again] of walk) {
    if (again && (again.reason || again.branch === branch)) {
      return again;
    }
  }
  return undefined;
}

/**
 * Whether the catalog has files of a repository that was read, and none of them under the
 * name that it has now. Once one was emitted under that name, it is confirmed.
 */
export function hasOtherName(
  finding: Finding,
  locations: readonly EmittedLocation[],
): finding is Searched {
  const name = finding.repository.fullName.toLowerCase();
  return (
    !finding.reason &&
    locations.some(({ isInCatalog }) => isInCatalog) &&
    locations.every(({ fullName }) => fullName.toLowerCase() !== name)
  );
}

/**
 * Asks for a repository by itself where one response that gives it another name would move
 * what the catalog has to the files of whatever has that name. One request for each such
 * repository.
 *
 * @param locations - what the catalog has of each repository, by uuid
 * @returns the same findings, except for repositories that do not have the name: they keep
 * what they have
 * @throws the first fault that is not about single repositories
 */
export async function confirmNames(
  tools: FallbackTools,
  findings: readonly Finding[],
  locations: ReadonlyMap<string, readonly EmittedLocation[]>,
): Promise<Finding[]> {
  return Promise.all(
    findings.map(async finding => {
      const known = locations.get(finding.repository.uuid) ?? [];
      return hasOtherName(finding, known)
        ? confirmName(tools, finding)
        : finding;
    }),
  );
}

async function confirmName(
  { index, config, context }: FallbackTools,
  finding: Searched,
): Promise<Finding> {
  const { repository } = finding;
  const { uuid, fullName } = repository;
  try {
    const now = await index.failing.ask(
      repository,
      { kind: 'repository', of: 'name' },
      () => index.repositories.ask(selectionOf(config), uuid, context),
    );
    return now.fullName.toLowerCase() === fullName.toLowerCase()
      ? finding
      : keep(finding, new Error(`It is ${now.fullName} by now`));
  } catch (error) {
    if (isAboutAll(error)) {
      throw error;
    }
    return keep(finding, toError(error));
  }
}

const keep = ({ repository }: Searched, cause: Error): Skipped => ({
  repository,
  reason: 'failing',
  cause,
});

function isAboutAll(error: unknown): boolean {
  return (
    !(error instanceof RepositoryFailingError) &&
    concernOf(error) === 'everything'
  );
}

async function keepAll(
  tools: FallbackTools,
  finding: Searched,
  branch: string,
  cause: Error,
): Promise<Skipped> {
  await forgetAbsent(tools, finding, branch);
  return keep(finding, cause);
}

/** A response that lacks the branch is not used again, and proves nothing. */
async function forgetAbsent(
  { index }: FallbackTools,
  { repository: { fullName } }: Searched,
  branch: string,
): Promise<void> {
  await index.files.forgetAbsent({ fullName, ref: branch });
}
