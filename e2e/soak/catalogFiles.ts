import { SimulatedRepository } from '../../dev/simulator';

/** Folders of a repository that a catalog file may lie in; the root is ''. */
export const FOLDERS = ['', 'services/api/', 'services/jobs/', 'services/web/'];

/** As of the provider's `catalogPath`. */
export const CATALOG_PATHS = [
  '/catalog-info.yaml',
  '/services/*/catalog-info.yaml',
];

const FILE = 'catalog-info.yaml';

export const catalogFileIn = (folder: string) => `${folder}${FILE}`;

/** The paths of the catalog files at the head of a repository. */
export function catalogFilesOf({ head }: SimulatedRepository): string[] {
  return FOLDERS.map(catalogFileIn).filter(path => head?.tree.has(path));
}

/**
 * A component that belongs to a place in a repository, whatever the repository is
 * called. Its lifecycle tells which content the catalog shows.
 *
 * @param step - that wrote it
 */
export function catalogFile(
  { uuid }: SimulatedRepository,
  path: string,
  step: number,
): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${componentName(uuid, path)}
spec:
  type: service
  lifecycle: step-${step}
  owner: team-a
`;
}

const componentName = (uuid: string, path: string) =>
  [...path.split('/').slice(1, -1), uuid.replace(/[{}]/g, '')].join('-');
