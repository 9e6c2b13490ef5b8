import { Changes, Random, SimulatedRepository } from '../../dev/simulator';
import {
  catalogFile,
  catalogFileIn,
  catalogFilesOf,
  FOLDERS,
} from './catalogFiles';
import { EXCLUDED_PROJECT, World } from './World';

/** Something that people do to a workspace. */
export type Operation = {
  kind: string;
  /** How often it comes, beside the others. */
  weight: number;
  /**
   * @param step - which one it is, for names and contents that were never before
   * @returns what was done; undefined where it does not fit
   */
  apply: (world: World, random: Random, step: number) => string | undefined;
};

export const OPERATIONS: Operation[] = [
  { kind: 'push to a catalog file', weight: 30, apply: changeCatalogFile },
  { kind: 'push to other files', weight: 15, apply: changeOtherFile },
  { kind: 'push to many', weight: 2, apply: changeMany },
  { kind: 'forced push', weight: 3, apply: force },
  { kind: 'new catalog file', weight: 8, apply: addCatalogFile },
  { kind: 'removed catalog file', weight: 4, apply: removeCatalogFile },
  { kind: 'rename', weight: 8, apply: rename },
  { kind: 'new repository', weight: 6, apply: create },
  { kind: 'deletion', weight: 4, apply: remove },
  { kind: 'another under its name', weight: 1, apply: replace },
  { kind: 'emptied repository', weight: 1, apply: empty },
  { kind: 'other main branch', weight: 6, apply: changeMainBranch },
  { kind: 'visibility', weight: 4, apply: changeVisibility },
  { kind: 'project', weight: 4, apply: changeProject },
  { kind: 'access lost', weight: 3, apply: hide },
  { kind: 'access regained', weight: 2, apply: reveal },
];

function changeCatalogFile(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const repository = pickWithFiles(world, random);
  const path = random.pick(catalogFilesOf(repository));
  push(world, repository, path, step);
  return `${repository.slug}: ${path}`;
}

function changeOtherFile(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const repository = pickAny(world, random);
  world.touch(repository);
  pushTo(repository, { 'README.md': `Step ${step}\n` });
  return repository.slug;
}

function changeMany(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const pushed = random.sample(withFiles(world), 100);
  pushed.forEach(repository =>
    push(world, repository, random.pick(catalogFilesOf(repository)), step),
  );
  return `${pushed.length} repositories`;
}

function force(world: World, random: Random, step: number): string | undefined {
  const repository = pickWithFiles(world, random);
  const path = random.pick(catalogFilesOf(repository));
  push(world, repository, path, step, { force: true });
  return `${repository.slug}: ${path}`;
}

function addCatalogFile(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const repository = pickAny(world, random);
  const path = catalogFileIn(random.pick(FOLDERS));
  if (!world.mayWrite(repository, path)) {
    return undefined;
  }
  push(world, repository, path, step);
  return `${repository.slug}: ${path}`;
}

function removeCatalogFile(world: World, random: Random): string | undefined {
  const repository = pickWithFiles(world, random);
  const path = random.pick(catalogFilesOf(repository));
  if (!world.mayLose(1)) {
    return undefined;
  }
  world.touch(repository);
  pushTo(repository, { [path]: null });
  return `${repository.slug}: ${path}`;
}

function rename(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const repository = pickAny(world, random);
  const { slug, workspace } = repository;
  world.touch(repository);
  workspace.renameRepository(slug, `renamed-${step}`);
  return `${slug}: renamed-${step}`;
}

function create(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  addRepository(world, random, `new-${step}`, step);
  return `new-${step}`;
}

function remove(world: World, random: Random): string | undefined {
  const repository = pickAny(world, random);
  if (!world.mayLose(catalogFilesOf(repository).length)) {
    return undefined;
  }
  world.touch(repository);
  repository.workspace.removeRepository(repository.slug);
  return repository.slug;
}

function replace(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const slug = remove(world, random);
  if (slug !== undefined) {
    addRepository(world, random, slug, step);
  }
  return slug;
}

function empty(world: World, random: Random): string | undefined {
  const repository = pickAny(world, random);
  if (!world.mayLose(catalogFilesOf(repository).length)) {
    return undefined;
  }
  world.touch(repository);
  repository.workspace.emptyRepository(repository.slug);
  return repository.slug;
}

function changeMainBranch(
  world: World,
  random: Random,
  step: number,
): string | undefined {
  const repository = pickWithFiles(world, random);
  const { slug, mainBranch = '', workspace } = repository;
  const branch = random.pick([`trunk-${step}`, `release/${step}`]);
  world.touch(repository);
  workspace.createBranch(slug, branch);
  workspace.setMainBranch(slug, branch);
  if (random.chance(0.5)) {
    workspace.deleteBranch(slug, mainBranch);
  }
  return `${slug}: ${branch}`;
}

function changeVisibility(world: World, random: Random): string | undefined {
  const { slug, isPrivate, workspace } = pickAny(world, random);
  const visibility = isPrivate ? 'public' : 'private';
  workspace.setVisibility(slug, visibility);
  return `${slug}: ${visibility}`;
}

function changeProject(world: World, random: Random): string | undefined {
  const repository = pickAny(world, random);
  const key = random.pick(world.projects);
  const files = catalogFilesOf(repository).length;
  if (key === EXCLUDED_PROJECT && !world.mayLose(files)) {
    return undefined;
  }
  world.touch(repository);
  return world.move(repository, key) ? `${repository.slug}: ${key}` : undefined;
}

function hide(world: World, random: Random): string | undefined {
  const repository = pickAny(world, random);
  if (!world.mayLose(catalogFilesOf(repository).length)) {
    return undefined;
  }
  world.touch(repository);
  world.hidden.add(repository.uuid);
  return repository.slug;
}

function reveal(world: World, random: Random): string | undefined {
  const hidden = world.repositories.filter(({ uuid }) =>
    world.hidden.has(uuid),
  );
  if (hidden.length === 0) {
    return undefined;
  }
  const repository = random.pick(hidden);
  world.touch(repository);
  world.hidden.delete(repository.uuid);
  return repository.slug;
}

function addRepository(
  world: World,
  random: Random,
  slug: string,
  step: number,
): void {
  const repository = world.add(slug, random);
  if (random.chance(0.9)) {
    const path = catalogFileIn('');
    pushTo(repository, { [path]: catalogFile(repository, path, step) });
  }
}

function push(
  world: World,
  repository: SimulatedRepository,
  path: string,
  step: number,
  options: { force?: boolean } = {},
): void {
  world.touch(repository);
  const content = catalogFile(repository, path, step);
  pushTo(repository, { [path]: content }, options);
}

/** Commits changes, to the main branch unless the options name another one. */
export function pushTo(
  { workspace, slug }: SimulatedRepository,
  changes: Changes,
  options?: PushOptions,
): void {
  workspace.push(slug, changes, options);
}

type PushOptions = Parameters<SimulatedRepository['workspace']['push']>[2];

const withFiles = ({ changeable }: World) =>
  changeable.filter(one => catalogFilesOf(one).length > 0);

export const pickWithFiles = (world: World, random: Random) =>
  random.pick(withFiles(world));

export const pickAny = ({ changeable }: World, random: Random) =>
  random.pick(changeable);
