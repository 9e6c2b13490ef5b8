import { SimulatedRepository } from '../../../dev/simulator';
import {
  catalogFile,
  catalogFileIn,
  catalogFilesOf,
} from '../../../e2e/soak/catalogFiles';
import { EXCLUDED_PROJECT } from '../../../e2e/soak/World';
import { Fleet } from './Fleet';

/** What a change is made to, and with. */
export type Target = {
  repository: SimulatedRepository;
  /** That a file is put into; '' or one that ends with a slash. */
  folder: string;
  /** Never given before, for names and contents. */
  step: number;
};

/**
 * What people do to repositories of a workspace. What does not fit, such as the
 * removal of a file that is not there, changes nothing. No repository is given the
 * name of one that was deleted: what that has defined becomes an orphan, which
 * Backstage removes when it next looks for them.
 */
export const CHANGES = {
  'push to a file': (fleet, { repository, step }) =>
    catalogFilesOf(repository)
      .slice(0, 1)
      .forEach(path => push(fleet, repository, path, step)),

  'forced push': (fleet, { repository, step }) =>
    catalogFilesOf(repository)
      .slice(-1)
      .forEach(path => push(fleet, repository, path, step, { force: true })),

  'new file': (fleet, { repository, folder, step }) =>
    push(fleet, repository, catalogFileIn(folder), step),

  'removed file': ({ home }, { repository }) =>
    catalogFilesOf(repository)
      .slice(-1)
      .forEach(path => home.push(repository.slug, { [path]: null })),

  'push to another branch': (fleet, { repository, step }) =>
    catalogFilesOf(repository)
      .slice(0, 1)
      .forEach(path =>
        push(fleet, repository, path, step, { branch: `next-${step}` }),
      ),

  'push to a file that is not a catalog file': (
    { home },
    { repository, step },
  ) => {
    home.push(repository.slug, { 'README.md': `Step ${step}\n` });
  },

  rename: ({ home }, { repository, step }) =>
    home.renameRepository(repository.slug, `renamed-${step}`),

  'transfer out of the workspace': ({ home, elsewhere }, { repository }) =>
    home.transferRepository(repository.slug, elsewhere),

  deletion: ({ home }, { repository }) =>
    home.removeRepository(repository.slug),

  'new repository': (fleet, { step }) => fleet.create(`new-${step}`, step),

  'project that is left out': ({ home }, { repository }) =>
    home.setProject(repository.slug, EXCLUDED_PROJECT),

  'project that is not left out': ({ home }, { repository }) =>
    home.setProject(repository.slug, 'SHOP'),

  visibility: ({ home }, { repository: { slug, isPrivate } }) =>
    home.setVisibility(slug, isPrivate ? 'public' : 'private'),

  'other main branch': ({ home }, { repository: { slug, head }, step }) => {
    if (head) {
      home.createBranch(slug, `trunk-${step}`);
      home.setMainBranch(slug, `trunk-${step}`);
    }
  },

  'main branch under another name': (
    { home },
    { repository: { slug, mainBranch }, step },
  ) => {
    if (mainBranch !== undefined) {
      home.createBranch(slug, `release/${step}`);
      home.setMainBranch(slug, `release/${step}`);
      home.deleteBranch(slug, mainBranch);
    }
  },
} satisfies Record<string, Change>;

/** What brings a repository back that was transferred; others stay where they are. */
const RETURN = 'transfer into the workspace';

type ChangeKind = keyof typeof CHANGES | typeof RETURN;

export const CHANGE_KINDS = [...Object.keys(CHANGES), RETURN] as ChangeKind[];

type Change = (fleet: Fleet, target: Target) => void;

/** Makes a change to a repository, wherever it is, if that fits. */
export function makeChange(
  fleet: Fleet,
  kind: ChangeKind,
  target: Target,
): void {
  const { home, elsewhere } = fleet;
  const { uuid, slug } = target.repository;
  if (kind === RETURN) {
    if (elsewhere.findRepository(uuid)) {
      elsewhere.transferRepository(slug, home);
    }
  } else if (home.findRepository(uuid)) {
    CHANGES[kind](fleet, target);
  }
}

function push(
  { home }: Fleet,
  repository: SimulatedRepository,
  path: string,
  step: number,
  options: { force?: boolean; branch?: string } = {},
): void {
  const content = catalogFile(repository, path, step);
  home.push(repository.slug, { [path]: content }, options);
}
