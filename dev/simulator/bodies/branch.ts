import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { Commit, SimulatedRepository } from '../world';
import { commitBody } from './commit';
import { repositoryLink, webLink } from './links';

export function branchBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  name: string,
  target: Commit,
): Schema.Branch {
  return {
    type: 'branch',
    name,
    target: commitBody(context, repository, target),
    links: {
      self: repositoryLink(context, repository, 'refs/branches', name),
      commits: repositoryLink(context, repository, 'commits', name),
      html: webLink(repository.fullName, 'branch', name),
    },
    merge_strategies: ['merge_commit', 'squash', 'fast_forward'],
    default_merge_strategy: 'merge_commit',
  };
}
