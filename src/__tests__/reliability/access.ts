import type { SimulatedAccount } from '../../../dev/simulator';
import { patternOf, Row } from './row';
import { THE_WALK_ENDS } from './walks';
import type { AnyWalkWorld, WalkWorld } from './WalkWorld';
import { allAreKept, someAreKept } from '../../ingestion/removalPolicy';

/** Walks while something is taken away, and again when it is given back. */
export async function losesAndRegains(
  world: AnyWalkWorld,
  says: string,
  change: { lose(): unknown; regain(): unknown },
): Promise<void> {
  change.lose();
  await world.keepsAll(() => world.walk());
  expect(world.backend.messages('warn', 'error')).toContainEqual(
    expect.stringMatching(patternOf(says)),
  );
  // A second walk proves no more than the first.
  await world.keepsAll(() => world.walk());
  change.regain();
  world.bitbucket.addOne();
  await world.catchesUp('1 added, 0 removed');
  await world.hasTheTruth();
}

type SeeingWorld = AnyWalkWorld & {
  bitbucket: { account: Pick<SimulatedAccount, 'sees'> };
};

/** A credential that sees less does so without any error. */
export function losesSight(
  world: SeeingWorld,
  says: string,
  sees: (slug: string) => boolean,
): Promise<void> {
  const { account } = world.bitbucket;
  return losesAndRegains(world, says, {
    lose() {
      account.sees = ({ slug }) => sees(slug);
    },
    regain() {
      account.sees = undefined;
    },
  });
}

export const HELD = 'nothing is removed; a warning says how to allow it';

export const ACCESS: Row<WalkWorld>[] = [
  {
    fault: 'the credential is revoked, and restored later',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: 'answered 400 unauthorized_client. … are not the key and secret of a consumer',
    run(world) {
      const { account, simulator } = world.bitbucket;
      const lose = () => {
        account.revoked = true;
        simulator.revokeTokens();
      };
      const regain = () => {
        account.revoked = false;
      };
      return losesAndRegains(world, this.says, { lose, regain });
    },
  },
  {
    fault: 'the credential may not enter the workspace any more',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: 'answered 403 Forbidden. … is valid, but has no access to this',
    run(world) {
      const { account } = world.bitbucket;
      const lose = () => {
        account.workspaces = [];
      };
      const regain = () => {
        account.workspaces = undefined;
      };
      return losesAndRegains(world, this.says, { lose, regain });
    },
  },
  {
    fault: 'the workspace is renamed, and renamed back',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: "answered 404 Not Found (Bitbucket says: No workspace with identifier 'acme'.)",
    run(world) {
      const { acme } = world.bitbucket;
      const lose = () => acme.rename('acme-corp');
      const regain = () => acme.rename('acme');
      return losesAndRegains(world, this.says, { lose, regain });
    },
  },
  {
    fault: 'the workspace is gone',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: "answered 404 Not Found (Bitbucket says: No workspace with identifier 'acme'.)",
    run(world) {
      const { acme, workspaces } = world.bitbucket;
      const lose = () => {
        workspaces.length = 0;
      };
      const regain = () => workspaces.push(acme);
      return losesAndRegains(world, this.says, { lose, regain });
    },
  },
  {
    fault: 'the credential sees nothing any more',
    strikes: 'the repository list',
    happens: HELD,
    says: `${allAreKept('…')}: the list of repositories is empty`,
    run(world) {
      return losesSight(world, this.says, () => false);
    },
  },
  {
    fault: 'the credential sees a part of the repositories only',
    strikes: 'the repository list',
    happens: HELD,
    says: `${someAreKept('…', '…')}: … repositories are no longer visible`,
    run(world) {
      const [first, second] = world.bitbucket.slugs;
      const sees = (slug: string) => slug === first || slug === second;
      return losesSight(world, this.says, sees);
    },
  },
  {
    fault: 'the credential does not see one repository any more',
    strikes: 'the repository list; the proof of a removal',
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
