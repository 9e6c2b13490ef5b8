import { Fault } from '../../../../dev/simulator';
import {
  DataCenterEndpoint,
  dataCenterWrongResponses as wrong,
} from '../../../../dev/simulator/data-center';
import { allAreKept } from '../../../ingestion/removalPolicy';
import { patternOf, Row, RowTexts } from '../row';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';

type World = WalkWorld<DataCenter>;
type Strike = Fault<DataCenterEndpoint>;

/**
 * Answers that look right and are not true, for the whole of a walk. Nothing is lost,
 * and the next walk brings the catalog up to date.
 */
export type Wrong = RowTexts & {
  /** What is answered; `first0` is a repository that is there all the time. */
  faults(world: World): Strike[];
  /** Whether all repositories are pushed to before. Default false. */
  isPushed?: boolean;
  /** What the walk after it does. */
  after?: string;
};

const ALWAYS = { times: Infinity };
const FIRST = /\/repos\/first0\//;
const ONE = { ...ALWAYS, path: FIRST };

const row = (change: (row: Record<string, unknown>) => unknown): Strike => ({
  endpoint: 'repositories',
  kind: 'json',
  change(body) {
    const page = body as { values: Record<string, unknown>[] };
    return { ...page, values: page.values.map(change) };
  },
});

const isFirst = ({ slug }: Record<string, unknown>) => slug === 'first0';

const KEPT = 'nothing is removed';
const LIST = 'the repository list';

