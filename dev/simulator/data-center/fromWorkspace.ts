import type {
  SimulatedRepository,
  SimulatedWorkspace,
  WorkspaceEvent,
} from '../world';
import { SimulatedInstance } from './instance';

/**
 * An instance with the projects and repositories of a workspace of Bitbucket
 * Cloud, which it follows from then on: what is pushed to the workspace, made,
 * renamed or removed there, and pull requests that are opened.
 */
export function instanceFromWorkspace(
  workspace: SimulatedWorkspace,
): SimulatedInstance {
  const instance = new SimulatedInstance();
  const copies = new Map<SimulatedRepository, SimulatedRepository>();
  for (const { key, name } of workspace.projects) {
    instance.addProject(key.toUpperCase(), { name });
  }
  for (const repository of workspace.repositories) {
    copy(instance, copies, repository);
  }
  workspace.onEvent(event => follow(instance, copies, event));
  return instance;
}

type Copies = Map<SimulatedRepository, SimulatedRepository>;

function copy(
  instance: SimulatedInstance,
  copies: Copies,
  repository: SimulatedRepository,
): void {
  const { slug, name, description, isPrivate, parent, createdOn } = repository;
  const key = repository.project.key.toUpperCase();
  if (!instance.findProject(key)) {
    instance.addProject(key, { name: repository.project.name });
  }
  const made = instance.addRepository(key, {
    slug,
    name,
    description,
    isPrivate,
    createdOn,
    forkOf: parent && copies.get(parent),
  });
  copies.set(repository, made);
  if (repository.branches.size > 0) {
    made.workspace.copyRefs(slug, repository);
  }
}

function follow(
  instance: SimulatedInstance,
  copies: Copies,
  event: WorkspaceEvent,
): void {
  if (event.key === 'repo:created') {
    copy(instance, copies, event.repository);
    return;
  }
  const made = 'repository' in event && copies.get(event.repository);
  if (!made || made.isDeleted) {
    return;
  }
  const { workspace, slug } = made;
  switch (event.key) {
    case 'repo:push':
      workspace.copyRefs(slug, event.repository);
      break;
    case 'repo:deleted':
      workspace.removeRepository(slug);
      break;
    case 'repo:updated': {
      const { name, isPrivate, mainBranch } = event.repository;
      made.isPrivate = isPrivate;
      made.mainBranch = mainBranch;
      if (event.repository.slug !== slug || name !== made.name) {
        workspace.renameRepository(slug, event.repository.slug, name);
      }
      break;
    }
    case 'pullrequest:created': {
      const { title, description, draft, author } = event.pullRequest;
      const { source, destination } = event.pullRequest;
      workspace.pullRequests.open(slug, {
        source: source.branch,
        sourceRepository: copies.get(source.repository),
        destination: destination.branch,
        title,
        description,
        draft,
        author,
      });
      break;
    }
    default:
  }
}
