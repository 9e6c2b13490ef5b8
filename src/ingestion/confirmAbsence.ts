import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { ProviderConfig } from '../config/types';
import { RepositoryIndex } from '../mirror/RepositoryIndex';
import { refusesEveryRequest } from '../mirror/failures';
import { RepositoryRef, RepositorySelection, ScmHost } from '../scm/ScmHost';
import {
  isBitbucketError,
  isForbiddenError,
  isNameTakenError,
  isNotFoundError,
} from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { isIncluded } from './filters';
import { Absence, Verdict } from './removalPolicy';

/** What confirming needs. */
export type AbsenceTools = {
  host: ScmHost;
  index: RepositoryIndex;
  selection: RepositorySelection;
  config: ProviderConfig;
  context: RequestContext;
};

/**
 * Asks Bitbucket by a different request whether what was not found in a repository
 * is gone. One request for the repository, which also shows whether the branch has
 * moved meanwhile, and one for each file or branch.
 *
 * @throws when Bitbucket refuses every request, or the budget is used up
 */
export async function confirmInRepository(
  tools: AbsenceTools,
  uuid: string,
  wanted: { location: EmittedLocation; absence: Absence }[],
): Promise<Verdict[]> {
  if (wanted.every(({ absence }) => absence.kind === 'settings')) {
    return wanted.map(() => 'gone');
  }
  const repository = await unlessUnproved(() =>
    tools.index.ask(tools.selection, uuid, tools.context),
  );
  return Promise.all(
    wanted.map(async ({ location, absence }) => {
      if (absence.kind === 'settings') {
        return 'gone';
      }
      const verdict =
        repository &&
        (await unlessUnproved(() =>
          confirmOne(tools, repository, location, absence),
        ));
      return verdict ?? 'unknown';
    }),
  );
}

async function confirmOne(
  tools: AbsenceTools,
  repository: Repository,
  location: EmittedLocation,
  absence: Absence,
): Promise<Verdict> {
  switch (absence.kind) {
    case 'empty':
      return confirmEmpty(tools, repository);
    case 'branch':
      return confirmBranch(tools, repository, absence.branch);
    case 'path':
      if (absence.inPlaceOf !== undefined) {
        const other = await confirmBranch(tools, repository, absence.inPlaceOf);
        if (other !== 'gone') {
          return other;
        }
      }
      return confirmPath(tools, repository, location.path, absence);
    default:
      return 'unknown';
  }
}

async function confirmEmpty(
  tools: AbsenceTools,
  repository: Repository,
): Promise<Verdict> {
  const { mainBranch } = repository;
  if (mainBranch !== undefined) {
    return mainBranch === null ? 'gone' : 'changed';
  }
  const { host, context } = tools;
  const branches = host.branches(repository, context);
  const { done } = await branches[Symbol.asyncIterator]().next();
  return done ? 'gone' : 'changed';
}

/** The branch was asked for by its name; the list of branches and tags has to agree. */
export async function confirmBranch(
  tools: Pick<AbsenceTools, 'host' | 'context'>,
  repository: Repository,
  branch: string | undefined,
): Promise<Verdict> {
  const { mainBranch } = repository;
  const name = branch ?? mainBranch?.name;
  const isMain = branch === undefined || branch === mainBranch?.name;
  // The default branch that is configured need not exist, and has no head then.
  if (name === undefined || (isMain && mainBranch?.hash)) {
    return mainBranch === undefined ? 'unknown' : 'changed';
  }
  const { host, context } = tools;
  const exists = await host.hasBranch(repository, name, context);
  return exists ? 'changed' : 'gone';
}

async function confirmPath(
  { host, context }: AbsenceTools,
  repository: Repository,
  path: string,
  { by, branch, commit }: Extract<Absence, { kind: 'path' }>,
): Promise<Verdict> {
  const { fullName, mainBranch } = repository;
  const head =
    branch === mainBranch?.name && mainBranch.hash
      ? mainBranch.hash
      : await host.branch(repository, branch, context);
  if (head === undefined) {
    return 'unknown';
  }
  if (head !== commit) {
    return 'changed';
  }
  const exists = await host.hasFile(
    { fullName, hash: head },
    path,
    by,
    context,
  );
  return exists ? 'changed' : 'gone';
}

