import { FaultKind, Random } from '../../../dev/simulator';
import { DataCenterEndpoint } from '../../../dev/simulator/data-center';
import { catalogFilesOf } from '../catalogFiles';
import { OPERATIONS } from '../incremental/operations';
import { FAULT } from '../incremental/Troubles';
import { Operation, pickAny, pickWithFiles } from '../operations';
import { EXCLUDED_PROJECT } from '../World';
import { DataCenterWorld } from './DataCenterWorld';

/** Which of the shared steps take a repository from what the credential sees, for good. */
const ACCESS = /^access /;

const status = (code: number, more: object = {}): FaultKind => ({
  kind: 'status',
  status: code,
  ...more,
});

/** None of them takes long, or says that something does not exist. */
const FAULTS: [name: string, kind: FaultKind][] = [
  ['500', status(500)],
  ['502 as HTML', status(502, { html: '<title>Bad</title>' })],
  ['503', status(503)],
  ['401', status(401)],
  ['403', status(403)],
  ['404 without an exception', status(404)],
  ['409', status(409)],
  ['429', status(429)],
  ['429 for 3 s', status(429, { headers: { 'Retry-After': '3' } })],
  ['dropped', { kind: 'dropSocket', when: 'beforeHeaders' }],
  ['dropped in the body', { kind: 'dropSocket', when: 'inBody' }],
  ['a body cut short', { kind: 'cutBody' }],
  ['broken gzip', { kind: 'brokenGzip' }],
  ['a late answer', { kind: 'delay', milliseconds: 300 }],
];

const ENDPOINTS: (DataCenterEndpoint | undefined)[] = [
  undefined,
  'repositories',
  'repository',
  'branchesDefault',
  'branches',
  'changes',
  'files',
  'raw',
];

/** What happens to an instance, and between it and the backend. */
export function operationsOf(world: DataCenterWorld): Operation[] {
  const { instance, quirks } = world;

  function archive(random: Random): string | undefined {
    const repository = pickWithFiles(world, random);
    if (
      repository.isArchived ||
      !world.mayLose(catalogFilesOf(repository).length)
    ) {
      return undefined;
    }
    world.touch(repository);
    instance.setArchived(repository);
    return repository.fullName;
  }

  function restore(random: Random): string | undefined {
    const archived = world.changeable.filter(({ isArchived }) => isArchived);
    if (archived.length === 0) {
      return undefined;
    }
    const repository = random.pick(archived);
    world.touch(repository);
    instance.setArchived(repository, false);
    return repository.fullName;
  }

  /** To another one that is there, without a push. */
  function changeDefaultBranch(random: Random): string | undefined {
    const repository = pickAny(world, random);
    const others = [...repository.branches.keys()].filter(
      name => name !== repository.mainBranch,
    );
    const before = catalogFilesOf(repository).length;
    if (others.length === 0 || !world.mayLose(before)) {
      return undefined;
    }
    const branch = random.pick(others);
    world.touch(repository);
    instance.setDefaultBranch(repository, branch);
    return `${repository.fullName}: ${branch}`;
  }

  function strike(random: Random): string {
    const [name, kind] = random.pick(FAULTS);
    const endpoint = random.pick(ENDPOINTS);
    const skip = random.below(10);
    const times = 1 + random.below(15);
    world.faults.add({ ...kind, endpoint, skip, times });
    return `${name}, ${endpoint ?? 'anything'}, ${times} after ${skip}`;
  }

  function darken(random: Random): string {
    const key = random.pick(
      world.projects.filter(one => one !== EXCLUDED_PROJECT),
    );
    world.darken(key);
    return key;
  }

  const isProof = quirks.hiddenAs === 404;
  return [
    ...OPERATIONS.filter(({ kind }) => isProof || !ACCESS.test(kind)),
    {
      kind: 'archived',
      weight: 4,
      apply: (_, random) => archive(random),
    },
    {
      kind: 'no longer archived',
      weight: 4,
      apply: (_, random) => restore(random),
    },
    {
      kind: 'other default branch',
      weight: 4,
      apply: (_, random) => changeDefaultBranch(random),
    },
    { kind: FAULT, weight: 6, apply: (_, random) => strike(random) },
    {
      kind: 'end of all faults',
      weight: 6,
      apply: () => {
        world.endFaults();
        return '';
      },
    },
    // Where a 404 hides what is there, it says that it is gone.
    ...(isProof
      ? []
      : [
          {
            kind: 'project out of sight',
            weight: 3,
            apply: (_: unknown, random: Random) => darken(random),
          },
        ]),
  ];
}
