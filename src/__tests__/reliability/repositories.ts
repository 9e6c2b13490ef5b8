import {
  SimulatedRepository,
  SimulatedWorkspace,
} from '../../../dev/simulator';
import { componentFile } from '../../../testing/entities';

/** Where a repository has this branch, it is read; otherwise the default branch. */
export const BRANCH = 'release';

const PATH = 'catalog-info.yaml';

/** Adds a repository with one catalog file. */
export function addRepository(
  workspace: SimulatedWorkspace,
  slug: string,
  { hasBranch = false } = {},
): void {
  workspace.addRepository({
    slug,
    files: { [PATH]: componentFile(slug), 'services/README.md': 'Services' },
  });
  if (hasBranch) {
    workspace.createBranch(slug, BRANCH);
  }
}

/** Changes the catalog file of a repository, on the branch that is read. */
export function pushLifecycle(
  workspace: SimulatedWorkspace,
  slug: string,
  lifecycle: string,
): void {
  const { branches } = workspace.repository(slug);
  const branch = branches.has(BRANCH) ? BRANCH : undefined;
  workspace.push(slug, { [PATH]: componentFile(slug, lifecycle) }, { branch });
}

export const slugsOf = ({ repositories }: SimulatedWorkspace) =>
  repositories.map(({ slug }) => slug);

/** The name and lifecycle of the component that is written in a repository, if there is one. */
export function writtenIn({ branches, head }: SimulatedRepository): string[] {
  const file = (branches.get(BRANCH) ?? head)?.tree.get(PATH);
  const text = file?.content.toString() ?? '';
  const name = /^ {2}name: (.*)$/m.exec(text)?.[1];
  const lifecycle = /^ {2}lifecycle: (.*)$/m.exec(text)?.[1];
  return name ? [`${name} ${lifecycle}`] : [];
}
