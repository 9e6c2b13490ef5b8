import { Fault } from '../../../../dev/simulator';
import {
  DataCenterEndpoint,
  dataCenterWrongResponses as wrong,
} from '../../../../dev/simulator/data-center';
import { BRANCH } from '../repositories';
import { patternOf, Row, RowTexts } from '../row';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';
import { withRepository } from './secondRequests';

type World = WalkWorld<DataCenter>;

const FILE = 'catalog-info.yaml';

/** Old answers about the branch that is read, from before there was a catalog file. */
type Stale = RowTexts & {
  /** Whether the repository has a branch of its own that is read. Default false. */
  hasBranch?: boolean;
  /** @param commit - of the branch that is read, without a catalog file */
  faults(
    slug: string,
    commit: string,
    world: World,
  ): Fault<DataCenterEndpoint>[];
};

const pathOf = (slug: string) => new RegExp(`/repos/${slug}/`);

/** The list of branches has one where it was before. */
const staleInList = (
  slug: string,
  branch: string,
  commit: string,
): Fault<DataCenterEndpoint> => ({
  endpoint: 'branches',
  path: pathOf(slug),
  kind: 'json',
  change(body) {
    const page = body as { values: { displayId: string }[] };
    const values = page.values.map(row =>
      row.displayId === branch ? { ...row, latestCommit: commit } : row,
    );
    return { ...page, values };
  },
});

/** The default branch is another one, as before it was changed. */
const formerBranch = (
  slug: string,
  branch: string,
  commit: string,
): Fault<DataCenterEndpoint> => ({
  endpoint: 'branchesDefault',
  path: pathOf(slug),
  kind: 'json',
  change: body => ({
    ...(body as object),
    id: `refs/heads/${branch}`,
    displayId: branch,
    latestCommit: commit,
  }),
});

const KEPT = ' 0 removed, 1 missing but kept, ';

const STALE: Stale[] = [
  {
    fault: 'an old head of the default branch, from before it had the file',
    strikes: 'the default branch, however often it is requested',
    happens: 'nothing is removed, since the commits of the branch have another',
    says: KEPT,
    faults: (slug, commit) => [
      wrong.staleBranch({ path: pathOf(slug), times: Infinity, commit }),
    ],
  },
  {
    fault:
      'an old head of the branch that is read, from before it had the file',
    strikes: 'the list of branches, however often it is requested',
    happens: 'nothing is removed, since the commits of the branch have another',
    says: KEPT,
    hasBranch: true,
    faults: (slug, commit) => [staleInList(slug, BRANCH, commit)],
  },
  {
    fault: 'the default branch that there was before, which lacks the file',
    strikes: 'the default branch, however often it is requested',
    happens: 'nothing is removed, since another branch is configured',
    says: KEPT,
    faults: (slug, commit, { bitbucket: { acme } }) => {
      acme.createBranch(slug, 'before', { from: commit });
      return [formerBranch(slug, 'before', commit)];
    },
  },
];

export const STALE_HEADS: Row<World>[] = STALE.map(
  ({ hasBranch = false, faults, ...texts }) => ({
    ...texts,
    async run(world) {
      const { acme, simulator } = world.bitbucket;
      await withRepository(
        world,
        async slug => {
          const branch = hasBranch ? BRANCH : undefined;
          const { branches, head } = acme.repository(slug);
          const { tree } = (branch ? branches.get(branch) : head)!;
          const content = tree.get(FILE)!.content.toString();
          const { hash } = acme.push(slug, { [FILE]: null }, { branch });
          acme.push(slug, { [FILE]: content }, { branch });
          faults(slug, hash, world).forEach(fault =>
            simulator.faults.add(fault),
          );
          const line = await world.keepsAll(() => world.walk());
          expect(line).toMatch(patternOf(texts.says));
          // A second walk proves no more than the first.
          await world.keepsAll(() => world.walk());
        },
        { hasBranch },
      );
    },
  }),
);
