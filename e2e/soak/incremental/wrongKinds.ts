import { Fault, Random, wrongResponses as wrong } from '../../../dev/simulator';
import { CloudWorld } from '../CloudWorld';
import { WrongKind } from './Product';

/** Fields that the rows of a list are read for. */
const FIELDS = [
  'is_private',
  'project',
  'full_name',
  'uuid',
  'slug',
  'updated_on',
  'created_on',
];

/** Some repositories of the workspace: all, or a single one. */
function some({ workspace }: CloudWorld, random: Random): { rows?: string[] } {
  return random.chance(0.5)
    ? {}
    : { rows: [random.pick(workspace.repositories).uuid] };
}

const otherProject = ({ projects }: CloudWorld, random: Random) => {
  const key = random.pick(projects);
  return { project: { key, name: key } };
};

type Creator = (world: CloudWorld, random: Random) => Fault;

const CREATORS: Record<string, Creator> = {
  'list without main branches': (...of) =>
    wrong.listWithoutMainBranches(some(...of)),
  'list with null main branches': (...of) =>
    wrong.listWithNullMainBranches(some(...of)),
  'list without rows': (...of) => wrong.listWithoutRows(some(...of)),
  'list with null rows': (...of) => wrong.listWithNullRows(some(...of)),
  'list with rows without a field': (world, random) =>
    wrong.listWithoutField({
      ...some(world, random),
      field: random.pick(FIELDS),
    }),
  'list with rows of another project': (...of) =>
    wrong.listWithOtherProject({ ...some(...of), ...otherProject(...of) }),
  'list with repeated rows': (...of) => wrong.listWithRepeatedRows(some(...of)),
  'list without heads': (...of) => wrong.listWithoutHeads(some(...of)),
  'list with old heads': (world, random) =>
    wrong.staleHeads(world.workspace, some(world, random)),
  'list that is empty': () => wrong.emptyList(),
  'repository missing': () => wrong.missingRepository(),
  'repository without a main branch': () => wrong.repositoryWithoutMainBranch(),
  'repository with a null main branch': () =>
    wrong.repositoryWithNullMainBranch(),
  'repository in another project': (...of) =>
    wrong.repositoryInOtherProject(otherProject(...of)),
  'branch missing': () => wrong.missingBranch(),
  'branch with an old head': ({ workspace }) => wrong.staleBranch(workspace),
  'commit missing': () => wrong.missingCommit(),
  'file missing': () => wrong.missingFile(),
  'HTML page in place of a file': () => wrong.htmlPage(),
  'nothing in place of a file': () => wrong.emptyFile(),
  'folder in place of a file': () => wrong.folderInPlaceOfFile(),
  'listing without rows': () =>
    wrong.listingWithoutRows({ rows: ({ type }) => type === 'commit_file' }),
  'listing that is empty': () => wrong.emptyListing(),
  'folder missing': () => wrong.missingFolder(),
  'diffstat without rows': () => wrong.diffstatWithoutRows(),
  'diffstat without some rows': (_, random) =>
    wrong.diffstatWithoutRows({ rows: () => random.chance(0.5) }),
  'diffstat that is empty': () => wrong.emptyDiffstat(),
  'unknown 404 for a branch': () =>
    wrong.unknownNotFound({ endpoint: 'branch' }),
  'unknown 404 for a file or folder': () =>
    wrong.unknownNotFound({ endpoint: 'src' }),
  'unknown 404 for a repository': () =>
    wrong.unknownNotFound({ endpoint: 'repository' }),
  'unknown 404 for a diffstat': () =>
    wrong.unknownNotFound({ endpoint: 'diffstat' }),
  'unknown 404 for a list': () =>
    wrong.unknownNotFound({ endpoint: 'repositories' }),
  'another repository': () =>
    wrong.responseForAnother({ endpoint: 'repository' }),
  "another repository's branch": () =>
    wrong.responseForAnother({ endpoint: 'branch' }),
};

/** Every kind of wrong response; each looks right. */
export const wrongKindsOf = (world: CloudWorld): WrongKind[] =>
  Object.entries(CREATORS).map(([name, create]) => ({
    name,
    create: random => create(world, random),
  }));