export const WRONG: Wrong[] = [
  {
    fault: 'a list without one of the repositories',
    strikes: LIST,
    happens: 'it is asked for by itself, and kept',
    says: ' 0 added, …0 removed, ',
    faults: () => [wrong.listWithoutRows({ ...ALWAYS, rows: ['first0'] })],
  },
  {
    fault: 'a list without any repository',
    strikes: LIST,
    happens: `${KEPT}; a warning says why`,
    says: `${allAreKept(3)}: the list of repositories is empty`,
    faults: () => [wrong.emptyList(ALWAYS)],
  },
  {
    fault: 'a page that says that it is the last one, although there are more',
    strikes: LIST,
    happens: 'what is missing is asked for by itself, and kept',
    says: ' 0 added, …0 removed, ',
    faults: () => [wrong.listWithoutNextPage(ALWAYS)],
  },
  {
    fault: 'a list with a row that is null',
    strikes: LIST,
    happens: 'the row is left out with a warning; the repository is kept',
    says: 'does not have the expected shape and is skipped; no entity is removed because of it: ',
    faults: () => [wrong.listWithNullRows({ ...ALWAYS, rows: ['first0'] })],
  },
  {
    fault: 'a list with a row that lacks its project',
    strikes: LIST,
    happens: 'the row is left out with a warning; the repository is kept',
    says: 'The row of first0 in the list … does not have the expected shape and is skipped',
    faults: () => [
      wrong.listWithoutField({ ...ALWAYS, rows: ['first0'], field: 'project' }),
    ],
  },
  {
    fault: 'a list with a wrong `id` in one row',
    strikes: LIST,
    happens: 'it is asked for by itself, and kept',
    says: ' 0 added, …0 removed, ',
    faults: () => [row(one => (isFirst(one) ? { ...one, id: 4_711 } : one))],
  },
  {
    fault: 'a list in which two rows have the same `id`',
    strikes: LIST,
    happens:
      'both rows are left out with a warning, and the repositories are asked for by themselves',
    says: 'The row of first0 in the list … is skipped; no entity is removed because of it: id: it is that of another row',
    faults: ({ bitbucket: { instance } }) => {
      const { id } = { id: instance.idOf(instance.repositories[1]) };
      return [row(one => (isFirst(one) ? { ...one, id } : one))];
    },
  },
  {
    fault: 'a list in which a row has the `id` of one on an earlier page',
    strikes: LIST,
    happens: `${KEPT}, since no repository of that name has the \`id\``,
    says: ' 0 added, …0 removed, ',
    faults: ({ bitbucket: { instance, slugs } }) => {
      const [first, last] = [slugs[0], slugs.at(-1)];
      const id = instance.idOf(instance.repository('ACME', first));
      return [row(one => (one.slug === last ? { ...one, id } : one))];
    },
  },
  {
    fault: 'a list in which every repository is archived',
    strikes: LIST,
    happens: 'archived repositories are read as well',
    says: ' 0 added, …0 removed, ',
    faults: () => [row(one => ({ ...one, archived: true }))],
  },
  {
    fault:
      'a wrong `404` `NoSuchRepositoryException` for a repository by itself',
    strikes: 'the proof of a removal, of a repository that the list has',
    happens: 'it is not requested',
    says: ' 0 added, …0 removed, ',
    faults: () => [wrong.missingRepository(ALWAYS)],
  },
  {
    fault: '`204` for the default branch, as of an empty repository',
    strikes: 'one repository',
    happens: `${KEPT}, since its list of branches has some`,
    says: ' skipped (… empty), … 0 removed, 1 missing but kept, ',
    faults: () => [wrong.emptyRepository(ONE)],
  },
  {
    fault: '`204` for the default branch, as of an empty repository',
    strikes: 'all repositories',
    happens: `${KEPT}, since their lists of branches have some`,
    says: '0 removed, …missing but kept, ',
    faults: () => [wrong.emptyRepository(ALWAYS)],
  },
  {
    fault: '`404` for the default branch',
    strikes: 'one repository',
    happens: 'it is asked for by its name',
    says: ' 0 skipped, … 0 added, …0 removed, ',
    faults: () => [wrong.missingBranch(ONE)],
  },
  {
    fault:
      '`404` for the default branch, and no branch in the list of branches',
    strikes: 'one repository',
    happens: `${KEPT} after the first such answers`,
    says: ' 0 removed, ',
    faults: () => [
      wrong.missingBranch({ path: FIRST }),
      wrong.emptyList({ path: FIRST, endpoint: 'branches', times: 2 }),
    ],
  },
  {
    fault: 'an old head of the default branch',
    strikes: 'all repositories',
    happens: 'the old files are kept until there is the new head',
    says: ' 0 skipped, … 0 added, …0 removed, ',
    faults: ({ bitbucket: { acme, slugs } }) =>
      slugs.map(slug =>
        wrong.staleBranch({
          ...ALWAYS,
          path: new RegExp(`/repos/${slug}/`),
          commit: acme.repository(slug).head!.hash,
        }),
      ),
    isPushed: true,
  },
  {
    fault: '`404` `NoSuchPathException` for a file',
    strikes: 'all repositories',
    happens: `${KEPT}, since \`browse\` has the file`,
    says: ' 0 removed, …missing but kept, ',
    faults: () => [wrong.missingPath(ALWAYS)],
    isPushed: true,
  },
  {
    fault: '`404` `NoSuchCommitException` for a file, once each',
    strikes: 'all repositories',
    happens: 'the branch is asked for again, and the file is read at its head',
    says: ' 0 skipped, … 0 removed, ',
    faults: ({ bitbucket: { slugs } }) =>
      slugs.map(slug =>
        wrong.missingCommit({
          endpoint: 'raw',
          path: new RegExp(`/repos/${slug}/`),
        }),
      ),
    isPushed: true,
  },
  {
    fault: 'an empty file, although it has bytes',
    strikes: 'all repositories',
    happens: 'the repositories are skipped (failing) and keep what is known',
    says: 'the file is empty, although Bitbucket says that it has … bytes',
    faults: () => [wrong.emptyFile(ALWAYS)],
    isPushed: true,
  },
  {
    fault: 'no changed paths, although there are some',
    strikes: 'all repositories',
    happens: 'the files stay as they were until they are checked again',
    says: ' 0 skipped, … 0 removed, ',
    faults: () => [wrong.emptyList({ ...ALWAYS, endpoint: 'changes' })],
  },
  {
    fault: 'paths that are said to be deleted, although they are there',
    strikes: 'all repositories',
    happens: `${KEPT}, since \`browse\` has the file`,
    says: ' 0 removed, ',
    faults: () => [
      {
        endpoint: 'changes',
        kind: 'json',
        change(body) {
          const page = body as { values: object[] };
          const values = page.values.map(one => ({ ...one, type: 'DELETE' }));
          return { ...page, values };
        },
      },
    ],
    isPushed: true,
  },
  {
    fault: 'every repository has another `id`, as after a backup was restored',
    strikes: 'each request',
    happens: 'the entities stay, and follow the new ids',
    says: ' 0 removed, ',
    faults: () => [
      row(({ id, ...one }) => ({ ...one, id: Number(id) + 10_000 })),
      {
        endpoint: 'repository',
        kind: 'json',
        change(body) {
          const { id, ...one } = body as { id: number };
          return { ...one, id: id + 10_000 };
        },
      },
    ],
  },
];

export const wrongRows = (rows: Wrong[]): Row<World>[] =>
  rows.map(
    ({ faults, isPushed = false, after = '1 added, 1 removed', ...texts }) => ({
      ...texts,
      async run(world) {
        const { bitbucket, backend } = world;
        const all = faults(world);
        const clear = all.map(fault => bitbucket.simulator.faults.add(fault));
        try {
          const line = await world.keepsAll(() => {
            if (isPushed) {
              bitbucket.push();
            }
            return world.walk();
          });
          const lines = backend
            .messages('debug', 'warn')
            .filter(message => !/ HTTP\/1\.1" |^(Proc|Stitch)/.test(message));
          expect([line, ...lines].join('\n')).toMatch(patternOf(texts.says));
          // A second walk proves no more than the first.
          await world.keepsAll(() => world.walk());
        } finally {
          clear.forEach(end => end());
        }
        bitbucket.change();
        await world.catchesUp(after);
        await world.hasTheTruth();
      },
    }),
  );

export const WRONG_ROWS = wrongRows(WRONG);
