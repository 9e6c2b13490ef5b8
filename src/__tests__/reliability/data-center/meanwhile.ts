import { dataCenterWrongResponses as wrong } from '../../../../dev/simulator/data-center';
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
  {
    fault: 'a repository gets a name that sorts before those that were read',
    strikes: 'between two pages of the list',
    happens: 'it keeps its entities, since the list of its project has it',
    says: ' 1 added, 1 removed, ',
    async run(world) {
      const { acme, instance, simulator } = world.bitbucket;
      addRepository(acme, 'zz');
      world.bitbucket.everWritten.add('zz');
      await world.walk();
      await world.hasTheTruth();
      simulator.faults.add({
        ...{ endpoint: 'repositories', path: /[?&]start=[2-9]/, times: 1 },
        kind: 'meanwhile',
        happens: () => instance.rename(acme.repository('zz'), 'aa'),
      });
      const line = await world.keepsAll(() => world.walk());
      expect(line).toMatch(patternOf(this.says));
      simulator.faults.clear();
      await world.walk();
      await world.hasTheTruth();
      acme.removeRepository('aa');
      await world.walk();
      await world.hasTheTruth();
    },
  },
  {
    fault: 'a repository is moved to another project',
    strikes: 'a list that lacks it',
    happens: 'it keeps its entities, since another list has it',
    says: ' 1 added, 1 removed, ',
    async run(world) {
      const { acme, instance, simulator } = world.bitbucket;
      const [slug] = world.bitbucket.slugs;
      instance.addProject('OTHER');
      instance.move(acme.repository(slug), 'OTHER');
      simulator.faults.add(wrong.listWithoutRows({ rows: [slug] }));
      const line = await world.keepsAll(() => world.walk());
      expect(line).toMatch(patternOf(this.says));
      simulator.faults.clear();
      instance.move(instance.repository('OTHER', slug), 'ACME');
      await world.walk();
      await world.hasTheTruth();
    },
  },
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
