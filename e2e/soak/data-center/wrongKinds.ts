import { Fault, Random, SimulatedRepository } from '../../../dev/simulator';
import {
  DataCenterEndpoint,
  dataCenterWrongResponses as wrong,
} from '../../../dev/simulator/data-center';
import { WrongKind } from '../incremental/Product';
import { DataCenterWorld } from './DataCenterWorld';

/** Fields that the rows of a list are read for. */
const FIELDS = ['id', 'slug', 'project', 'public', 'archived'];

type Creator = (
  world: DataCenterWorld,
  random: Random,
) => Fault<DataCenterEndpoint>;

/** Some repositories of the instance: all, or a single one. */
function some(
  { repositories }: DataCenterWorld,
  random: Random,
): { rows?: string[] } {
  return random.chance(0.5) ? {} : { rows: [random.pick(repositories).slug] };
}

const pathOf = ({ workspace, slug }: SimulatedRepository) =>
  `/projects/${workspace.slug}/repos/${slug}/`;

/** Of a repository with more than one commit, its head as it was before. */
function staleBranch(world: DataCenterWorld, random: Random) {
  const old = world.repositories.filter(({ head }) => head?.parents.length);
  const repository = random.pick(old.length > 0 ? old : world.repositories);
  const { head } = repository;
  const commit = (head?.parents[0] ?? head)?.hash ?? '0'.repeat(40);
  return wrong.staleBranch({ commit, path: pathOf(repository) });
}

const CREATORS: Record<string, Creator> = {
  'list without rows': (...of) => wrong.listWithoutRows(some(...of)),
  'list with null rows': (...of) => wrong.listWithNullRows(some(...of)),
  'list with rows without a field': (world, random) =>
    wrong.listWithoutField({
      ...some(world, random),
      field: random.pick(FIELDS),
    }),
  'list that is empty': () => wrong.emptyList(),
  'list without a next page': () => wrong.listWithoutNextPage(),
  'list without the start of the next page': () => wrong.listWithoutStart(),
  'list in circles': () => wrong.listInCircles(),
  'repository missing': () => wrong.missingRepository(),
  'repository hidden': () => wrong.hiddenRepository(),
  'default branch missing': () => wrong.missingBranch(),
  'default branch with an old head': staleBranch,
  'repository that is empty': () => wrong.emptyRepository(),
  'branches without rows': () =>
    wrong.listWithoutRows({ endpoint: 'branches' }),
  'branches that are none': () => wrong.emptyList({ endpoint: 'branches' }),
  'branches without a next page': () =>
    wrong.listWithoutNextPage({ endpoint: 'branches' }),
  'commit missing for a file': () => wrong.missingCommit({ endpoint: 'raw' }),
  'commit missing for files': () => wrong.missingCommit({ endpoint: 'files' }),
  'commit missing for changes': () =>
    wrong.missingCommit({ endpoint: 'changes' }),
  'commit missing for a branch': () =>
    wrong.missingCommit({ endpoint: 'commits' }),
  'file missing': () => wrong.missingPath(),
  'file missing for another request': () =>
    wrong.missingPath({ endpoint: 'browse' }),
  'HTML page in place of a file': () => wrong.htmlPage(),
  'HTML page in place of the list': () =>
    wrong.htmlPage({ endpoint: 'repositories' }),
  'nothing in place of a file': () => wrong.emptyFile(),
  'files without rows': () => wrong.listWithoutRows({ endpoint: 'files' }),
  'files without some rows': (_, random) =>
    wrong.listWithoutRows({
      endpoint: 'files',
      rows: () => random.chance(0.5),
    }),
  'files that are none': () => wrong.emptyList({ endpoint: 'files' }),
  'files without a next page': () =>
    wrong.listWithoutNextPage({ endpoint: 'files' }),
  'folder missing': () => wrong.missingPath({ endpoint: 'files' }),
  'changes without rows': () => wrong.listWithoutRows({ endpoint: 'changes' }),
  'changes without some rows': (_, random) =>
    wrong.listWithoutRows({
      endpoint: 'changes',
      rows: () => random.chance(0.5),
    }),
  'changes that are none': () => wrong.emptyList({ endpoint: 'changes' }),
};

/** Every kind of wrong response; each looks right. */
export const wrongKindsOf = (world: DataCenterWorld): WrongKind[] =>
  Object.entries(CREATORS).map(([name, create]) => ({
    name,
    create: random => create(world, random),
  }));
