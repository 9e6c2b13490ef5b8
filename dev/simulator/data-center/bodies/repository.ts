import { sha1, SimulatedRepository } from '../../world';
import type { DataCenterContext } from '../context';
import { projectBody, webPath } from './project';

/** A row: there is neither a default branch in it nor a head nor a date. */
export function repositoryBody(
  context: DataCenterContext,
  repository: SimulatedRepository,
): object {
  const { slug, name, description, parent, workspace } = repository;
  const origin = parent && !parent.isDeleted ? parent : undefined;
  return {
    slug,
    id: context.instance.idOf(repository),
    name,
    ...(description ? { description } : {}),
    hierarchyId: hierarchyIdOf(repository),
    scmId: 'git',
    state: 'AVAILABLE',
    statusMessage: 'Available',
    forkable: true,
    ...(origin ? { origin: repositoryBody(context, origin) } : {}),
    project: projectBody(context, workspace),
    public: context.instance.isPublic(repository),
    archived: repository.isArchived,
    links: linksOf(context, repository),
  };
}

/** What a repository shares with all of its forks. */
function hierarchyIdOf(repository: SimulatedRepository): string {
  return repository.parent
    ? hierarchyIdOf(repository.parent)
    : sha1('hierarchy', repository.uuid).slice(0, 20);
}

function linksOf(
  { linkBaseUrl }: DataCenterContext,
  { workspace, slug }: SimulatedRepository,
) {
  const { hostname } = new URL(linkBaseUrl);
  const path = `${workspace.slug.toLowerCase()}/${slug}.git`;
  return {
    clone: [
      { href: `ssh://git@${hostname}:7999/${path}`, name: 'ssh' },
      { href: `${linkBaseUrl}/scm/${path}`, name: 'http' },
    ],
    self: [
      { href: `${linkBaseUrl}${webPath(workspace)}/repos/${slug}/browse` },
    ],
  };
}
