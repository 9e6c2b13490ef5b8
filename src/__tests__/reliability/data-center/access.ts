import { allAreKept, someAreKept } from '../../../ingestion/removalPolicy';
import { HELD, losesAndRegains, losesSight } from '../access';
import { patternOf, Row } from '../row';
import { THE_WALK_ENDS } from '../walks';
import type { WalkWorld } from '../WalkWorld';
import type { DataCenter } from './DataCenter';

type World = WalkWorld<DataCenter>;

/** Rows of either way in which an instance hides what a credential may not see. */
const hiddenAs = (how: string): Row<World>[] => [
  {
    fault: 'the token loses access to the project, and sees nothing any more',
    strikes: `the repository list; \`${how}\` for each repository`,
    happens: HELD,
    says: `${allAreKept('…')}: the list of repositories is empty`,
    run(world) {
      return losesSight(world, this.says, () => false);
    },
  },
  {
    fault: 'the token loses access to most repositories',
    strikes: `the repository list; \`${how}\` for each repository`,
    happens: HELD,
    says: `${someAreKept('…', '…')}: … repositories are no longer visible`,
    run(world) {
      const [first, second] = world.bitbucket.slugs;
      const sees = (slug: string) => slug === first || slug === second;
      return losesSight(world, this.says, sees);
    },
  },
  {
    fault: 'the token is replaced by one of a single repository',
    strikes: `the repository list; \`${how}\` for each other repository`,
    happens: HELD,
    says: `${someAreKept('…', '…')}: … repositories are no longer visible`,
    run(world) {
      const { account, slugs } = world.bitbucket;
      const before = { ...account };
      return losesAndRegains(world, this.says, {
        lose: () =>
          Object.assign(account, {
            kind: 'repositoryToken',
            repository: `ACME/${slugs[0]}`,
          }),
        regain: () => Object.assign(account, before),
      });
    },
  },
];

export const ACCESS: Row<World>[] = [
  {
    fault: 'the token is revoked, and restored later',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: 'answered 401 Unauthorized to the request …. … has expired, was revoked, or is of another instance',
    run(world) {
      const { account } = world.bitbucket;
      return losesAndRegains(world, this.says, {
        lose() {
          account.revoked = true;
        },
        regain() {
          account.revoked = false;
        },
      });
    },
  },
  {
    fault: 'the user loses its licence for a while',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: 'answered 401 Unauthorized to the request …. … has no licence to use this Bitbucket instance',
    run(world) {
      const { account } = world.bitbucket;
      return losesAndRegains(world, this.says, {
        lose() {
          account.licensed = false;
        },
        regain() {
          account.licensed = true;
        },
      });
    },
  },
  ...hiddenAs('401'),
  {
    fault: 'the token does not see one repository any more',
    strikes: 'the repository list; `401` for the repository',
    happens: 'it is kept, since a `401` proves nothing',
    says: ' 0 removed, 1 missing but kept, ',
    async run(world) {
      const { account, slugs } = world.bitbucket;
      account.sees = ({ slug }) => slug !== slugs[1];
      expect(await world.walk()).toMatch(patternOf(this.says));
      account.sees = undefined;
      await world.catchesUp('0 added, 0 removed');
      await world.hasTheTruth();
    },
  },
];

/** For an instance that answers 404 for what a credential may not see. */
export const HIDDEN: Row<World>[] = [
  ...hiddenAs('404'),
  {
    fault: 'the token does not see one repository any more',
    strikes: 'the repository list; `404` for the repository',
    happens:
      'it is removed, since it cannot be distinguished from one that was deleted, and comes back with the access',
    says: '0 added, 1 removed, ',
    async run(world) {
      const { account, slugs } = world.bitbucket;
      account.sees = ({ slug }) => slug !== slugs[1];
      expect(await world.walk()).toMatch(patternOf(this.says));
      account.sees = undefined;
      await world.catchesUp('1 added, 0 removed');
      await world.hasTheTruth();
    },
  },
];
