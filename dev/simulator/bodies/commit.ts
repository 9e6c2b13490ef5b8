import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { Commit, SimulatedRepository } from '../world';
import { secondsDate } from './dates';
import { repositoryLink, webLink } from './links';
import { repositoryReference } from './repository';

/** What stands of a commit in its children and in listings of files. */
export function commitReference(
  context: SimulatorContext,
  repository: SimulatedRepository,
  commit: Commit,
): Schema.Commit {
  return {
    type: 'commit',
    hash: commit.hash,
    links: {
      self: repositoryLink(context, repository, 'commit', commit.hash),
      html: webLink(repository.fullName, 'commits', commit.hash),
    },
  };
}

/** As in the payloads of webhooks: without the repository. */
export function bareCommitBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  commit: Commit,
): Schema.Commit {
  return {
    ...commitReference(context, repository, commit),
    date: secondsDate(commit.date),
    message: commit.message,
    summary: { raw: commit.message, markup: 'markdown', html: commit.message },
    author: { type: 'author', raw: 'Robin Example <robin@example.com>' },
    parents: commit.parents.map(parent =>
      commitReference(context, repository, parent),
    ),
  };
}

export function commitBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  commit: Commit,
): Schema.Commit {
  return {
    ...bareCommitBody(context, repository, commit),
    repository: repositoryReference(context, repository),
  };
}
