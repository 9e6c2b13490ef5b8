import { patternOf, Row, RowTexts } from '../row';
import type { WalkWorld } from '../WalkWorld';
import { BRANCH } from '../repositories';
import type { DataCenter } from './DataCenter';

type World = WalkWorld<DataCenter>;

/** What is really gone, and so are its entities after a walk or two. */
type Gone = RowTexts & {
  change(world: World, slug: string): void;
};

const TWO = 'removed after two different responses that agree: ';

const FILE = 'catalog-info.yaml';

export const GONE: Gone[] = [
  {
    fault: 'a repository is deleted',
    strikes: 'between walks',
    happens: `${TWO}the list, and the repository by itself and in the list of its project`,
    says: ' 1 removed, ',
    change: ({ bitbucket }, slug) => bitbucket.acme.removeRepository(slug),
  },
  {
    fault: 'a repository is deleted, and another one has its name',
    strikes: 'between walks',
    happens: `${TWO}the list, and the repository of that name`,
    says: ' 1 removed, ',
    change({ bitbucket }, slug) {
      bitbucket.acme.removeRepository(slug);
      bitbucket.acme.addRepository({ slug, files: { 'README.md': 'New' } });
    },
  },
  {
    fault: 'a repository is emptied',
    strikes: 'between walks',
    happens: `${TWO}its default branch, and its list of branches`,
    says: ' 1 removed, ',
    change: ({ bitbucket }, slug) => bitbucket.acme.emptyRepository(slug),
  },
  {
    fault: 'a file is deleted',
    strikes: 'between walks',
    happens: `${TWO}the file, and what \`browse\` says of its path`,
    says: ' 1 removed, ',
    change({ bitbucket }, slug) {
      const { acme } = bitbucket;
      const isBranch = acme.repository(slug).branches.has(BRANCH);
      acme.push(
        slug,
        { [FILE]: null },
        { branch: isBranch ? BRANCH : undefined },
      );
    },
  },
  {
    fault: 'the default branch is deleted, and there are others',
    strikes: 'between walks',
    happens: `${TWO}the list of branches, and the commits of the branch`,
    says: ' 1 removed, ',
    change({ bitbucket: { acme, instance } }, slug) {
      acme.createBranch(slug, 'topic');
      instance.setDefaultBranch(acme.repository(slug), 'gone');
      acme.deleteBranch(slug, 'main');
    },
  },
];

export const GONE_ROWS: Row<World>[] = GONE.map(({ change, ...texts }) => ({
  ...texts,
  async run(world) {
    const { bitbucket } = world;
    const slug = bitbucket.addOne({ hasBranch: false });
    await world.walk();
    await world.hasTheTruth();
    change(world, slug);
    bitbucket.everWritten.add(slug);
    expect(await world.walk()).toMatch(patternOf(texts.says));
    await world.hasTheTruth();
    if (bitbucket.acme.findRepository(slug)) {
      bitbucket.acme.removeRepository(slug);
    }
    await world.walk();
    await world.hasTheTruth();
  },
}));
