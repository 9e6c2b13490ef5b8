import { EmittedLocation } from '../catalog-tables/EmittedLocation';
import { ProviderConfig } from '../config/types';
import {
  BitbucketClient,
  quote,
} from '../hosts/bitbucket-cloud/BitbucketClient';
import { RepositoryIndex } from '../mirror/RepositoryIndex';
import { RepositorySelection } from '../mirror/RepositoryStore';
import { isRegularFile } from '../mirror/findFiles';
import {
  isBitbucketError,
  isForbiddenError,
  isNotFoundError,
  isRateLimitedError,
  isUnauthorizedError,
} from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { Absence, Verdict } from './absence';
import { isIncluded } from './filters';

/** What it takes to ask. */
export type AbsenceTools = {
  client: BitbucketClient;
  index: RepositoryIndex;
  scope: RepositorySelection;
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
    tools.index.ask(tools.scope, uuid, tools.context),
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
  { fullName, mainBranch }: Repository,
): Promise<Verdict> {
  if (mainBranch !== undefined) {
    return mainBranch === null ? 'gone' : 'changed';
  }
  const { client, context } = tools;
  const [workspace, slug] = fullName.split('/');
  const branches = client.listBranches(workspace, slug, {}, context);
  const { done } = await branches[Symbol.asyncIterator]().next();
  return done ? 'gone' : 'changed';
}

/** The branch was asked for by its name; the list of branches and tags has to agree. */
export async function confirmBranch(
  tools: Pick<AbsenceTools, 'client' | 'context'>,
  { fullName, mainBranch }: Repository,
  branch: string | undefined,
): Promise<Verdict> {
  if (branch === undefined || branch === mainBranch?.name) {
    return mainBranch === undefined ? 'unknown' : 'changed';
  }
  const { client, context } = tools;
  const [workspace, slug] = fullName.split('/');
  const q = `name = ${quote(branch)}`;
  for await (const ref of client.listRefs(workspace, slug, { q }, context)) {
    if (ref.kind === 'branch' && ref.name === branch) {
      return 'changed';
    }
  }
  return 'gone';
}

async function confirmPath(
  { client, context }: AbsenceTools,
  { fullName, mainBranch }: Repository,
  path: string,
  { by, branch, commit }: Extract<Absence, { kind: 'path' }>,
): Promise<Verdict> {
  const [workspace, slug] = fullName.split('/');
  const head =
    branch === mainBranch?.name && mainBranch.hash
      ? mainBranch.hash
      : (await client.getBranch(workspace, slug, branch, context)).hash;
  if (head !== commit) {
    return 'changed';
  }
  const exists =
    by === 'file'
      ? await isListed(client, [workspace, slug, head], path, context)
      : await isThere(client, [workspace, slug, head], path, context);
  return exists ? 'changed' : 'gone';
}

type Place = readonly [workspace: string, slug: string, commit: string];

/** Asked for as a file it was missing; a listing of its folder has to agree. */
async function isListed(
  client: BitbucketClient,
  place: Place,
  path: string,
  context: RequestContext,
): Promise<boolean> {
  const folder = path.split('/').slice(0, -1).join('/');
  const name = path.split('/').at(-1)!;
  const query = { maxDepth: 1, q: `path ~ ${quote(name)}` };
  try {
    const entries = client.source.list(...place, folder, query, context);
    for await (const entry of entries) {
      if (entry.path === path) {
        return isRegularFile(entry);
      }
    }
    return false;
  } catch (error) {
    return falseWithoutPath(error);
  }
}

/** A listing lacked it; a request for the file itself has to agree. */
async function isThere(
  client: BitbucketClient,
  place: Place,
  path: string,
  context: RequestContext,
): Promise<boolean> {
  try {
    return isRegularFile(await client.source.entry(...place, path, context));
  } catch (error) {
    return falseWithoutPath(error);
  }
}

function falseWithoutPath(error: unknown): false {
  if (isNotFoundError(error) && error.missing === 'path') {
    return false;
  }
  throw error;
}

/** What asking for a repository that a list lacks has come to. */
export type RepositoryVerdict =
  | { verdict: 'gone'; repository?: undefined }
  /** It is there, and the filters leave it out. */
  | { verdict: 'excluded'; repository: Repository }
  | { verdict: 'changed' | 'unknown'; repository?: Repository };

/**
 * Asks for a repository that a list lacks, or that a request did not find: by its
 * uuid or name, whichever the first response was not about. One request.
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
  const { client, index, scope, config, context } = tools;
  const slug = fullName.split('/')[1];
  try {
    const found =
      by === 'list' && uuid
        ? await index.ask(scope, uuid, context)
        : await client.getRepository(scope.workspace, slug, context);
    // Bitbucket knows old names too, and a name may belong to another one by now.
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
    if (isNotFoundError(error) || isForbiddenError(error)) {
      return { verdict: 'unknown' };
    }
    if (concernsAll(error)) {
      throw error;
    }
    return { verdict: 'unknown' };
  }
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
  return (
    !isBitbucketError(error) ||
    isRateLimitedError(error) ||
    isUnauthorizedError(error)
  );
}
