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

/** The head of a branch, as other responses have it than the one that led to it. */
type VerifyHead = (branch: string) => Promise<string | undefined>;

/**
 * Asks Bitbucket by a different request whether what was not found in a repository
 * is gone. One request for the repository, one for each file or branch, and one or two
 * for whether the branch has moved meanwhile, unless the repository shows it.
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
  const heads = new Map<string, Promise<string | undefined>>();
  return Promise.all(
    wanted.map(async ({ location, absence }) => {
      if (absence.kind === 'settings') {
        return 'gone';
      }
      const verifyHeadOnce = (branch: string) => {
        const head =
          heads.get(branch) ?? verifyHead(tools, repository!, branch);
        heads.set(branch, head);
        return head;
      };
      const verdict =
        repository &&
        (await unlessUnproved(() =>
          confirmOne(tools, repository, location, absence, verifyHeadOnce),
        ));
      return verdict ?? 'unknown';
    }),
  );
}

/**
 * The head of a branch by another kind of request than the one that said where it is: a
 * head from before a file came would be the only response that lacks it. Where lists have
 * heads, the repository by itself is another one.
 *
 * @returns undefined where it is not the branch to read, or not there
 */
async function verifyHead(
  { host, config, context }: AbsenceTools,
  repository: Repository,
  branch: string,
): Promise<string | undefined> {
  const { mainBranch } = repository;
  if (host.changedSince && branch === mainBranch?.name && mainBranch.hash) {
    return mainBranch.hash;
  }
  const isDefault =
    branch === config.branch ||
    !host.verifyDefaultBranch ||
    branch === (await host.verifyDefaultBranch(repository, context));
  return isDefault ? host.verifyBranch(repository, branch, context) : undefined;
}

async function confirmOne(
  tools: AbsenceTools,
  repository: Repository,
  location: EmittedLocation,
  absence: Absence,
  verifyHeadOnce: VerifyHead,
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
      return confirmPath(
        tools,
        repository,
        location.path,
        absence,
        verifyHeadOnce,
      );
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
  const head = await host.verifyBranch(repository, name, context);
  return head === undefined ? 'gone' : 'changed';
}

async function confirmPath(
  { host, context }: AbsenceTools,
  { fullName }: Repository,
  path: string,
  { by, branch, commit }: Extract<Absence, { kind: 'path' }>,
  verifyHeadOnce: VerifyHead,
): Promise<Verdict> {
  const head = await verifyHeadOnce(branch);
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
  | { verdict: 'changed' | 'unknown'; repository?: Repository }
  /** Only its name is gone, which is what was asked for; see {@link findRenamed}. */
  | { verdict: 'renamed or gone'; repository?: undefined };

/**
 * Asks for a repository that a list lacks, or that a request did not find: by its
 * uuid or name, whichever the first response was not about, or with another list where
 * those are the same request. One request.
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
  if (answer.verdict !== 'gone') {
    return answer;
  }
  if (seen) {
    // One response that it is there and one that it is not do not agree.
    return { verdict: 'unknown' };
  }
  return by === 'list' && tools.host.isAskedByName
    ? { verdict: 'renamed or gone' }
    : answer;
}

async function askForRepository(
  tools: AbsenceTools,
  { uuid, fullName }: { uuid: string; fullName: string },
  by: 'list' | 'request',
): Promise<RepositoryVerdict> {
  const { host, index, selection, context } = tools;
  const { workspace } = selection;
  const byName: RepositoryRef = { by: 'name', fullName, workspace };
  const askInAnotherWay = async () =>
    by === 'request' && host.findListed
      ? (await host.findListed([{ id: uuid, fullName }], context))[0]
      : host.repository(byName, context);
  try {
    const found = await (by === 'list' && uuid
      ? index.ask(selection, uuid, context, fullName)
      : askInAnotherWay());
    if (!found) {
      return { verdict: 'gone' };
    }
    // The host knows old names too, and a name may belong to another one by now.
    const isSame = uuid
      ? found.uuid === uuid
      : found.fullName.toLowerCase() === fullName.toLowerCase();
    return isSame ? verdictOn(tools, found) : { verdict: 'gone' };
  } catch (error) {
    const isGone = isNotFoundError(error) && error.missing === 'repository';
    if (isGone || (isNameTakenError(error) && by === 'list')) {
      return { verdict: 'gone' };
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

function verdictOn(
  { config }: AbsenceTools,
  repository: Repository,
): RepositoryVerdict {
  return isIncluded(repository, config.filters)
    ? { verdict: 'changed', repository }
    : { verdict: 'excluded', repository };
}

/**
 * Looks in lists, under any name, for repositories that a list lacks and whose names are
 * gone: they may have been renamed while that list was read. One request for each project,
 * and one more list where some are in none of these.
 *
 * @returns one verdict for each
 */
export async function findRenamed(
  tools: AbsenceTools,
  locations: readonly EmittedLocation[],
): Promise<RepositoryVerdict[]> {
  const { host, index, selection, context } = tools;
  const refs = locations.map(({ uuid: id, fullName }) => ({ id, fullName }));
  const listed =
    refs.length > 0
      ? await unlessUnproved(async () => host.findListed?.(refs, context))
      : [];
  return Promise.all(
    refs.map(async (_, position): Promise<RepositoryVerdict> => {
      const found = listed?.[position];
      if (!found) {
        return { verdict: listed ? 'gone' : 'unknown' };
      }
      await index.learn(selection, found.uuid, found);
      return verdictOn(tools, found);
    }),
  );
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
