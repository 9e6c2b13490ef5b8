import { inspect } from 'node:util';
import { createPathGlob } from '../../src/lib/globs';
import { isNotFoundError } from '../../src/scm/errors';
import { RepositorySelection, ScmHost } from '../../src/scm/ScmHost';
import { AtCommit, Repository, RequestContext } from '../../src/scm/types';
import { collect } from '../bitbucket/collect';
import { HostFailure } from './world';

/** What calls are about. */
export type CallPlace = {
  selection: RepositorySelection;
  repository: Repository;
  at: AtCommit;
};

type Ask<T> = (host: ScmHost, place: CallPlace, context: RequestContext) => T;
type Lists = Record<string, Ask<AsyncIterable<unknown>>>;
export type Calls = Record<string, Ask<Promise<unknown>>>;

const listsOfRepositories: Lists = {
  repositories: (host, { selection }, context) =>
    host.repositories(selection, {}, undefined, context),
  changedSince: (host, { selection }, context) =>
    // A host without it is asked for the full list twice.
    host.changedSince?.(selection, undefined, context) ??
    host.repositories(selection, {}, undefined, context),
  projectRepositories: (host, { selection }, context) =>
    host.projectRepositories(selection, 'PAY', context),
};

const listsInRepository: Lists = {
  branches: (host, { repository }, context) =>
    host.branches(repository, context),
  listFolder: (host, { at }, context) =>
    host.listFolder(at, '', { maxDepth: 1 }, context),
};

export const LISTS: Lists = { ...listsOfRepositories, ...listsInRepository };

function collected(lists: Lists): Calls {
  const calls = Object.entries(lists).map(
    ([name, list]): [string, Calls[string]] => [
      name,
      (...asked) => collect(list(...asked)),
    ],
  );
  return Object.fromEntries(calls);
}

/** What is asked of a commit, and may be answered with "no". */
export const CALLS_AT_COMMIT: Calls = {
  readFile: (host, { at }, context) => host.readFile(at, 'gone', context),
  'hasFile, missed by file': (host, { at }, context) =>
    host.hasFile(at, 'gone', 'file', context),
  'hasFile, missed by listing': (host, { at }, context) =>
    host.hasFile(at, 'gone', 'listing', context),
  findFiles: (host, { at }, context) =>
    host.findFiles(at, createPathGlob('**/gone'), context),
};

/** What is asked of a repository, and may be answered with "no". */
export const CALLS_IN_REPOSITORY: Calls = {
  ...CALLS_AT_COMMIT,
  ...collected(listsInRepository),
  'repository, by id': (host, { selection, repository }, context) => {
    const { uuid: id, fullName } = repository;
    const { workspace } = selection;
    return host.repository({ by: 'id', id, workspace, fullName }, context);
  },
  'repository, by name': (host, { repository: { fullName } }, context) =>
    host.repository({ by: 'name', fullName }, context),
  defaultBranch: (host, { repository }, context) =>
    host.defaultBranch(repository, context),
  branch: (host, { repository }, context) =>
    host.branch(repository, 'gone', context),
  verifyBranch: (host, { repository }, context) =>
    host.verifyBranch(repository, 'gone', context),
  resolveRef: (host, { repository }, context) =>
    host.resolveRef(repository, ['gone'], context),
};

/** What something is concluded from. */
export const PROVING_CALLS: Calls = {
  ...collected(listsOfRepositories),
  findListed: async (host, { repository: { uuid: id, fullName } }, context) =>
    // A host without it is asked by name, which has to lead to a renamed one.
    host.findListed?.([{ id, fullName }], context) ??
    host.repository({ by: 'name', fullName }, context),
  ...CALLS_IN_REPOSITORY,
};

export const ALL_CALLS: Calls = {
  ...PROVING_CALLS,
  changedPaths: (host, { repository, at }, context) =>
    host.changedPaths(repository, at.hash, at.hash, context),
  archive: async (host, { at }, context) =>
    (await host.archive(at, '', context)).destroy(),
};

/** What a failure may be, so that it proves nothing. */
export const ERRORS: [HostFailure, string[]][] = [
  [401, ['UnauthorizedError']],
  [403, ['ForbiddenError']],
  [404, ['NotFoundError: unknown', 'UnexpectedResponseError']],
  [429, ['RateLimitedError']],
  [503, ['UnavailableError']],
  ['malformed', ['UnexpectedResponseError', 'UnavailableError']],
];

/** What each call came to: in one text, and with all that a log could show. */
export async function outcomesOf(
  calls: Calls,
  ...asked: Parameters<Calls[string]>
): Promise<{ name: string; outcome: string; shown: string }[]> {
  const outcomes = [];
  for (const [name, call] of Object.entries(calls)) {
    const result = await call(...asked).catch(error => error);
    const missing = isNotFoundError(result) ? `: ${result.missing}` : '';
    outcomes.push({
      name,
      outcome:
        result instanceof Error ? `${result.name}${missing}` : 'no error',
      shown: `${inspect(result, { depth: 20 })} ${JSON.stringify(result)}`,
    });
  }
  return outcomes;
}
