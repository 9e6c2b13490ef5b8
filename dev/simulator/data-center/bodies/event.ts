import {
  Commit,
  history,
  PullRequestBefore,
  PullRequestComment,
  Refs,
  ROBIN,
  SimulatedPullRequest,
  SimulatedRepository,
  SimulatedWorkspace,
} from '../../world';
import type { DataCenterContext } from '../context';
import type { Address } from '../instance';
import { commitBody } from './commit';
import { projectBody, userBody } from './project';
import { commentBody, pullRequestBody, sideBody } from './pullRequest';
import { refBody } from './refs';
import { repositoryBody } from './repository';

/** What is before a branch is made, and after it was deleted. */
export const NO_COMMIT = '0'.repeat(40);

/** More are not in a payload. */
const MOST_COMMITS = 5;

/** What every payload begins with. */
export const eventHead = (eventKey: string, now: number, actor = ROBIN) => ({
  eventKey,
  // Such as 2017-09-19T09:58:11+1000.
  date: new Date(now).toISOString().replace(/\.\d+Z$/, '+0000'),
  actor: userBody(actor),
});

/** @returns undefined for a push that changed nothing */
export function refsChangedBody(
  context: DataCenterContext,
  repository: SimulatedRepository,
  before: Refs,
) {
  const changes = [
    ...changesOf('BRANCH', before.branches, repository.branches),
    ...changesOf('TAG', before.tags, repository.tags),
  ];
  if (changes.length === 0) {
    return undefined;
  }
  const heads = [...before.branches.values(), ...before.tags.values()];
  const known = new Set(heads.flatMap(history));
  const commits = changes
    .flatMap(({ to }) => (to ? history(to) : []))
    .filter((commit, index, all) => all.indexOf(commit) === index)
    .filter(commit => !known.has(commit));
  return {
    repository: repositoryBody(context, repository),
    changes: changes.map(({ body }) => body),
    commits: commits.slice(0, MOST_COMMITS).map(commitBody),
  };
}

function changesOf(
  type: 'BRANCH' | 'TAG',
  before: Refs['branches'],
  after: Refs['branches'],
) {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map(name => ({ name, from: before.get(name), to: after.get(name) }))
    .filter(({ from, to }) => from !== to)
    .map(({ name, from, to }) => {
      const ref = refBody(type, name);
      const body = {
        ref,
        refId: ref.id,
        fromHash: from?.hash ?? NO_COMMIT,
        toHash: to?.hash ?? NO_COMMIT,
        type: typeOf(from, to),
      };
      return { body, to };
    });
}

function typeOf(from: Commit | undefined, to: Commit | undefined) {
  if (!from) {
    return 'ADD';
  }
  return to ? 'UPDATE' : 'DELETE';
}

/** A repository that has another name, another project or both. */
export function repositoryModifiedBody(
  context: DataCenterContext,
  repository: SimulatedRepository,
  { key, slug, name }: Address,
) {
  const { instance } = context;
  const project = instance.findProject(key) ?? repository.workspace;
  const now = repositoryBody(context, repository);
  const old = { ...now, slug, name, project: projectBody(context, project) };
  return { old, new: now };
}

export function projectModifiedBody(
  context: DataCenterContext,
  project: SimulatedWorkspace,
  before: { key: string; name: string },
) {
  const now = projectBody(context, project);
  return { old: { ...now, ...before }, new: now };
}

export const pullRequestEventBody = (
  context: DataCenterContext,
  pullRequest: SimulatedPullRequest,
  beside: object = {},
) => ({ pullRequest: pullRequestBody(context, pullRequest), ...beside });

/** The fields of an edited pull request, as they were before. */
export const pullRequestBeforeBody = (
  context: DataCenterContext,
  { title, description, destination }: PullRequestBefore,
) => ({
  previousTitle: title,
  previousDescription: description,
  previousTarget: sideBody(context, destination),
});

export const commentEventBody = (
  context: DataCenterContext,
  pullRequest: SimulatedPullRequest,
  comment: PullRequestComment,
) => ({
  pullRequest: pullRequestBody(context, pullRequest),
  comment: commentBody(context, pullRequest, comment),
});
