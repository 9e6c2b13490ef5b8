import { createHash } from 'node:crypto';
import { isSameCommit, PullRequest } from '../../src/scm/pullRequests';
import { collect } from '../bitbucket/collect';
import { Opened, openPullRequest } from './openPullRequest';
import { describePosts } from './posts';
import { describePullRequestDeliveries } from './pullRequestDeliveries';
import { describePullRequestFailures } from './pullRequestFailures';
import { Shop } from './shop';

export function describePullRequests(shop: () => Shop): void {
  async function expectSides(
    { source, destination }: PullRequest,
    repository: Opened['repository'],
  ): Promise<void> {
    const heads = await Promise.all(
      [source, destination].map(({ branch }) => shop().headOf(branch)),
    );
    expect(isSameCommit(source.commit, heads[0].hash)).toBe(true);
    expect(isSameCommit(destination.commit, heads[1].hash)).toBe(true);
    expect([source.branch, destination.branch]).toEqual(['feature/x', 'main']);
    expect(source.repository).toEqual(repository);
    expect(destination.repository).toEqual(repository);
  }

  it('reads a pull request with both of its branches', async () => {
    const title = 'Add a shop';
    const { api, repository, number } = await openPullRequest(
      shop(),
      undefined,
      {
        title,
        isDraft: true,
      },
    );
    const found = await api.read(repository, number, {});
    expect(found).toMatchObject({
      number,
      title,
      state: 'open',
      isDraft: true,
    });
    await expectSides(found, repository);
    expect(new URL(api.url(repository, number)).pathname).toContain(
      `/${number}`,
    );
  });

  it.each([
    ['merge', 'merged'],
    ['decline', 'declined'],
  ] as const)('says what became of it (%s)', async (how, state) => {
    const { api, world, repository, number } = await openPullRequest(shop());
    await world.close('shop', number, how);
    expect(await api.read(repository, number, {})).toMatchObject({ state });
    expect(await collect(api.listOpen(repository, {}))).toEqual([]);
  });

  it('lists those that are open, as it reads them, with few requests', async () => {
    const { api, world, repository } = await openPullRequest(shop());
    for (const _ of Array(59).keys()) {
      await world.open('shop', { source: 'feature/x' });
    }
    const sent = await shop().requestsOf(async () => {
      const listed = await collect(api.listOpen(repository, {}));
      const numbers = listed.map(({ number }) => number);
      expect(new Set(numbers).size).toBe(60);
      const [first] = listed;
      expect(await api.read(repository, first.number, {})).toEqual(first);
    });
    expect(sent.length).toBeLessThanOrEqual(3);
  });

  it('lists the files that it touches, and the full hash of its head, with one request', async () => {
    const { api, repository, number, head } = await openPullRequest(shop(), {
      'added.yaml': 'a',
      'catalog-info.yaml': 'kind: System\n',
      'README.md': null,
      'docs/openapi.yaml': 'openapi: 3.1.0\n',
      'docs/api/openapi.yaml': null,
    });
    // What was pushed to the destination later is not the pull request's.
    await shop().world.push('shop', 'main', { 'later.yaml': 'x' });
    const pullRequest = await api.read(repository, number, {});
    const sent = await shop().requestsOf(async () => {
      const found = await api.listFiles(repository, pullRequest, {});
      expect(found).toMatchObject({ isComplete: true, head: head.hash });
      const paths = found.files.map(file => [file.oldPath, file.newPath]);
      expect(paths).toHaveLength(4);
      expect(paths).toEqual(
        expect.arrayContaining([
          [undefined, 'added.yaml'],
          ['catalog-info.yaml', 'catalog-info.yaml'],
          ['README.md', undefined],
          ['docs/api/openapi.yaml', 'docs/openapi.yaml'],
        ]),
      );
    });
    expect(sent).toHaveLength(1);
  });

  it('says what a file was when the branch began, or at which commit it did', async () => {
    const { api, repository, number } = await openPullRequest(shop(), {
      'catalog-info.yaml': 'kind: System\n',
    });
    const before = await shop().headOf('main');
    const at = { ...repository, hash: before.hash };
    const old = await shop().host.readFile(at, 'catalog-info.yaml', {});
    await shop().world.push('shop', 'main', { 'catalog-info.yaml': 'later' });
    const pullRequest = await api.read(repository, number, {});
    const { files, mergeBase } = await api.listFiles(
      repository,
      pullRequest,
      {},
    );
    const blob = createHash('sha1')
      .update(`blob ${old.content!.length}\0`)
      .update(old.content!)
      .digest('hex');
    expect([
      [before.hash, undefined],
      [undefined, blob],
    ]).toContainEqual([mergeBase, files[0].oldBlob]);
  });

  it('names the head or none where files are removed alone, which a request finds out', async () => {
    const { api, repository, number, head } = await openPullRequest(shop(), {
      'README.md': null,
    });
    const pullRequest = await api.read(repository, number, {});
    const { source } = pullRequest;
    const { head: named, ...listed } = await api.listFiles(
      repository,
      pullRequest,
      {},
    );
    expect(listed).toMatchObject({
      files: [{ oldPath: 'README.md' }],
      isComplete: true,
    });
    expect(listed.files[0].newPath).toBeUndefined();
    expect([undefined, head.hash]).toContain(named);
    for (const hash of [source.commit, head.hash]) {
      expect(await api.fullHash(repository, hash, {})).toBe(head.hash);
    }
  });

  it('lists the files of a pull request from a fork, also once that is deleted', async () => {
    const { api, world, repository } = await openPullRequest(shop());
    await world.fork('shop', 'fork');
    await shop().world.push('fork', 'idea', { 'idea.yaml': 'i' });
    const fork = await shop().find('fork');
    const number = await world.open('shop', { source: 'idea', fork: 'fork' });
    const pullRequest = await api.read(repository, number, {});
    expect(pullRequest.source.repository?.uuid).toBe(fork.uuid);
    expect(pullRequest.destination.repository).toEqual(repository);
    const hash = await shop().host.branch(fork, 'idea', {});
    const listed = {
      files: [{ oldPath: undefined, newPath: 'idea.yaml' }],
      isComplete: true,
      head: hash,
    };
    const files = () => api.listFiles(repository, pullRequest, {});
    expect(await files()).toEqual(listed);

    await shop().world.remove('fork');
    const later = await api.read(repository, number, {});
    expect(later.source).toMatchObject({ branch: 'idea' });
    // Either way it is not from the repository itself.
    expect([undefined, fork.uuid]).toContain(later.source.repository?.uuid);
    expect(await api.listFiles(repository, later, {})).toEqual(listed);
  });

  describePosts(shop);
  describePullRequestFailures(shop);
  describePullRequestDeliveries(shop);
}
