import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { Commit, SimulatedRepository } from '../world';
import { commitBody } from './commit';
import { repositoryLink, webLink } from './links';

/** A lightweight tag: it has no message and no tagger of its own. */
export function tagBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  name: string,
  target: Commit,
): Schema.Tag {
  return {
    type: 'tag',
    name,
    target: commitBody(context, repository, target),
    links: {
      self: repositoryLink(context, repository, 'refs/tags', name),
      commits: repositoryLink(context, repository, 'commits', name),
      html: webLink(repository.fullName, 'commits/tag', name),
    },
  };
}