/** What asking for a repository that a list lacks has come to. */
export type RepositoryVerdict =
  | { verdict: 'gone'; repository?: undefined }
  /** It is there, and the filters leave it out. */
  | { verdict: 'excluded'; repository: Repository }
  | { verdict: 'changed' | 'unknown'; repository?: Repository };

/**
 * Asks for a repository that a list lacks, or that a request did not find: by its
 * uuid or name, whichever the first response was not about, or with another list where
 * those are the same request. One request; one more list where the name is another's by now.
 *
 * @param seen - as the first response described it, where the filters leave it out
 */
export async function confirmRepository(
  tools: AbsenceTools,
  location: EmittedLocation,
  by: 'list' | 'request',
  seen?: Repository,
): Promise<RepositoryVerdict> {
  const { uuid } = location;
  // It may have been renamed since the Location was emitted.
  const fullName = seen?.fullName ?? location.fullName;
  const answer = await askForRepository(tools, { uuid, fullName }, by);
  // One response that it is there and one that it is not do not agree.
  return seen && answer.verdict === 'gone' ? { verdict: 'unknown' } : answer;
}

async function askForRepository(
  tools: AbsenceTools,
  { uuid, fullName }: { uuid: string; fullName: string },
  by: 'list' | 'request',
): Promise<RepositoryVerdict> {
  const { host, index, selection, config, context } = tools;
  const { workspace } = selection;
  const byName: RepositoryRef = { by: 'name', fullName, workspace };
  const askInAnotherWay = () =>
    by === 'request' && host.findListed
      ? host.findListed({ id: uuid, fullName }, context)
      : host.repository(byName, context);
  try {
    const found = await (by === 'list' && uuid
      ? index.ask(selection, uuid, context, fullName)
      : askInAnotherWay());
    if (!found) {
      return { verdict: 'gone' };
    }
    // The host knows old names too, and a name may belong to another one by now.
    const isSame = uuid ? found.uuid === uuid : found.fullName === fullName;
    if (!isSame) {
      return { verdict: 'gone' };
    }
    return isIncluded(found, config.filters)
      ? { verdict: 'changed', repository: found }
      : { verdict: 'excluded', repository: found };
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'repository') {
      return { verdict: 'gone' };
    }
    if (isNameTakenError(error) && by === 'list') {
      return { verdict: await confirmUnlisted(tools, uuid) };
    }
    if (isNotFoundError(error) || isForbiddenError(error)) {
      return { verdict: 'unknown' };
    }
    if (concernsAll(error)) {
      throw error;
    }
    return { verdict: 'unknown' };
  }
}

/**
 * Where the name of a repository belongs to another one, it was deleted, or renamed
 * before: only a second list can tell.
 */
async function confirmUnlisted(
  { host, selection, config, context }: AbsenceTools,
  uuid: string,
): Promise<'gone' | 'changed' | 'unknown'> {
  const isListed = await unlessUnproved(async () => {
    const options = { pageSize: config.pagelen, strict: true };
    const pages = host.repositories(selection, options, undefined, context);
    for await (const { repositories } of pages) {
      if (repositories.some(repository => repository.uuid === uuid)) {
        return true;
      }
    }
    return false;
  });
  if (isListed === undefined) {
    return 'unknown';
  }
  return isListed ? 'changed' : 'gone';
}

/** A failure proves nothing about one repository; some concern every request. */
async function unlessUnproved<T>(
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (concernsAll(error)) {
      throw error;
    }
    return undefined;
  }
}

function concernsAll(error: unknown): boolean {
  return !isBitbucketError(error) || refusesEveryRequest(error);
}
