import type { SimulatorContext } from '../context';
import type { BuildStatus, SimulatedRepository } from '../world';
import { commitReference } from './commit';
import { preciseDate } from './dates';
import { repositoryLink } from './links';
import { repositoryReference } from './repository';

export function buildStatusBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  { commit, content, createdOn, updatedOn }: BuildStatus,
) {
  const { hash } = commit;
  const { key, state, url, name, description, refname } = content;
  return {
    type: 'build',
    key,
    state,
    url,
    name: name ?? key,
    description: description ?? '',
    refname: refname ?? null,
    commit: commitReference(context, repository, commit),
    repository: repositoryReference(context, repository),
    created_on: preciseDate(createdOn),
    updated_on: preciseDate(updatedOn),
    links: {
      self: repositoryLink(
        context,
        repository,
        'commit',
        hash,
        'statuses/build',
        key,
      ),
      commit: repositoryLink(context, repository, 'commit', hash),
    },
  };
}
