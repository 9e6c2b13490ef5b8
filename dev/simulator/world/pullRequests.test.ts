import { SimulatedWorkspace } from '..';
import { history, mergeBase, mergeTrees, WorkspaceEvent } from '.';

const MINUTE = 60_000;

/** A workspace with a branch `feature` that has one commit more than `main`. */
function acme() {
  const workspace = new SimulatedWorkspace({ slug: 'acme' });
  let now = Date.UTC(2026, 0, 1);
  workspace.now = () => (now += MINUTE);
  const shop = workspace.addRepository({
    slug: 'shop',
    files: { a: 'a', b: 'b' },
  });
  workspace.push('shop', { a: 'changed' }, { branch: 'feature' });
  return { workspace, shop };
}

/** The keys of what happens from now on, oldest first. */
function keysOf(...workspaces: SimulatedWorkspace[]) {
  const keys: WorkspaceEvent['key'][] = [];
  workspaces.forEach(each => each.onEvent(({ key }) => keys.push(key)));
  return keys;
}

const filesOf = (workspace: SimulatedWorkspace, slug = 'shop') =>
  Object.fromEntries(
    [...(workspace.repository(slug).head?.tree ?? [])].map(([path, file]) => [
      path,
      file.content.toString(),
    ]),
  );

describe('a pull request', () => {
  it('goes to the main branch, with the title of its last commit', () => {
    const { workspace, shop } = acme();
    const keys = keysOf(workspace);
    const { revision } = workspace;
    const pullRequest = workspace.pullRequests.open('shop', {
      source: 'feature',
    });
    expect(pullRequest).toMatchObject({
      id: 1,
      title: 'Change a',
      state: 'OPEN',
      draft: false,
      author: 'Robin Example',
      source: { branch: 'feature', commit: shop.branches.get('feature') },
      destination: { branch: 'main', commit: shop.head },
    });
    expect(keys).toEqual(['pullrequest:created']);
    expect(workspace.revision).toBeGreaterThan(revision);
    expect(shop.pullRequests).toEqual([pullRequest]);
  });

  it('is numbered by the repository that it is for', () => {
    const { workspace } = acme();
    workspace.addRepository({ slug: 'other', files: { a: 'a' } });
    const ids = ['shop', 'shop', 'other'].map(
      slug => workspace.pullRequests.open(slug, { source: 'main' }).id,
    );
    expect(ids).toEqual([1, 2, 1]);
  });

  it('follows its source branch, and says so once a push', () => {
    const { workspace } = acme();
    const pullRequest = workspace.pullRequests.open('shop', {
      source: 'feature',
    });
    const keys = keysOf(workspace);
    let head = workspace.push('shop', { a: '2' }, { branch: 'feature' });
    expect(pullRequest.source.commit).toBe(head);
    expect(keys.splice(0)).toEqual([
      'repo:push',
      'pullrequest:updated',
      'pullrequest:push',
    ]);
    workspace.pushTogether('shop', () => {
      workspace.push('shop', { a: '3' }, { branch: 'feature' });
      head = workspace.push('shop', { a: '4' }, { branch: 'feature' });
    });
    expect(pullRequest.source.commit).toBe(head);
    expect(keys.splice(0)).toHaveLength(3);
    workspace.deleteBranch('shop', 'feature');
    expect(pullRequest.source.commit).toBe(head);
    expect(keys).toEqual(['repo:push']);
  });

  it('follows its destination without a word', () => {
    const { workspace } = acme();
    const { pullRequests } = workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    const { updatedOn } = pullRequest;
    const keys = keysOf(workspace);
    const head = workspace.push('shop', { b: '2' });
    expect(pullRequest).toMatchObject({
      updatedOn,
      destination: { commit: head },
    });
    expect(keys).toEqual(['repo:push']);
  });

  it('is given another destination, title or state of a draft', () => {
    const { workspace, shop } = acme();
    const { pullRequests } = workspace;
    workspace.createBranch('shop', 'release/1');
    const pullRequest = pullRequests.open('shop', {
      source: 'feature',
      draft: true,
    });
    const keys = keysOf(workspace);
    pullRequests.update(pullRequest, {
      destination: 'release/1',
      title: 'New',
      draft: false,
    });
    expect(pullRequest).toMatchObject({
      title: 'New',
      draft: false,
      destination: { branch: 'release/1', repository: shop },
    });
    expect(keys).toEqual(['pullrequest:updated']);
  });

  it('is declined, and stays as it was then', () => {
    const { workspace } = acme();
    const { pullRequests } = workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    const { commit } = pullRequest.source;
    const keys = keysOf(workspace);
    pullRequests.decline(pullRequest, 'Not now');
    workspace.push('shop', { a: '2' }, { branch: 'feature' });
    expect(pullRequest).toMatchObject({
      state: 'DECLINED',
      reason: 'Not now',
      closedBy: 'Robin Example',
      source: { commit },
    });
    expect(keys).toEqual(['pullrequest:rejected', 'repo:push']);
  });

  it('is merged with a commit of two parents, and keeps its source branch', () => {
    const { workspace, shop } = acme();
    const { pullRequests } = workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    const main = workspace.push('shop', { b: '2', c: 'c' });
    const keys = keysOf(workspace);
    const merged = pullRequests.merge(pullRequest);
    const source = shop.branches.get('feature');
    expect(merged.parents).toEqual([main, source]);
    expect(shop.head).toBe(merged);
    expect(shop.resolve(merged.hash)).toBe(merged);
    expect(filesOf(workspace)).toEqual({ a: 'changed', b: '2', c: 'c' });
    expect(pullRequest).toMatchObject({
      state: 'MERGED',
      mergeCommit: merged,
      source: { commit: source },
      destination: { commit: main },
    });
    expect(keys).toEqual(['repo:push', 'pullrequest:fulfilled']);
  });

  it('is not merged where both sides changed a file', () => {
    const { workspace, shop } = acme();
    const { pullRequests } = workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    const head = workspace.push('shop', { a: 'otherwise' });
    expect(() => pullRequests.merge(pullRequest)).toThrow(
      'Pull request 1 has conflicts in a',
    );
    expect([pullRequest.state, shop.head]).toEqual(['OPEN', head]);
  });

  it('is closed only once', () => {
    const { pullRequests } = acme().workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    pullRequests.decline(pullRequest);
    expect(() => pullRequests.merge(pullRequest)).toThrow(
      'Pull request 1 is DECLINED',
    );
  });

  it('comes from a branch that is there', () => {
    const { pullRequests } = acme().workspace;
    expect(() => pullRequests.open('shop', { source: 'none' })).toThrow(
      'acme/shop has no branch none',
    );
  });

  it('is commented on, and keeps the place of a comment that is deleted', () => {
    const { workspace } = acme();
    const { pullRequests } = workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    const keys = keysOf(workspace);
    const comment = pullRequests.comment(pullRequest, { raw: 'Why?' });
    pullRequests.editComment(pullRequest, comment, 'Why not?');
    expect(pullRequest.comments).toMatchObject([{ raw: 'Why not?' }]);
    pullRequests.deleteComment(pullRequest, comment);
    expect(pullRequest.comments).toMatchObject([{ raw: '', deleted: true }]);
    expect(keys).toEqual([
      'pullrequest:comment_created',
      'pullrequest:comment_updated',
      'pullrequest:comment_deleted',
    ]);
  });
});

