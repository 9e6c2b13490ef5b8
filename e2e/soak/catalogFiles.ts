import { Commit, SimulatedRepository } from '../../dev/simulator';

/** Folders of a repository that a catalog file may lie in; the root is ''. */
export const FOLDERS = ['', 'services/api/', 'services/jobs/', 'services/web/'];

/** As of the provider's `catalogPath`. */
export const CATALOG_PATHS = [
  '/catalog-info.yaml',
  '/services/*/catalog-info.yaml',
];

const FILE = 'catalog-info.yaml';

export const catalogFileIn = (folder: string) => `${folder}${FILE}`;

/**
 * What is to be read of a repository, if there is anything.
 *
 * @param branch - is read where the repository has it. Default: the main branch
 */
export function headOf(
  { branches, mainBranch }: SimulatedRepository,
  branch = mainBranch,
): { branch: string; commit: Commit } | undefined {
  const names = [branch, mainBranch].filter(name => name !== undefined);
  const name = names.find(one => branches.has(one));
  return name === undefined
    ? undefined
    : { branch: name, commit: branches.get(name)! };
}

/** The paths of the catalog files of a commit. */
export const catalogFilesIn = (commit?: Commit | null): string[] =>
  FOLDERS.map(catalogFileIn).filter(path => commit?.tree.has(path));

/** The paths of the catalog files at the head of a repository. */
export const catalogFilesOf = ({ head }: SimulatedRepository): string[] =>
  catalogFilesIn(head);

/** What a catalog file says: the name of a component, and which step wrote it. */
export function readCatalogFile(content: string) {
  const [, name] = /name: (.*)/.exec(content) ?? [];
  const [, lifecycle] = /lifecycle: (.*)/.exec(content) ?? [];
  return { name, lifecycle };
}

/**
 * A component whose lifecycle shows which content the catalog shows. Its name
 * stays when the repository is renamed, and when the file is moved; a new file is
 * named after its place, or after the step too where a file that was moved has
 * that name.
 *
 * @param step - that writes it
 * @param commit - that it is written after. Default: the head
 */
export function catalogFile(
  repository: SimulatedRepository,
  path: string,
  step: number,
  commit: Commit | null = repository.head ?? null,
): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${nameAt(repository, path, step, commit)}
spec:
  type: service
  lifecycle: step-${step}
  owner: team-a
`;
}

function nameAt(
  { uuid }: SimulatedRepository,
  path: string,
  step: number,
  commit: Commit | null,
): string {
  const names = new Map(
    catalogFilesIn(commit).map(one => [
      one,
      readCatalogFile(String(commit?.tree.get(one)?.content)).name,
    ]),
  );
  const own = componentName(uuid, path);
  const isTaken = [...names.values()].includes(own);
  return names.get(path) ?? (isTaken ? `${own}-${step}` : own);
}

const componentName = (uuid: string, path: string) =>
  [...path.split('/').slice(1, -1), uuid.replace(/[{}]/g, '')].join('-');
