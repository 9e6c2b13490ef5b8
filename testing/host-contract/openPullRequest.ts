import { PullRequestApi, Report } from '../../src/scm/pullRequests';
import { AtCommit } from '../../src/scm/types';
import { Shop } from './shop';
import { PullRequestWorld } from './world';

/** What a pull request of `shop` is about, and how it is posted to. */
export type Opened = {
  api: PullRequestApi;
  world: PullRequestWorld;
  repository: { fullName: string; uuid: string };
  number: number;
  /** The head of its source branch. */
  head: AtCommit;
};

/** Commits to a new branch of `shop`, and opens a pull request from there. */
export async function openPullRequest(
  shop: Shop,
  files: Record<string, string | null> = { 'a.yaml': 'a' },
  options: { title?: string; isDraft?: boolean } = {},
): Promise<Opened> {
  const { host, world } = shop;
  const { pullRequests: api } = host;
  if (!api || !world.pullRequests) {
    throw new Error('There are no pull requests');
  }
  const source = 'feature/x';
  await world.push('shop', source, files);
  const number = await world.pullRequests.open('shop', { source, ...options });
  const head = await shop.headOf(source);
  const { fullName, uuid } = await shop.find();
  const repository = { fullName: fullName.toLowerCase(), uuid };
  return { api, world: world.pullRequests, repository, number, head };
}

/** What tests post. */
export const report: Report = {
  id: 'catalog',
  title: 'Catalog',
  details: 'One error.',
  isPassed: false,
  reporter: 'Backstage',
  link: 'https://backstage.example.com/runs/1',
  values: [
    { title: 'Errors', type: 'number', value: 1 },
    { title: 'Target', type: 'text', value: 'main' },
    { title: 'Duration', type: 'duration', value: 1_400 },
    {
      title: 'Log',
      type: 'link',
      text: 'Full log',
      url: 'https://backstage.example.com/runs/1',
    },
  ],
};

export const status = {
  key: 'catalog',
  isPassed: false,
  name: 'Catalog',
  description: 'One error',
  url: 'https://backstage.example.com/runs/1',
  branch: 'feature/x',
};