describe('a pull request from a fork', () => {
  function forked() {
    const { workspace, shop } = acme();
    const elsewhere = new SimulatedWorkspace({ slug: 'umbrella' });
    elsewhere.now = workspace.now;
    const fork = elsewhere.forkRepository(shop, { slug: 'shop' });
    elsewhere.push('shop', { c: 'c' }, { branch: 'idea' });
    const pullRequest = workspace.pullRequests.open('shop', {
      source: 'idea',
      sourceRepository: fork,
    });
    return { workspace, shop, elsewhere, fork, pullRequest };
  }

  it('has the commits of both in common', () => {
    const { shop, fork, pullRequest } = forked();
    const { source, destination } = pullRequest;
    expect(fork).toMatchObject({ parent: shop, mainBranch: 'main' });
    expect(mergeBase(source.commit, destination.commit)).toBe(shop.head);
    expect(shop.resolve(source.commit.hash)).toBeUndefined();
  });

  it('follows the fork, and says so where it goes to', () => {
    const { workspace, elsewhere, pullRequest } = forked();
    const [here, there] = [keysOf(workspace), keysOf(elsewhere)];
    const head = elsewhere.push('shop', { c: '2' }, { branch: 'idea' });
    expect(pullRequest.source.commit).toBe(head);
    expect(there).toEqual(['repo:push']);
    expect(here).toEqual(['pullrequest:updated', 'pullrequest:push']);
  });

  it('brings its commits along when it is merged', () => {
    const { workspace, shop, pullRequest } = forked();
    workspace.pullRequests.merge(pullRequest);
    const { commit } = pullRequest.source;
    expect(shop.resolve(commit.hash)).toBe(commit);
    expect(filesOf(workspace)).toEqual({ a: 'a', b: 'b', c: 'c' });
  });

  it('sends no more events when its destination is deleted', () => {
    const { workspace, elsewhere } = forked();
    workspace.removeRepository('shop');
    const keys = keysOf(workspace);
    elsewhere.push('shop', { c: '2' }, { branch: 'idea' });
    expect(keys).toEqual([]);
  });
});

describe('the history of a merge', () => {
  it('has the commits of both sides, newest first', () => {
    const { workspace } = acme();
    const { pullRequests } = workspace;
    const pullRequest = pullRequests.open('shop', { source: 'feature' });
    workspace.push('shop', { b: '2' }, { message: 'Between' });
    const commit = pullRequests.merge(pullRequest);
    expect(history(commit).map(({ message }) => message)).toEqual([
      'Merged in feature (pull request #1)',
      'Between',
      'Change a',
      'Initial commit',
    ]);
  });
});

describe('mergeTrees', () => {
  it('lists the files that were changed on both sides', () => {
    const { workspace, shop } = acme();
    const base = workspace.push('shop', { x: 'x', y: 'y', z: 'z' });
    const theirs = workspace.push('shop', { x: '1', y: '1', z: null, n: '1' });
    workspace.createBranch('shop', 'other', { from: base.hash });
    const ours = workspace.push(
      'shop',
      { x: '2', y: null, z: '2', n: '2', b: null },
      { branch: 'other' },
    );
    const { conflicts, tree } = mergeTrees(base.tree, ours.tree, theirs.tree);
    expect(conflicts).toEqual([
      { path: 'x', scenario: 'content' },
      { path: 'y', scenario: 'delete_modify' },
      { path: 'z', scenario: 'modify_delete' },
      { path: 'n', scenario: 'content' },
    ]);
    expect([...tree.keys()]).toEqual(['a', 'x', 'y', 'n']);
    expect(shop.branches.size).toBe(3);
  });
});
