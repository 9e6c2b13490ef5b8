import {
  Random,
  SimulatedFile,
  SimulatedRepository,
} from '../../../dev/simulator';
import {
  catalogFile,
  catalogFileIn,
  catalogFilesOf,
  FOLDERS,
  readCatalogFile,
} from '../catalogFiles';
import {
  Operation,
  OPERATIONS as SHARED,
  pickAny,
  pickWithFiles,
} from '../operations';
import { EXCLUDED_PROJECT, World } from '../World';

/** What people do to a small workspace, of which each project is another provider's. */
export const OPERATIONS: Operation[] = [
  ...SHARED,
  { kind: 'moved catalog file', weight: 12, apply: moveFile },
  { kind: 'removal reverted', weight: 6, apply: revertRemoval },
  { kind: 'removal and revert', weight: 4, apply: removeAndRevert },
  { kind: 'transfer', weight: 12, apply: transfer },
  { kind: 'transfer and rename', weight: 4, apply: transferAndRename },
  { kind: 'transfer there and back', weight: 2, apply: transferAndBack },
  { kind: 'push to the configured branch', weight: 8, apply: pushToBranch },
  { kind: 'configured branch deleted', weight: 3, apply: deleteBranch },
];

/** One push, in which the content of the file stays the same. */
function moveFile(world: World, random: Random): string | undefined {
  const repository = pickWithFiles(world, random);
  const files = catalogFilesOf(repository);
  const from = random.pick(files);
  const free = FOLDERS.map(catalogFileIn).filter(
    path => !files.includes(path) && world.mayWrite(repository, path),
  );
  if (free.length === 0) {
    return undefined;
  }
  const to = random.pick(free);
  const content = repository.head!.tree.get(from)!;
  world.vacate(repository, from);
  world.workspace.push(repository.slug, { [from]: null, [to]: content });
  return `${repository.slug}: ${from} to ${to}`;
}

/** Of a catalog file that the last commit removed, and did not move. */
function revertRemoval(world: World, random: Random): string | undefined {
  const removed = world.changeable.flatMap(repository => {
    const [before] = repository.head?.parents ?? [];
    return FOLDERS.map(catalogFileIn)
      .filter(path => before?.tree.has(path))
      .filter(path => !repository.head?.tree.has(path))
      .map(path => ({ repository, path, content: before.tree.get(path)! }));
  });
  if (removed.length === 0) {
    return undefined;
  }
  const { repository, path, content } = random.pick(removed);
  const nameOf = (file: SimulatedFile) =>
    readCatalogFile(String(file.content)).name;
  const isTaken = catalogFilesOf(repository).some(
    other => nameOf(repository.head!.tree.get(other)!) === nameOf(content),
  );
  if (isTaken) {
    return undefined;
  }
  world.workspace.push(repository.slug, { [path]: content });
  return `${repository.slug}: ${path}`;
}

function removeAndRevert(world: World, random: Random): string | undefined {
  const repository = pickWithFiles(world, random);
  const path = random.pick(catalogFilesOf(repository));
  const content = repository.head!.tree.get(path)!;
  world.workspace.push(repository.slug, { [path]: null });
  world.workspace.push(repository.slug, { [path]: content });
  return `${repository.slug}: ${path}`;
}

/** From one provider to another. */
function transfer(world: World, random: Random): string | undefined {
  const repository = pickAny(world, random);
  const to = otherProvidersProject(world, random, repository);
  if (to === undefined) {
    return undefined;
  }
  world.workspace.setProject(repository.slug, to);
  return `${repository.slug}: ${to}`;
}

function transferAndRename(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const what = transfer(world, random);
  const slug = what?.split(':')[0];
  if (slug === undefined) {
    return undefined;
  }
  world.workspace.renameRepository(slug, `moved-${step}`);
  return `${what}, moved-${step}`;
}

function transferAndBack(world: World, random: Random): string | undefined {
  const repository = pickAny(world, random);
  const { key } = repository.project;
  const to = otherProvidersProject(world, random, repository);
  if (to === undefined) {
    return undefined;
  }
  world.workspace.setProject(repository.slug, to);
  world.workspace.setProject(repository.slug, key);
  return `${repository.slug}: ${to}`;
}

function otherProvidersProject(
  { projects }: World,
  random: Random,
  { project }: SimulatedRepository,
): string | undefined {
  const others = projects.filter(
    key => key !== EXCLUDED_PROJECT && key !== project.key,
  );
  return project.key === EXCLUDED_PROJECT ? undefined : random.pick(others);
}

function pushToBranch(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const { branch, workspace } = world;
  const repository = pickAny(world, random);
  if (branch === undefined || !repository.head) {
    return undefined;
  }
  const commit = repository.branches.get(branch) ?? repository.head;
  const path = catalogFileIn(random.pick(FOLDERS));
  if (!world.mayWrite(repository, path)) {
    return undefined;
  }
  const content = catalogFile(repository, path, step, commit);
  workspace.push(repository.slug, { [path]: content }, { branch });
  return `${repository.slug}: ${path}`;
}

function deleteBranch(world: World, random: Random): string | undefined {
  const { branch, workspace } = world;
  const { slug, branches, mainBranch } = pickAny(world, random);
  if (branch === undefined || branch === mainBranch || !branches.has(branch)) {
    return undefined;
  }
  workspace.deleteBranch(slug, branch);
  return slug;
}
