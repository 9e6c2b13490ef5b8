import { BRANCH } from './repositories';
import { patternOf, Row } from './row';
import type { AnyBitbucket } from './AnyBitbucket';
import type { Bitbucket } from './Bitbucket';
import type { WalkWorld } from './WalkWorld';

/**
 * Something that happens to a repository when a walk has listed it and has not
 * looked into it, and what the line of that walk says.
 */
export type Change<B extends AnyBitbucket = Bitbucket> = {
  fault: string;
  happens: string;
  says: string;
  /** Whether the branch that is read is another than the default one. */
  hasBranch?: boolean;
  change(world: WalkWorld<B>, slug: string): void;
  /** What puts things right again, for one walk more. */
  undo?(world: WalkWorld<B>, slug: string): void;
};

export const SKIPPED = 'it is skipped, and the next walk';

export const DELETED: Change<AnyBitbucket> = {
  fault: 'a repository is deleted',
  happens: `${SKIPPED} removes it on proof`,
  says: '1 skipped (1 vanished), … 0 removed, 1 missing but kept, ',
  change: ({ bitbucket }, slug) => bitbucket.acme.removeRepository(slug),
};

export const FORCED: Change<AnyBitbucket> = {
  fault: 'a repository is pushed to by force, and its old commits are gone',
  happens: 'it is read at its new head',
  says: ' 0 skipped, ',
  change({ bitbucket }, slug) {
    bitbucket.acme.emptyRepository(slug);
    bitbucket.push([slug]);
  },
};

export const BRANCH_DELETED: Change<AnyBitbucket> = {
  fault: 'the branch that is read is deleted',
  happens: 'it is read at its default branch',
  says: ' 0 skipped, ',
  hasBranch: true,
  change: ({ bitbucket }, slug) => bitbucket.acme.deleteBranch(slug, BRANCH),
};

const CHANGES: Change[] = [
  DELETED,
  {
    fault: 'a repository is emptied, and filled again',
    happens: 'its entities go with its files, and come back with them',
    says: '1 skipped (1 no branch), … 1 removed, ',
    change: ({ bitbucket }, slug) => bitbucket.acme.emptyRepository(slug),
    undo: ({ bitbucket }, slug) => bitbucket.push([slug]),
  },
  {
    fault: 'a repository is renamed',
    happens: `${SKIPPED} finds it under its new name`,
    says: '1 skipped (1 vanished), … 0 removed, 1 missing but kept, ',
    change: ({ bitbucket }, slug) =>
      bitbucket.acme.renameRepository(slug, `new-${slug}`),
  },
  FORCED,
  {
    fault: 'a repository is made private, and the credential sees it no more',
    happens: `${SKIPPED} removes it on proof; it comes back with the access`,
    says: '1 skipped (1 vanished), … 0 removed, 1 missing but kept, ',
    change({ bitbucket }, slug) {
      bitbucket.account.sees = ({ isPrivate }) => !isPrivate;
      bitbucket.acme.setVisibility(slug, 'private');
    },
    undo({ bitbucket }) {
      bitbucket.account.sees = undefined;
    },
  },
  {
    fault: 'the default branch is renamed',
    happens: 'it is read at the head that the list has named',
    says: ' 0 skipped, ',
    change({ bitbucket }, slug) {
      bitbucket.acme.createBranch(slug, 'trunk');
      bitbucket.acme.setMainBranch(slug, 'trunk');
      bitbucket.acme.deleteBranch(slug, 'main');
    },
  },
  BRANCH_DELETED,
];

export const meanwhileRows = <B extends AnyBitbucket>(
  changes: Change<B>[],
): Row<WalkWorld<B>>[] =>
  changes.map(({ fault, happens, says, hasBranch = false, change, undo }) => ({
    fault,
    strikes: 'between the list and the reads of the repository',
    happens,
    says,
    async run(world) {
      const slug = world.bitbucket.addOne({ hasBranch });
      await world.walk();
      await world.hasTheTruth();
      const line = await world.walkMeanwhile(slug, () => change(world, slug));
      expect(line).toMatch(patternOf(says));
      await world.walk();
      await world.hasTheTruth();
      if (undo) {
        undo(world, slug);
        await world.walk();
        await world.hasTheTruth();
      }
    },
  }));

export const MEANWHILE = meanwhileRows(CHANGES);
