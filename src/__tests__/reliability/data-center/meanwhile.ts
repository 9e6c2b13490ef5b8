import {
  BRANCH_DELETED,
  Change,
  DELETED,
  FORCED,
  meanwhileRows,
  SKIPPED,
} from '../meanwhile';
import { addRepository } from '../repositories';
import { patternOf, Row } from '../row';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';

const CHANGES: Change<DataCenter>[] = [
  DELETED,
  {
    fault: 'a repository is emptied, and filled again',
    happens: 'its entities go with its files, and come back with them',
    says: '1 skipped (1 empty), … 1 removed, ',
    change: ({ bitbucket }, slug) => bitbucket.acme.emptyRepository(slug),
    undo: ({ bitbucket }, slug) => bitbucket.push([slug]),
  },
  {
    fault: 'a repository is renamed, and redirects',
    happens: 'it is read at its new name, and the next walk uses that',
    says: ' 0 skipped, … 0 removed, ',
    change: ({ bitbucket: { instance, acme } }, slug) =>
      instance.rename(acme.repository(slug), `new-${slug}`),
  },
  FORCED,
  {
    fault: 'the default branch is renamed',
    happens: 'it is read at the head that it has now',
    says: ' 0 skipped, ',
    change({ bitbucket }, slug) {
      bitbucket.acme.createBranch(slug, 'trunk');
      bitbucket.acme.setMainBranch(slug, 'trunk');
      bitbucket.acme.deleteBranch(slug, 'main');
    },
  },
  BRANCH_DELETED,
];

/** Rows of a list that shifts while it is read, two at a time. */
const SHIFTING: Row<WalkWorld<DataCenter>>[] = [
  {
    fault: 'a repository before those that were read is deleted',
    strikes: 'between two pages of the list',
    happens: 'no other one is missing from the list, nor asked for by itself',
    says: ' 0 added, 1 removed, ',
    async run(world) {
      const { acme, simulator } = world.bitbucket;
      ['aa', 'bb', 'cc', 'dd', 'zz'].forEach(slug => {
        addRepository(acme, slug);
        world.bitbucket.everWritten.add(slug);
      });
      await world.walk();
      await world.hasTheTruth();
      simulator.faults.add({
        ...{ endpoint: 'repositories', path: /[?&]start=[2-9]/, times: 1 },
        kind: 'meanwhile',
        happens: () => acme.removeRepository('aa'),
      });
      simulator.requests.clear();
      expect(await world.walk()).toContain(' 0 removed, ');
      expect(simulator.requests.count({ endpoint: 'repository' })).toBe(0);
      expect(await world.walk()).toMatch(patternOf(this.says));
      simulator.faults.clear();
      ['bb', 'cc', 'dd', 'zz'].forEach(slug => acme.removeRepository(slug));
      await world.walk();
      await world.hasTheTruth();
    },
  },
];

export const MEANWHILE = [...meanwhileRows(CHANGES), ...SHIFTING];

/** For an instance where old addresses lead nowhere. */
export const WITHOUT_REDIRECTS: Row<WalkWorld<DataCenter>>[] = [
  ...meanwhileRows<DataCenter>([
    {
      fault: 'a repository is renamed, without a redirect',
      happens: `${SKIPPED} finds it under its new name`,
      says: '1 skipped (1 vanished), … 0 removed, 1 missing but kept, ',
      change: ({ bitbucket: { instance, acme } }, slug) =>
        instance.rename(acme.repository(slug), `new-${slug}`),
    },
  ]),
];
