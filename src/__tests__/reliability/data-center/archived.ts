import {
  DataCenterEndpoint,
  dataCenterWrongResponses as wrong,
} from '../../../../dev/simulator/data-center';
import { Fault } from '../../../../dev/simulator';
import { patternOf, Row } from '../row';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';
import { Wrong, wrongRows } from './wrong';

type World = WalkWorld<DataCenter>;

const LIST = 'the repository list';

/** A list in which some repositories are archived, or not, whatever they are. */
const listedAs = (
  archived: boolean,
  slugs?: string[],
): Fault<DataCenterEndpoint> => ({
  endpoint: 'repositories',
  kind: 'json',
  change(body) {
    const page = body as { values: { slug: string }[] };
    const values = page.values.map(row =>
      slugs?.includes(row.slug) === false ? row : { ...row, archived },
    );
    return { ...page, values };
  },
});

const WRONG: Wrong[] = [
  {
    fault: 'a list in which one repository is archived',
    strikes: LIST,
    happens: 'it is asked for by itself, and kept',
    says: ' 0 added, …0 removed, ',
    faults: () => [listedAs(true, ['first0'])],
  },
  {
    fault: 'a list in which every repository is archived',
    strikes: LIST,
    happens: 'each is asked for by itself, and kept',
    says: ' 0 added, …0 removed, ',
    faults: () => [listedAs(true)],
  },
  {
    fault: 'a list without any repository',
    strikes: LIST,
    happens: 'nothing is removed',
    says: 'the list of repositories is empty',
    faults: () => [wrong.emptyList({ times: Infinity })],
  },
];

/** For a provider that leaves archived repositories out. */
export const ARCHIVED: Row<World>[] = [
  ...wrongRows(WRONG),
  {
    fault: 'a list in which an archived repository is not archived',
    strikes: LIST,
    happens: 'it is read, and removed after the next list',
    says: ' 1 added, …0 removed, ',
    async run(world) {
      const { bitbucket } = world;
      const { instance, acme, simulator } = bitbucket;
      const slug = bitbucket.addOne({ hasBranch: false });
      instance.setArchived(acme.repository(slug));
      await world.walk();
      simulator.faults.add(listedAs(false, [slug]));
      expect(await world.keepsAll(() => world.walk())).toMatch(
        patternOf(this.says),
      );
      simulator.faults.clear();
      expect(await world.walk()).toContain(' 0 added, 1 removed, ');
      acme.removeRepository(slug);
      await world.walk();
      await world.hasTheTruth();
    },
  },
  {
    fault: 'a repository is archived, and restored later',
    strikes: 'between walks',
    happens: 'it is removed, and comes back',
    says: ' 0 added, 1 removed, ',
    async run(world) {
      const { instance, acme, slugs } = world.bitbucket;
      const repository = acme.repository(slugs[1]);
      instance.setArchived(repository);
      expect(await world.walk()).toMatch(patternOf(this.says));
      instance.setArchived(repository, false);
      expect(await world.walk()).toContain(' 1 added, 0 removed, ');
      await world.hasTheTruth();
    },
  },
];
