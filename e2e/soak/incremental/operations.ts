import { Random, SimulatedFile } from '../../../dev/simulator';
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
  pushTo,
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
  pushTo(repository, { [from]: null, [to]: content });
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
  pushTo(repository, { [path]: content });
  return `${repository.slug}: ${path}`;
}

function removeAndRevert(world: World, random: Random): string | undefined {
  const repository = pickWithFiles(world, random);
  const path = random.pick(catalogFilesOf(repository));
  const content = repository.head!.tree.get(path)!;
  pushTo(repository, { [path]: null });
  pushTo(repository, { [path]: content });
  return `${repository.slug}: ${path}`;
}

/** From one provider to another. */
function transfer(world: World, random: Random): string | undefined {
  const moved = moveToOther(world, random);
  return moved && `${moved.repository.slug}: ${moved.to}`;
}

function transferAndRename(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const moved = moveToOther(world, random);
  if (!moved) {
    return undefined;
  }
  const { repository, to } = moved;
  const { slug, workspace } = repository;
  workspace.renameRepository(slug, `moved-${step}`);
  return `${slug}: ${to}, moved-${step}`;
}

function transferAndBack(world: World, random: Random): string | undefined {
  const moved = moveToOther(world, random);
  if (!moved) {
    return undefined;
  }
  const { repository, from, to } = moved;
  world.move(repository, from);
  return `${repository.slug}: ${to}`;
}

/** Moves a repository to another provider's project, if it can be moved there. */
function moveToOther(world: World, random: Random) {
  const repository = pickAny(world, random);
  const from = world.projectOf(repository);
  const others = world.projects.filter(
    key => key !== EXCLUDED_PROJECT && key !== from,
  );
  if (from === EXCLUDED_PROJECT) {
    return undefined;
  }
  const to = random.pick(others);
  return world.move(repository, to) ? { repository, from, to } : undefined;
}

function pushToBranch(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const { branch } = world;
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
  pushTo(repository, { [path]: content }, { branch });
  return `${repository.slug}: ${path}`;
}

function deleteBranch(world: World, random: Random): string | undefined {
  const { branch } = world;
  const { slug, branches, mainBranch, workspace } = pickAny(world, random);
  if (branch === undefined || branch === mainBranch || !branches.has(branch)) {
    return undefined;
  }
  workspace.deleteBranch(slug, branch);
  return slug;
}
